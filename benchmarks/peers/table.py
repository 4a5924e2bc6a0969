"""The figures of every reader beside Mien's, each difference with its interval."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from rich.table import Table

import mien.figures as of_table
from mien.evaluation.bootstrap import Resampler, difference, estimate
from mien.evaluation.figures import Figure
from mien.expressions import EXPRESSIONS
from mien.figures import CLASSES
from mien.figures import answers as answered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from rich.console import RenderableType

    from benchmarks.peers.answers import Answers
    from benchmarks.peers.search import Found
    from benchmarks.peers.sets import Pictures
    from mien.evaluation.bootstrap import Drawn
    from mien.evaluation.types import Estimate

_CONTEMPT: Final = EXPRESSIONS.index("contempt")


def _figure(key: str, name: str, of: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Figure:
    return Figure(key, name, lambda sums: of(_tables(sums)), lambda sums: sums.sum(axis=-1), share=True)


FIGURES: Final = (
    _figure("accuracy", "accuracy", of_table.accuracy),
    _figure("balanced_accuracy", "balanced", of_table.balanced),
    _figure("macro_f1", "macro-F1", of_table.macro_f1),
    _figure("three_levels", "3 levels", of_table.three_levels),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One reader on one choice of pictures.

    Attributes:
        reader: Its name.
        way: How it was asked.
        n: Pictures.
        found: Share of them in which it found a face.
        figures: By key.
        mien_minus: Mien's figure minus this one, by key; empty for Mien itself.
    """

    reader: str
    way: str
    n: int
    found: float
    figures: Mapping[str, Estimate]
    mien_minus: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every reader on the same pictures.

    Attributes:
        pictures: Which, and what may be answered.
        asked: How the readers were asked.
        rows: Mien first.
    """

    pictures: str
    asked: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What one reader answered about a set.

    Attributes:
        reader: Its name.
        found: Its strongest ways.
        whole: Answers to the whole picture.
        given: Answers where the face was given.
    """

    reader: str
    found: Found
    whole: Answers
    given: Answers

    @property
    def strongest(self) -> Answers:
        """Its best answers about every picture."""
        return self.whole.or_else(self.given) if self.found.falls_back else self.given

    @property
    def strongest_way(self) -> str:
        """How those were had."""
        given = self.found.given.way.key()
        return f"{self.found.whole.way.key()}; not found: {given}" if self.found.falls_back else given


def compare(pictures: Pictures, readings: Sequence[Reading]) -> list[Comparison]:
    """Every comparison on what all readers were asked about of a set.

    Args:
        pictures: The set.
        readings: Of every reader, Mien's first.
    """
    every = np.all([r.whole.done & r.given.done for r in readings], axis=0)
    if (pictures.truth == _CONTEMPT).any():
        views = [
            (f"{pictures.name}, 8 expressions; contempt is wrong for readers that don't know it", every),
            (
                f"{pictures.name}, 7 expressions: without contempt, for every reader",
                every & (pictures.truth != _CONTEMPT),
            ),
        ]
    else:
        names = ", ".join(EXPRESSIONS[k] for k in np.unique(pictures.truth))
        views = [(f"{pictures.name}: {names}; only these are answered", every)]
    all_found = np.all([r.whole.found for r in readings], axis=0)
    out = []
    for name, rows in views:
        strongest = [(r.reader, r.strongest_way, r.strongest) for r in readings]
        whole = [(r.reader, r.found.whole.way.key(), r.whole) for r in readings]
        for asked, answers, chosen in (
            ("strongest way, every picture answered", strongest, rows),
            ("whole picture in, a face not found is wrong", whole, rows),
            ("whole picture in, pictures in which all found a face", whole, rows & all_found),
        ):
            out.append(Comparison(name, asked, _rows(pictures, answers, chosen)))
    return out


