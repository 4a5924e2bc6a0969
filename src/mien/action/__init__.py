"""Deciding whom to tell: rules that look at faces as they are read, alerts, and what staff are advised to do."""

from mien.action.desk import Decision, Held, New, Recent, Standing, Together, decide
from mien.action.tasks import Task, TaskState, Unhappy
from mien.action.types import ALERT_STATES, Alert, AlertState, Answer, RuleName, Signal, Situation

__all__ = [
    "ALERT_STATES",
    "Alert",
    "AlertState",
    "Answer",
    "Decision",
    "Held",
    "New",
    "Recent",
    "RuleName",
    "Signal",
    "Situation",
    "Standing",
    "Task",
    "TaskState",
    "Together",
    "Unhappy",
    "decide",
]
