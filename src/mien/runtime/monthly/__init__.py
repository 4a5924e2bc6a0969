"""What the report of a month says, of one store and of a chain."""

from mien.runtime.monthly.build import HEADLINES, chain_month, month_flow, months_of, store_month
from mien.runtime.monthly.month import Month
from mien.runtime.monthly.types import (
    Better,
    ChainMonth,
    Frame,
    Headline,
    ReceiptTie,
    Section,
    StoreMonth,
    Week,
)

__all__ = [
    "HEADLINES",
    "Better",
    "ChainMonth",
    "Frame",
    "Headline",
    "Month",
    "ReceiptTie",
    "Section",
    "StoreMonth",
    "Week",
    "chain_month",
    "month_flow",
    "months_of",
    "store_month",
]
