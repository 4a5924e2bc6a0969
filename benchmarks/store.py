"""How small and how fast the store is: the curve's blob beside other forms, writing, and listing.

Run `uv run python benchmarks/store.py [--interactions 1000] [--stored 20000]`. The first table gives kB per
interaction of 10, 60 and 240 s: the blob of `mien.store.codec`, the same records and curve as JSON text, that
text packed with zlib, and as an Arrow IPC file packed with zstd; then milliseconds to pack and to unpack the
blob. The second gives seconds to store so many interactions of 60 s in one commit and in commits of one, and
milliseconds to list 50 of a full store. The readings are made up, as noisy as those of a real reader.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
import zlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from mien.journey.types import Context, Curve, Interaction, Outcome, Score, SecondRecord
from mien.store import RecordingKey, Source, Store
from mien.store.codec import decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable

_REPEATS = 20


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--interactions", type=int, default=1000)
    parser.add_argument("--stored", type=int, default=20_000)
    options = parser.parse_args()
    print(f"SQLite {sqlite3.sqlite_version}\n")
    print("| length | blob kB | JSON kB | JSON + zlib kB | Arrow + zstd kB | pack ms | unpack ms |")
    print("|---|---|---|---|---|---|---|")
    for seconds in (10, 60, 240):
        print(_sizes(_interaction(1, seconds)), flush=True)
    print("\n| what | result |\n|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, result in _speeds(Path(folder) / "mien.sqlite", options.interactions, options.stored):
            print(f"| {name} | {result} |", flush=True)


def _sizes(made: Interaction) -> str:
    blob = encode(made.seconds, made.curve)
    text = json.dumps(_plain(made)).encode()
    sizes = [len(form) / 1e3 for form in (blob, text, zlib.compress(text), _arrow(made))]
    pack = _ms(lambda: encode(made.seconds, made.curve))
    unpack = _ms(lambda: decode(blob))
    cells = [f"{len(made.seconds)} s", *(f"{size:.1f}" for size in sizes), f"{pack:.2f}", f"{unpack:.2f}"]
    return f"| {' | '.join(cells)} |"


def _speeds(path: Path, count: int, stored: int) -> list[tuple[str, str]]:
    rows = []
    model = _interaction(1, 60)
    with Store.open(path) as store:

        def fill(name: str, size: int, batch: int) -> float:
            found = [replace(model, id=f"{name}-{n}", start_s=float(n)) for n in range(size)]
            began = time.perf_counter()
            with store.recordings.begin(
                RecordingKey(name, "Riga", "till"), "s", reader="r", source=Source(name)
            ) as run:
                for n in range(0, size, batch):
                    run.commit(found[n : n + batch], {"next": n}, float(n), {})
                run.finish({})
            return time.perf_counter() - began

        rows.append((f"store {count} interactions of 60 s, one commit", f"{fill('a', count, count):.2f} s"))
        rows.append((f"store {count // 10} of them, a commit each", f"{fill('b', count // 10, 1):.2f} s"))
        fill("c", stored, 1000)
        listings: dict[str, Callable[[], object]] = {
            "list 50 of all": lambda: store.recordings.interactions(limit=50),
            "list 50 of all, without curves": lambda: store.recordings.interactions(limit=50, curves=False),
            "list the last 50 of a recording": lambda: store.recordings.interactions(
                limit=50, offset=stored - 50, recording=RecordingKey("c", "Riga", "till")
            ),
            "list 50 of a site": lambda: store.recordings.interactions(limit=50, site="Riga"),
            "count the outcomes of all": store.recordings.outcomes,
            "list the recordings": store.recordings.list_recordings,
        }
        rows.extend((name, f"{_ms(listing):.1f} ms") for name, listing in listings.items())
    size = path.stat().st_size / (count + count // 10 + stored)
    return [*rows, ("size of the file per interaction", f"{size / 1e3:.1f} kB")]


def _interaction(seed: int, seconds: int) -> Interaction:
    """Ten readings a second whose valence wanders and whose shares are noisy."""
    rng = np.random.default_rng(seed)
    steps = min(240, 5 * seconds)
    times = np.linspace(0, seconds, steps)
    valence = np.cumsum(rng.normal(0, 0.02, steps))
    means = np.interp(np.arange(seconds), times, valence)
    records = tuple(
        SecondRecord(
            t_s=k,
            n=10,
            expressions=tuple(rng.dirichlet(np.array([6.0, 3, 0.5, 1, 1, 0.5, 0.5, 0.5])).tolist()),
            valence=float(means[k] + rng.normal(0, 0.05)),
            variance=float(rng.uniform(0.002, 0.006)),
            left_out={"turned away": 2} if k % 9 == 0 else {},
        )
        for k in range(seconds)
    )
    score = Score(
        10.0, 2.0, 18.0, 0.0, 0.1, 55.0, 50.0, 60.0, Outcome.UNCLEAR, float(seconds), 10 * seconds, None
    )
    return Interaction(
        id=str(seed),
        track_id=1,
        context=Context("Riga", "till"),
        start_s=0.0,
        end_s=float(seconds),
        readings=11 * seconds,
        left_out={},
        expressions=(0.125,) * 8,
        score=score,
        curve=Curve(times, valence, valence - 0.1, valence + 0.1),
        seconds=records,
        scale="balance",
        reader="r",
    )


def _plain(made: Interaction) -> dict[str, object]:
    """Records and curve for JSON, rounded as the blob rounds."""
    records = [asdict(record) for record in made.seconds]
    for record in records:
        record["expressions"] = [round(share, 4) for share in record["expressions"]]
        record["valence"], record["variance"] = round(record["valence"], 4), round(record["variance"], 7)
    return {"seconds": records, "curve": {name: v.round(4).tolist() for name, v in _columns(made).items()}}


def _columns(made: Interaction) -> dict[str, np.ndarray]:
    assert made.curve is not None
    return {name: getattr(made.curve, name) for name in ("t_s", "valence", "low", "high")}


def _arrow(made: Interaction) -> bytes:
    """Both tables in single precision, each packed by Arrow itself."""
    records = pa.table(
        {
            "t_s": pa.array([r.t_s for r in made.seconds], pa.int32()),
            "n": pa.array([r.n for r in made.seconds], pa.int16()),
            "expressions": pa.array([r.expressions for r in made.seconds], pa.list_(pa.float32(), 8)),
            "valence": pa.array([r.valence for r in made.seconds], pa.float32()),
            "variance": pa.array([r.variance for r in made.seconds], pa.float32()),
            "left_out": pa.array([json.dumps(r.left_out) for r in made.seconds]).dictionary_encode(),
        }
    )
    curve = pa.table({name: pa.array(v.astype(np.float32)) for name, v in _columns(made).items()})
    size = b""
    for table in (records, curve):
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as out:
            out.write_table(table)
        size += sink.getvalue().to_pybytes()
    return size


def _ms(work: Callable[[], object]) -> float:
    """Milliseconds of the quickest of some tries."""
    best = np.inf
    for _ in range(_REPEATS):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return float(best * 1e3)


if __name__ == "__main__":
    main()
