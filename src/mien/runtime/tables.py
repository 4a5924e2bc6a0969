"""Interactions as Arrow tables, for notebooks and Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from mien.expressions import EXPRESSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mien.journey.types import Interaction

_SCHEMA = pa.schema(
    [
        pa.field("interaction", pa.string(), metadata={"description": "id of the interaction"}),
        pa.field("site", pa.string()),
        pa.field("touchpoint", pa.string()),
        pa.field("t_s", pa.int64(), metadata={"description": "start of the second in the stream"}),
        pa.field("n", pa.int64(), metadata={"description": "usable readings in the second"}),
        pa.field(
            "valence", pa.float64(), metadata={"description": "mean of the readings, -1..1, not smoothed"}
        ),
        pa.field("variance", pa.float64(), metadata={"description": "predicted variance of that mean"}),
        *(pa.field(name, pa.float64(), metadata={"description": "mean share"}) for name in EXPRESSIONS),
        pa.field("left_out", pa.int64(), metadata={"description": "readings left out in the second"}),
        pa.field("scale", pa.string()),
        pa.field("reader", pa.string()),
    ]
)


def seconds_table(interactions: Iterable[Interaction]) -> pa.Table:
    """The 1 Hz records of interactions, one row per second and interaction.

    Args:
        interactions: With their seconds unpacked.

    Returns:
        Columns `interaction`, `site`, `touchpoint`, `t_s` (s), `n`, `valence` (-1..1), `variance`, one column of
        shares per expression, `left_out`, `scale`, `reader`. Null where a second has no usable reading.
    """
    rows: list[dict[str, Any]] = []
    for found in interactions:
        for second in found.seconds:
            shares = second.expressions or (None,) * len(EXPRESSIONS)
            rows.append(
                {
                    "interaction": found.id,
                    "site": found.context.site,
                    "touchpoint": found.context.touchpoint,
                    "t_s": second.t_s,
                    "n": second.n,
                    "valence": second.valence,
                    "variance": second.variance,
                    **dict(zip(EXPRESSIONS, shares, strict=True)),
                    "left_out": sum(second.left_out.values()),
                    "scale": found.scale,
                    "reader": found.reader,
                }
            )
    return pa.Table.from_pylist(rows, schema=_SCHEMA)
