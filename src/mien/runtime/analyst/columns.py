"""The columns of the tables for analysts: name, type, unit and what each means, as Parquet carries them."""

from __future__ import annotations

from typing import Final, NamedTuple

import pyarrow as pa

_POINTS: Final = "points"
_VALENCE: Final = "-1..1"
_S: Final = "s"


class Column(NamedTuple):
    """A column in words.

    Attributes:
        name: Its name.
        type: Its type, as Arrow calls it.
        unit: Its unit; empty where it has none.
        description: What it means.
    """

    name: str
    type: str
    unit: str
    description: str


def _field(name: str, kind: pa.DataType, description: str, unit: str = "", *, null: bool = True) -> pa.Field:
    metadata = {"description": description, **({"unit": unit} if unit else {})}
    return pa.field(name, kind, nullable=null, metadata=metadata)


def _name(name: str, description: str, *, null: bool = True) -> pa.Field:
    return _field(name, pa.dictionary(pa.int32(), pa.string()), description, null=null)


_HIDDEN: Final = "; null where fewer than 10 have it, or the sum of fewer than 10 others would follow"
_MEAN: Final = "; null also where the interval is too wide to be shown"

DAILY: Final = pa.schema(
    [
        _name("site", "name of the site", null=False),
        _field("day", pa.date32(), "day on the clock of the site when the interaction began", null=False),
        _name(
            "by",
            "what the row is one group of: site (all of the day), touchpoint, type, service_point, shift, protocol. "
            "Rows of one `by` add up to the row of the site; never add rows of several",
            null=False,
        ),
        _name("name", "the group; null where by is site, and for interactions in no group"),
        _name("reader", "name and version of the expression reader; never average several", null=False),
        _name("scale", "valence scale; never average several", null=False),
        _field("interactions", pa.int32(), "interactions, scored or not", null=False),
        _field("unread", pa.int32(), "without any usable reading", null=False),
        _field(
            "covered", pa.int32(), "read by the eyes alone for more than a tenth, and in no mean", null=False
        ),
        _field("short", pa.int32(), "less than 3 s usable", null=False),
        _field("turned", pa.int32(), "one end read by the eyes alone and the other not", null=False),
        _field("unseen", pa.int32(), "not seen well at their beginning or end", null=False),
        _field(
            "usable_s", pa.float64(), "covered by usable readings, all interactions together", _S, null=False
        ),
        _field("index_n", pa.int32(), "interactions with a Happiness Index", null=False),
        _field("index_mean", pa.float64(), "mean Happiness Index, 50 is neutral" + _HIDDEN + _MEAN, "0..100"),
        _field("index_low", pa.float64(), "lower end of its 95 % interval, of that day only", "0..100"),
        _field("index_high", pa.float64(), "upper end", "0..100"),
        _field("index_sum", pa.float64(), "sum of the index, to average days by" + _HIDDEN, _POINTS),
        _field("index_squares", pa.float64(), "sum of its squares" + _HIDDEN),
        _field("eps_n", pa.int32(), "interactions with an EPS", null=False),
        _field("eps_mean", pa.float64(), "mean EPS" + _HIDDEN + _MEAN, "points, -200..200"),
        _field("eps_low", pa.float64(), "lower end of its 95 % interval, of that day only", _POINTS),
        _field("eps_high", pa.float64(), "upper end", _POINTS),
        _field("eps_sum", pa.float64(), "sum of the EPS, to average days by" + _HIDDEN, _POINTS),
        _field("eps_squares", pa.float64(), "sum of its squares" + _HIDDEN),
        _field("improved", pa.int32(), "of those with an EPS: left happier" + _HIDDEN),
        _field("worsened", pa.int32(), "left unhappier" + _HIDDEN),
        _field("unchanged", pa.int32(), "left as they came" + _HIDDEN),
        _field("unclear", pa.int32(), "cannot be told" + _HIDDEN),
        _field("fell_begin", pa.int32(), "with a critical moment in their first third" + _HIDDEN),
        _field("fell_middle", pa.int32(), "in their middle third" + _HIDDEN),
        _field("fell_end", pa.int32(), "in their last third" + _HIDDEN),
        _field("simulated", pa.bool_(), "whether nothing of the site is real", null=False),
    ],
    metadata={
        "title": "Mien: days",
        "description": "Groups of interactions by day; no mean of fewer than 10.",
    },
)
"""Days of groups."""

INTERACTIONS: Final = pa.schema(
    [
        _name("site", "name of the site", null=False),
        _field("started_at", pa.timestamp("s", tz="UTC"), "when it began, to the minute", null=False),
        _field("day", pa.date32(), "that day on the clock of the site", null=False),
        _field("hour", pa.int8(), "that hour on the clock of the site", "0..23", null=False),
        _name("touchpoint", "place in the journey"),
        _name("type", "what it was about, by the receipt where there is one"),
        _name("service_point", "till or desk"),
        _name("shift", "shift of the staff"),
        _name("protocol", "way of serving under test"),
        _field("duration_s", pa.float32(), "from the first to the last sight of the face", _S, null=False),
        _field("readings", pa.int32(), "readings, usable or not", null=False),
        _field("usable_readings", pa.int32(), "readings that count", null=False),
        _field("by_eyes", pa.int32(), "of these made from the eyes alone", null=False),
        _field("usable_s", pa.float32(), "covered by usable readings", _S, null=False),
        _field("eps", pa.float32(), "EPS; null where it is not shown, see reason", "points, -200..200"),
        _field("eps_low", pa.float32(), "lower end of its 95 % interval", _POINTS),
        _field("eps_high", pa.float32(), "upper end", _POINTS),
        _field(
            "eps_mean",
            pa.float32(),
            "EPS, shown or not: average this one, so that hiding biases nothing",
            _POINTS,
        ),
        _field("eps_sd", pa.float32(), "its standard deviation", _POINTS),
        _field("happiness_index", pa.float32(), "Happiness Index; null where it is not shown", "0..100"),
        _field("hi_low", pa.float32(), "lower end of its 95 % interval", "0..100"),
        _field("hi_high", pa.float32(), "upper end", "0..100"),
        _field("hi_mean", pa.float32(), "Happiness Index, shown or not: average this one", "0..100"),
        _field("hi_sd", pa.float32(), "its standard deviation", _POINTS),
        _field("initial_valence", pa.float32(), "mean valence of the first seconds", _VALENCE),
        _field("final_valence", pa.float32(), "mean valence of the last seconds", _VALENCE),
        _name("outcome", "improved, worsened, unchanged or unclear", null=False),
        _field("reason", pa.string(), "why a number is missing"),
        _field("interrupted", pa.bool_(), "the recording ended while the face was still there", null=False),
        _name("scale", "valence scale; never average several", null=False),
        _name("reader", "name and version of the expression reader; never average several", null=False),
        _field("simulated", pa.bool_(), "whether nothing of the site is real", null=False),
    ],
    metadata={
        "title": "Mien: interactions",
        "description": "Single interactions, without anything that leads to a person or to a picture.",
    },
)
"""Single interactions."""


def described(schema: pa.Schema) -> tuple[Column, ...]:
    """The columns of a table in words.

    Args:
        schema: `DAILY` or `INTERACTIONS`.

    Example:
        >>> described(DAILY)[1].type
        'date32[day]'
    """
    found = []
    for field in schema:
        told = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        found.append(Column(field.name, str(kind), told.get("unit", ""), told["description"]))
    return tuple(found)
