"""Getting events from the outbox to others: channels, and the loop that follows the outbox for one of them."""

from mien.runtime.delivery.channels import CHANNELS, open_channels
from mien.runtime.delivery.follow import Delivered, deliver
from mien.runtime.delivery.protocol import Channel

__all__ = ["CHANNELS", "Channel", "Delivered", "deliver", "open_channels"]
