"""`mien moods` as somebody would use it."""

from __future__ import annotations

import json

import pytest

from mien.cli.app import run
from mien.journey.moods import LANGUAGES, chart


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_prints_the_chart(language, capsys):
    assert run(["moods", "--lang", language]) == 0
    said = capsys.readouterr().out
    assert all(mood.names[language] in said for mood in chart())
    assert {sign: said.count(sign) for sign in "▲■"} == {"▲": 12, "■": 12}  # moods, and what the sign means


def test_it_writes_what_it_was_asked_for(tmp_path, capsys):
    files = {f"--{name}": tmp_path / f"chart.{name}" for name in ("html", "svg", "pdf", "quiz", "json")}
    assert run(["moods", *(str(part) for pair in files.items() for part in pair)]) == 0
    assert all(path.stat().st_size > 10_000 for path in files.values())
    moods = json.loads(files["--json"].read_text(encoding="utf-8"))["moods"]
    assert [mood["key"] for mood in moods] == [mood.key for mood in chart()]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--lang", "de"], "The chart is not in 'de'; --lang takes en (English), fr"),
        (["--pdf", "no/such/folder/chart.pdf"], "no/such/folder"),
        (["--pdf", "one.pdf", "--svg", "one.pdf"], "is given twice"),
    ],
)
def test_bad_input_is_told_in_one_sentence(arguments, complaint, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["moods", *arguments]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert complaint in said
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())
