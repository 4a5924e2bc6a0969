"""`mien import-readings`: the log of another tool becomes interactions, stored and told as Mien's own."""

from __future__ import annotations

import json
import math
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from mien.report.document import json_schema
from mien.runtime.analysis import analyze
from mien.store import Store
from support.command import SAMPLES
from support.waiting import until

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from support.command import Ran

LOG = SAMPLES / "crying_to_smiling.fex.csv"


def document(text: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(text)
    jsonschema.validate(told, json_schema())
    return told


def rising(rows: int = 300, *wrong: str) -> str:
    """A log of one face whose valence rises from -0.8 to 0.8, ten rows a second; wrong rows at its end."""
    lines = [f"{i / 10:.1f},{0.8 * math.tanh((i - rows / 2) / 20):.3f}" for i in range(rows)]
    return "\n".join(["time,valence", *lines, *wrong]) + "\n"


def test_the_log_of_the_sample_clip_has_the_outcome_of_miens_own_reading(mien: Callable[..., Ran]) -> None:
    ran = mien("import-readings", LOG, "--map", "py-feat", "--fps", "23.976", "--json", "-")
    assert ran.code == 0
    told = document(ran.out)
    (given,) = told["videos"][0]["interactions"]
    (own,) = analyze(SAMPLES / "crying_to_smiling.mp4", rate=5).interactions
    assert given["outcome"] == own.outcome == "improved"
    assert own.eps is not None
    assert given["eps_low"] < own.eps < given["eps_high"]
    assert abs(given["eps"] - own.eps) < 20
    assert told["reader"].startswith("py-feat 1+")
    assert given["expressions"]["contempt"] == 0
    assert any("Mien saw no picture" in warning for warning in told["videos"][0]["warnings"])


def test_show_tells_what_was_taken_in_and_what_was_wrong(mien: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(rising(300, "30,pleasant", "20,0.1"))
    ran = mien(
        "import-readings", "log.csv", "--map", "generic-valence", "--touchpoint", "checkout", "--json", "-"
    )
    assert ran.code == 0
    (told,) = document(ran.out)["videos"]
    assert "2 of 302 rows with a face wrong and left out; nothing was put in their place." in told["warnings"]
    assert "log.csv:302: valence is 'pleasant', which is no number." in told["warnings"]
    assert "log.csv:303: is of 20 s, after line 302 of 30 s; times must rise." in told["warnings"]
    assert told["left_out"] == {"row of the log wrong": 1}
    assert told["duration_s"] == 30.0
    assert told["frames"] == 302
    assert told["interactions"][0]["expressions"] is None
    assert all(warning in ran.err for warning in told["warnings"])
    (shown,) = document(mien("show", "1", "--json").out)["videos"]
    for video in (shown, told):  # the store rounds these to microseconds first
        del video["interactions"][0]["curve"]["t_s"]
    assert shown == told
    listed = mien("show").out
    assert "log.csv" in listed
    assert "checkout" in listed
    page = (tmp_path / "mien-log.html").read_text()
    assert "times must rise" in page
    assert "pictures per second" not in page
    assert "i1-curve" in page
    assert "i1-mix" not in page  # nothing is drawn of classes that nobody told


def test_the_same_log_again_takes_the_place_of_what_it_gave(
    mien: Callable[..., Ran], store: Path, tmp_path: Path
) -> None:
    (tmp_path / "log.csv").write_text(rising())
    (tmp_path / "again.csv").write_text(rising())
    for name in ("log.csv", "log.csv", "again.csv"):
        assert mien("import-readings", name, "--map", "generic-valence").code == 0
    own = tmp_path / "own.toml"
    own.write_text('name = "own"\nversion = "2"\ntool = "t"\n[time]\ncolumn = "time"\nunit = "seconds"\n'
                   '[valence]\ncolumn = "valence"\nscale = "strongest"\n')  # fmt: skip
    assert mien("import-readings", "log.csv", "--map", own).code == 0
    with Store.open(store) as opened:
        (summary,) = opened.recordings.list_recordings()
        assert summary.reader.startswith("own 2+")
        assert [one.scale for one in opened.recordings.interactions()] == ["strongest"]


def test_a_refused_log_leaves_the_store_as_it_was(
    mien: Callable[..., Ran], store: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log.csv"
    log.write_text(rising())
    assert mien("import-readings", log, "--map", "generic-valence").code == 0
    (tmp_path / "mien-log.html").unlink()
    log.write_text(rising(100, *(f"{20 + i},?" for i in range(50))))
    ran = mien("import-readings", log, "--map", "generic-valence")
    assert ran.code == 2
    assert "50 of 150 rows with a face are wrong" in ran.complaint
    assert "log.csv:102: valence is '?'" in ran.complaint
    with Store.open(store) as opened:
        assert [one.interactions for one in opened.recordings.list_recordings()] == [1]
    assert not (tmp_path / "mien-log.html").exists()


def test_a_log_without_faces_says_so(mien: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("time,valence\n" + "".join(f"{i},\n" for i in range(20)))
    ran = mien("import-readings", "log.csv", "--map", "generic-valence")
    assert ran.code == 0
    assert "Cannot tell: no row of the log tells of a face." in ran.out
    (tmp_path / "log.csv").write_text("time,valence\n" + "".join(f"{i * 40},0.5\n" for i in range(20)))
    assert (
        "the map has the wrong unit of time"
        in mien("import-readings", "log.csv", "--map", "generic-valence").out
    )


def test_a_named_site_needs_its_notice(mien: Callable[..., Ran], tmp_path: Path, store: Path) -> None:
    (tmp_path / "log.csv").write_text(rising())
    command = (
        "import-readings",
        "log.csv",
        "--map",
        "generic-valence",
        "--site",
        "Lyon 2",
        "--touchpoint",
        "till",
    )
    ran = mien(*command)
    assert ran.code == 2
    assert "Lyon 2" in ran.complaint
    hung = ("--text-version", "1", "--by", "A. Martin", "--on", "2026-05-01")
    assert mien("notice", "add", "--site", "Lyon 2", *hung).code == 0
    assert mien(*command, "--keep-days", "5").code == 2
    assert mien(*command, "--recorded-at", "2026-05-04T09:30+02:00").code == 0
    with Store.open(store) as opened:
        (found,) = opened.recordings.interactions(site="Lyon 2")
        assert found.context.touchpoint == "till"
        assert found.seconds[0].expressions is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--map", "pyfeat"), "There is no map 'pyfeat'; choose one of py-feat"),
        (("--map", "py-feat"), "the column 'frame' is missing"),
        (("--map", "generic-valence", "--scale", "happy"), "There is no valence scale 'happy'"),
        (("--map", "generic-valence", "--scale", "strongest"), "only the scale 'balance' can be had"),
        (("--map", "generic-valence", "--json", "log.csv"), "is given as --json and is the log too"),
        (("--map", "generic-valence", "--recorded-at", "noon"), "--recorded-at got 'noon'"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    mien: Callable[..., Ran], tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    (tmp_path / "log.csv").write_text(rising())
    fps = ("--fps", "25") if "py-feat" in options else ()
    ran = mien("import-readings", "log.csv", *options, *fps)
    assert ran.code == 2
    assert said in ran.complaint


def test_ctrl_c_stores_nothing(
    start: Callable[..., subprocess.Popen[str]], store: Path, tmp_path: Path
) -> None:
    log = tmp_path / "long.csv"
    with log.open("w") as file:
        file.write("time,face,valence\n")
        file.writelines(f"{i / 10:.1f},{i // 20},0.5\n" for i in range(200_000))
    process = start("import-readings", log, "--map", "generic-valence")

    def leads_to_the_log(open_file: Path) -> bool:
        try:
            return open_file.readlink() == log.resolve()
        except FileNotFoundError:  # closed since it was listed
            return False

    def has_it_open() -> bool:
        assert process.poll() is None, process.communicate()
        return any(leads_to_the_log(one) for one in Path(f"/proc/{process.pid}/fd").iterdir())

    until(has_it_open, "the command reads the log")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "nothing of it is stored" in err
    assert out == ""
    with Store.open(store) as opened:
        assert opened.recordings.list_recordings() == []
