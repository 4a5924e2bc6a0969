"""Maps: those that come with Mien, those on the page about importing, and what is wrong with one of the user's own."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
from pydantic import BaseModel

from mien.errors import InputError, SettingError
from mien.expressions import EXPRESSIONS
from mien.logs import BUNDLED, LogMap, load_map, remarks_on
from mien.vision.readers.manifest import Error
from mien.vision.types import LeftOut
from support.command import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Taken

    Take = Callable[..., Taken]

PAGE = (Path(__file__).parents[2] / "docs" / "importing.md").read_text(encoding="utf-8")
FACEREADER, IMOTIONS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def models(kind: object) -> set[type[BaseModel]]:
    """All tables that a table leads to, itself included."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {kind}.union(*(models(field.annotation) for field in kind.model_fields.values()))
    return set().union(*(models(one) for one in get_args(kind)))


@pytest.mark.parametrize("table", sorted(models(LogMap) - {Error}, key=lambda one: one.__name__))
def test_every_key_is_on_the_page_and_says_what_is_allowed(table: type[BaseModel]) -> None:
    for key, field in table.model_fields.items():
        assert re.search(rf"[`.]{key}[`.]", PAGE), (
            f"docs/importing.md does not explain {table.__name__}.{key}"
        )
        assert field.description, f"{table.__name__}.{key} does not say what is allowed"


def test_every_bundled_map_is_on_the_page() -> None:
    assert all(f"| `{name}` |" in PAGE for name in BUNDLED)
    assert {load_map(name).name for name in BUNDLED} == set(BUNDLED)
    assert len({load_map(name).reader for name in BUNDLED}) == len(BUNDLED)


FEX = "FaceRectX,FaceScore,anger,disgust,fear,happiness,sadness,surprise,neutral,input,frame\n"


def test_a_fex_of_py_feat_by_the_numbers_of_its_pictures(take: Take) -> None:
    rows = "200.5,0.99,0.1,0.0,0.1,0.5,0.2,0.05,0.05,a.mp4,0\n200.5,0.99,0,0,0,1,0,0,0,a.mp4,50\n"
    nobody = ",,,,,,,,,a.mp4,100\n"
    taken = take(FEX + rows + nobody, "py-feat", fps=25)
    assert taken.times == [0.0, 2.0]
    assert taken.valence == [0.1, 1.0]
    assert taken.readings[0].shares == pytest.approx((0.05, 0.5, 0.05, 0.2, 0.1, 0.0, 0.1, 0.0))
    assert taken.readings[0].variance == 0.34
    assert taken.reader.silent == 1
    assert taken.reader.lacks == ("contempt",)
    assert "count as 0: contempt." in " ".join(remarks_on(load_map("py-feat"), taken.reader.lacks))
    assert take(FEX + rows, "py-feat", fps=25, scale="strongest").valence == [0.3, 1.0]


def test_pictures_per_second_are_asked_for_and_never_guessed(take: Take) -> None:
    with pytest.raises(SettingError, match="give it with --fps"):
        take(FEX, "py-feat")
    with pytest.raises(SettingError, match="--fps got 0; give pictures per second"):
        take(FEX, "py-feat", fps=0)
    with pytest.raises(SettingError, match="--fps is of no use: the log tells its times in seconds"):
        take("time,valence\n0,1\n", fps=25)


def test_pictures_per_second_that_do_not_fit_the_clock_of_the_log_are_refused(take: Take) -> None:
    log = (SAMPLES / "crying_to_smiling.fex.csv").read_text()
    for right in (23.976, 24, 25):
        assert len(take(log, "py-feat", fps=right).readings) == 95
    for wrong in (12, 30, 60):
        with pytest.raises(
            InputError, match=r"frame \d+ would be .* s, but approx_time is 00:\d\d; give the"
        ):
            take(log, "py-feat", fps=wrong)


def test_detector_2_of_py_feat_has_other_names(take: Take) -> None:
    header = (
        "Neutral,Happy,Sad,Surprise,Fear,Disgust,Anger,valence,arousal,input,frame,approx_time,Identity\n"
    )
    row = "0.2,0.1,0.4,0,0.1,0.1,0.1,0.7,0.1,a.mp4,{},00:0{},Person_{}\n"
    rows = "".join(row.format(30 * i, i, person) for i in range(3) for person in (0, 1))
    taken = take(header + rows, "py-feat-2", fps=30)
    assert taken.valence == [-0.6] * 6
    assert sorted(taken.tracks) == [1, 1, 1, 2, 2, 2]
    with pytest.raises(InputError, match="Its columns fit --map py-feat-2"):
        take(header + rows, "py-feat", fps=30)


def facereader(cells: list[list[str]]) -> str:
    """A detailed log as it is described: lines about the analysis, then tab-separated columns."""
    head = [
        "Video analysis detailed log",
        "Face Model:\tGeneral",
        "",
        "Start time:\t05/04/2026 09:30:00.000",
        "",
    ]
    names = (
        "Video Time,Neutral,Happy,Sad,Angry,Surprised,Scared,Disgusted,Valence,Arousal,Y - Head Orientation,"
    )
    return "\r\n".join([*head, "\t".join(names.split(",")), *("\t".join([*row, ""]) for row in cells)])


