"""Tables for analysts: days of groups, and single interactions, as CSV and Parquet that say what each column means."""

from mien.runtime.analyst.columns import DAILY, INTERACTIONS, Column, described
from mien.runtime.analyst.daily import daily_batches
from mien.runtime.analyst.singles import count_interactions, interaction_batches
from mien.runtime.analyst.writing import TableFormat, write_table

__all__ = [
    "DAILY",
    "INTERACTIONS",
    "Column",
    "TableFormat",
    "count_interactions",
    "daily_batches",
    "described",
    "interaction_batches",
    "write_table",
]
