"""`mien run`: a site read all day by one process per camera, one writer, and a supervisor that starts them again."""

from mien.runtime.live.board import Board
from mien.runtime.live.plan import Plan, plan_of
from mien.runtime.live.reading import Reading, ReadingState
from mien.runtime.live.supervisor import Supervisor

__all__ = ["Board", "Plan", "Reading", "ReadingState", "Supervisor", "plan_of"]
