"""Subcommands are loaded when they are called, and listed as they are without being loaded."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys

import pytest

from mien.cli.app import run
from mien.cli.commands import PLACES, load

HEAVY = ("scipy", "sqlalchemy", "altair", "onnxruntime", "cv2", "pyarrow")


@pytest.mark.parametrize("name", PLACES)
def test_a_command_is_listed_with_the_first_line_of_its_help(name):
    command = load(name)
    assert command.name == name
    assert inspect.cleandoc(str(command.help)).splitlines()[0] == PLACES[name].help
    assert len(PLACES[name].help) <= 115


def test_the_help_lists_every_command_and_loads_none():
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, json\nfrom mien.cli.app import run\ncode = run(['--help'])\n"
            f"print(json.dumps([code, [name for name in {HEAVY!r} if name in sys.modules]]))",
        ],
        capture_output=True,
        text=True,
        check=True,
        env={"COLUMNS": "200", "PATH": ""},
    ).stdout
    *listed, last = told.strip().splitlines()
    assert json.loads(last) == [0, []]
    for name, place in PLACES.items():
        assert any(name in line and place.help[:40] in line for line in listed), name


def test_what_is_no_command_is_told_with_what_comes_close(capsys):
    assert run(["analyse", "a.mp4"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "No such command 'analyse'" in said
    assert "analyze" in said


def test_a_group_keeps_its_commands(capsys):
    assert run(["site", "--help"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in ("new", "check", "show", "calibrate"))
