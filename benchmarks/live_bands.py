"""How often the 95 % bands of the live state hold the truth, over simulated tracks, by how they are widened.

    uv run python -m benchmarks.live_bands --rounds 6

Bands are asked for every half second of the tracks of `mien.journey.simulate` (6, 15 and 40 s long), where they may be
told. "At the last reading" is the band as it was when the face was last read, by the law of Gauss, as cameras had it
before; all others are the quantiles of now.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from itertools import product
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from mien.journey.live import LiveState
from mien.journey.live_face import CAUTION
from mien.journey.simulate import NOISES, TRUTHS, simulate
from mien.journey.thresholds import MIN_STATE_READINGS, THRESHOLDS
from mien.journey.windows import GAP_S

FACTORS: Final = (1.0, CAUTION, 1.3)
WIDEST: Final = THRESHOLDS["balance"].hi_width / 50


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seed", type=int, default=7)
    wanted = parser.parse_args()
    rng = np.random.default_rng(wanted.seed)
    held: defaultdict[str, list[bool]] = defaultdict(list)
    widths: defaultdict[str, list[float]] = defaultdict(list)
    asked = 0
    for _, kind, tau, noise, length_s in product(
        range(wanted.rounds), TRUTHS, (0.0, 0.25, 0.5), NOISES, (6.0, 15.0, 40.0)
    ):
        track = simulate(rng, kind, length_s, tau, noise)
        state, at = LiveState(), 0
        for now in np.arange(1.5, length_s, 0.5):
            while at < track.times_s.size and track.times_s[at] <= now:
                state.update(float(track.times_s[at]), float(track.valence[at]), float(track.variance[at]))
                at += 1
            if state.n < MIN_STATE_READINGS or now - (state.t_s or 0.0) > GAP_S:
                continue
            asked += 1
            truth = float(np.interp(now, track.truth_s, track.truth))
            known = state.at(float(now))
            mean, ends = float(known.mean), [float(known.quantile(p)) for p in (0.025, 0.975)]
            bands = {
                f"now, widened by {factor:g}": [mean + factor * (end - mean) for end in ends]
                for factor in FACTORS
            }
            bands["at the last reading"] = [state.mean - 1.96 * state.sd, state.mean + 1.96 * state.sd]
            for name, (low, high) in bands.items():
                if high - low < WIDEST:
                    held[name].append(low <= truth <= high)
                    widths[name].append(high - low)
    table = Table(title=f"{asked:,} moments of simulated tracks")
    for column in ("band", "holds the truth", "shown", "median width"):
        table.add_column(column, justify="left" if column == "band" else "right")
    for name in held:
        table.add_row(
            name,
            f"{np.mean(held[name]):.1%}",
            f"{len(held[name]) / asked:.0%}",
            f"{np.median(widths[name]):.2f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
