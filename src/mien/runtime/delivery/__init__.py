"""Getting events from the outbox to others: senders, and the loop that follows the outbox for one of them."""

from mien.runtime.delivery.carriers import Carrier, Carriers
from mien.runtime.delivery.courier import Courier
from mien.runtime.delivery.follow import Delivered, deliver
from mien.runtime.delivery.protocol import Sender
from mien.runtime.delivery.senders import SENDERS, asked_for, names_for, open_sender

__all__ = [
    "SENDERS",
    "Carrier",
    "Carriers",
    "Courier",
    "Delivered",
    "Sender",
    "asked_for",
    "deliver",
    "names_for",
    "open_sender",
]