def test_the_map_of_facereader_on_the_page(take: Take) -> None:
    rows = [
        ["00:00:00.000", *map(str, (0.6, 0.2, 0.0, 0.2, 0.0, 0.0, 0.0, 0.0, 0.3, 1.5))],
        ["00:00:00.040", *["FIT_FAILED"] * 9, "0"],
        ["00:00:00.080", *["FIND_FAILED"] * 9, "0"],
        ["00:01:00.120", *map(str, (0.1, 0.9, 0.0, 0.0, 0.2, 0.0, 0.0, 0.9, 0.3, 1.5))],
        ["01:00:00.000", *["0.0"] * 10],
    ]
    taken = take(facereader(rows).encode("utf-16"), FACEREADER)
    assert not taken.problems
    assert taken.times == [0.0, 0.04, 60.12, 3600.0]
    assert taken.valence == [0.0, None, 0.75, None]
    assert [one.left_out for one in taken.readings] == [None, LeftOut.UNUSABLE, None, LeftOut.UNUSABLE]
    assert taken.reader.silent == 1
    rows.insert(1, ["00:00:00.020", "1.5", *["0"] * 9])
    with pytest.raises(InputError, match=r"log.csv:8: neutral is 1.5; a share is 0 to 1"):
        take(facereader(rows), FACEREADER)


def test_the_map_of_imotions_on_the_page(take: Take) -> None:
    names = (
        "Row,Timestamp,EventSource,SlideEvent,Anger,Contempt,Disgust,Fear,Joy,Sadness,Surprise,Valence,Anger"
    )
    head = "#HEADER,\r\n#Study name,Shop\r\n#Respondent Name,R1\r\n#DATA,\r\n"
    rows = [
        "1,1700000000000,2,StartMedia,,,,,,,,,",
        "2,1700000000040,Affectiva AFFDEX,,0,0,0,0,80,0,0,60,",
        "3,1700000000050,GSR,,,,,,,,,,",
        "4,1700000001040,Affectiva AFFDEX,,60,60,0,0,0,0,0,-60,",
        "5,1700000002040,Affectiva AFFDEX,,,,,,,,,,",
    ]
    own = IMOTIONS
    with pytest.raises(InputError, match="the column 'anger' stands there twice"):
        take(head + names + "\r\n" + "\r\n".join(rows), own)
    taken = take(head + names.removesuffix("Anger") + "\r\n" + "\r\n".join(rows), own)
    assert not taken.problems
    assert taken.times == [0.0, 1.0]
    assert taken.valence == [0.8, -1.0]
    assert taken.readings[0].shares == pytest.approx((0.2, 0.8, 0, 0, 0, 0, 0, 0))
    assert (taken.reader.other, taken.reader.silent) == (2, 1)
    assert taken.reader.lacks == ()


def test_a_class_that_a_log_lacks_counts_as_nothing_and_is_said(take: Take) -> None:
    rows = ["0,0.2,0.5,0.3", "1,0.2,0.5,0.4", *(f"{i},0,1,0" for i in range(2, 20))]
    taken = take("\n".join(["time,neutral,happiness,sadness", *rows]), "generic-shares")
    assert taken.valence[0] == 0.2
    assert taken.problems == [(3, "the shares sum to 1.1 instead of 1")]
    assert taken.reader.lacks == ("surprise", "anger", "disgust", "fear", "contempt")


OWN = """\
name = "own"
version = "1"
tool = "a tool"
[time]
column = "t"
unit = "seconds"
[valence]
column = "v"
scale = "balance"
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[time]", "colour = 1\n[time]", "the key 'colour' is not known; a map may have name, version"),
        ('unit = "seconds"', 'unit = "hours"', "the key 'time.unit' is 'hours'; give 'seconds', 'milliseconds'"),
        ('unit = "seconds"', 'unit = "seconds"\nrate = 25', "time.rate belongs to unit = 'frame'"),
        ('column = "t"\n', "", "the key 'time.column' is missing; give the column of the time"),
        ('"own"', '"py-feat"', "the name is 'py-feat', which is a map of Mien's own"),
        ("[valence]", '[action_units]\npleasant = ["a"]\nunpleasant = ["b"]\nfull = 3\nmost = 5\n'
         'scale = "balance"\n[valence]',
         "give one of the tables [shares], [valence] and [action_units]"),
        ('scale = "balance"', 'scale = "balance"\nlow = 2', "valence.high is 1; it must be above valence.low, 2"),
        ('scale = "balance"', 'scale = "balance"\n[error]\nmeasured_on = "x"\nconfidence = [0.5]\nbalance = [1, 1]\n'
         "circumplex = [1, 1]\nstrongest = [1, 1]", "error.confidence is the edge of a largest share"),
        ("[time]", "[time", "is no map in TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_map_is_told_in_one_sentence(take: Take, old: str, new: str, said: str) -> None:
    with pytest.raises(SettingError) as refused:
        take("t,v\n0,1\n", OWN.replace(old, new, 1))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_map_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(
        SettingError, match=r"There is no map 'feat'; choose one of py-feat, .* ends in \.toml"
    ):
        load_map("feat")
    with pytest.raises(SettingError, match="cannot be opened: No such file"):
        load_map(str(tmp_path / "none.toml"))


def test_what_changes_readings_changes_the_name_of_the_reader(take: Take, tmp_path: Path) -> None:
    def reader(text: str) -> str:
        path = tmp_path / "map.toml"
        path.write_text(text)
        return load_map(str(path)).reader

    assert reader(OWN) == reader(OWN.replace("a tool", "the tool"))
    assert reader(OWN) != reader(OWN.replace('"v"', '"w"'))
    assert reader(OWN) != reader(OWN.replace('scale = "balance"', 'scale = "balance"\nhigh = 2'))


def test_the_sample_log_is_in_the_form_of_py_feat() -> None:
    with (SAMPLES / "crying_to_smiling.fex.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 95
    assert all(name in rows[0] for name in EXPRESSIONS if name != "contempt")
