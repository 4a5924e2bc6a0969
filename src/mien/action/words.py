"""What situations and rules are called, for pages and messages."""

from __future__ import annotations

from typing import Final

from mien.action.types import RuleName, Situation
from mien.marking import N_

TITLES: Final[dict[Situation, str]] = {
    Situation.ARRIVAL: N_("Somebody comes in"),
    Situation.ARRIVAL_TIRED: N_("Somebody who looks tired comes in"),
    Situation.ARRIVAL_UNPLEASANT: N_("Somebody comes in with an unpleasant face"),
    Situation.ARRIVAL_PLEASANT: N_("Somebody comes in with a pleasant face"),
    Situation.CHECKOUT_FALLING: N_("A face falls at the till"),
    Situation.QUEUE_SOUR: N_("The queue turns sour"),
    Situation.LEFT_UNHAPPY: N_("Somebody left unhappier than they came"),
    Situation.DELIGHT: N_("Many leave happier than they came"),
    Situation.CAMERA_TROUBLE: N_("A camera does not see"),
    Situation.SYSTEM_TROUBLE: N_("Messages do not go out"),
    Situation.TENSION: N_("Tension"),
}
"""What each situation is called, English, a few words."""

RULE_WORDS: Final[dict[RuleName, str]] = {
    RuleName.ARRIVAL: N_("Arrival card"),
    RuleName.CHECKOUT: N_("Warning before the checkout ends"),
    RuleName.QUEUE: N_("Queue that turns sour"),
    RuleName.LEFT_UNHAPPY: N_("Left unhappy"),
    RuleName.DELIGHT: N_("Delight"),
    RuleName.HEALTH: N_("Cameras and system"),
    RuleName.TENSION: N_("Tension, for store security"),
}
"""The rules, as pages and messages name them, English."""