def _rows(
    pictures: Pictures, readings: Sequence[tuple[str, str, Answers]], chosen: NDArray[np.bool_]
) -> tuple[Row, ...]:
    truth = pictures.truth[chosen]
    if not len(truth):
        return ()
    resampler = Resampler(pictures.cluster[chosen])
    drawn: list[Drawn] = []
    for _, _, answers in readings:
        (one,) = resampler.draw(features(truth, answers.p[chosen]), [np.ones(len(truth), np.bool_)])
        drawn.append(one)
    return tuple(
        Row(
            reader,
            way,
            len(truth),
            float(answers.found[chosen].mean()),
            {f.key: estimate(f, one) for f in FIGURES},
            {} if one is drawn[0] else {f.key: difference(f, drawn[0], one) for f in FIGURES},
        )
        for (reader, way, answers), one in zip(readings, drawn, strict=True)
    )


def features(truth: NDArray[np.int64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 72): a one in the cell of the confusion table (8, 9) that each picture falls in.

    Args:
        truth: (N,) index in `EXPRESSIONS`; only those that occur are answered.
        p: (N, 8), NaN where no face was found, which is the ninth answer.
    """
    answer = answered(p, np.unique(truth).tolist())
    out = np.zeros((len(truth), CLASSES, CLASSES + 1))
    out[np.arange(len(truth)), truth, answer] = 1.0
    return out.reshape(len(truth), -1)


def shown(comparisons: Sequence[Comparison]) -> list[RenderableType]:
    """Comparisons for the terminal, a table for each choice of pictures and answers."""
    tables: dict[str, Table] = {}
    for comparison in comparisons:
        if comparison.pictures not in tables:
            table = tables[comparison.pictures] = Table(title=comparison.pictures, title_justify="left")
            for heading in ("reader", "n", "found", *(f.name for f in FIGURES)):
                table.add_column(heading, no_wrap=True)
            for name in ("accuracy", "balanced"):
                table.add_column(f"Mien - it, {name}", no_wrap=True)
        _add(tables[comparison.pictures], comparison)
    return list(tables.values())


def _add(table: Table, comparison: Comparison) -> None:
    table.add_section()
    table.add_row(f"[bold]{comparison.asked}[/bold]")
    for row in comparison.rows:
        apart = [_points(row.mien_minus.get(key)) for key in ("accuracy", "balanced_accuracy")]
        values = [_share(row.figures[f.key].value) for f in FIGURES]
        table.add_row(row.reader, str(row.n), f"{row.found:.1%}", *values, *apart)


def searched(reader: str, found: Found) -> RenderableType:
    """Every way that was tried, for the terminal."""
    table = Table(title=f"{reader}: ways tried on the sample", title_justify="left")
    for heading in ("FER+ accuracy", "elsewhere balanced", "found", "", "way"):
        table.add_column(heading)
    for one in found.tried:
        marks = {"first": found.plain, "best whole": found.whole, "best given": found.given}
        mark = ", ".join(name for name, best in marks.items() if best is one)
        table.add_row(_share(one.ferplus), _share(one.outside), f"{one.found:.1%}", mark, one.way.key())
    table.caption = (
        f"strongest: {'best whole, best given where no face is found' if found.falls_back else 'best given'}"
    )
    return table


def document(comparisons: Sequence[Comparison], found: Mapping[str, Found]) -> dict[str, Any]:
    """All of it as JSON."""
    return {
        "comparisons": [asdict(c) for c in comparisons],
        "ways_tried": {
            name: [
                {
                    "way": t.way.key(),
                    "ferplus_accuracy": t.ferplus,
                    "elsewhere_balanced": t.outside,
                    "found": t.found,
                }
                for t in one.tried
            ]
            for name, one in found.items()
        },
    }


def _share(value: float | None) -> str:
    return "-" if value is None or not np.isfinite(value) else f"{value:.3f}"


def _points(apart: Estimate | None) -> str:
    if apart is None or apart.value is None:
        return ""
    ends = (
        ""
        if apart.low is None or apart.high is None
        else f" ({100 * apart.low:+.1f} to {100 * apart.high:+.1f})"
    )
    return f"{100 * apart.value:+.1f}{ends}"


def _tables(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return sums.reshape(*sums.shape[:-1], CLASSES, CLASSES + 1)
