"""What all pages of reports are made with."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from mien.masking import masked
from mien.report import figures
from mien.templating import templates_of

if TYPE_CHECKING:
    from jinja2 import Environment


def page_environment() -> Environment:
    """The templates of the reports, with numbers as people read them as filters."""
    environment = templates_of("mien.report")
    for name in ("signed", "plain", "clock", "lasting", "share", "certainty", "eyes_alone"):
        environment.filters[name] = getattr(figures, name)
    environment.filters["masked"] = masked
    return environment


def asset(name: str) -> str:
    """The text of a file in `assets`: styles, a script."""
    return files("mien.report").joinpath("assets", name).read_text(encoding="utf-8").strip()
