"""What all pages of reports are made with."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from mien.masking import masked
from mien.report import figures


def page_environment() -> Environment:
    """The templates of the reports, with numbers as people read them as filters."""
    environment = Environment(
        loader=PackageLoader("mien.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("signed", "plain", "clock", "lasting", "share", "certainty", "eyes_alone"):
        environment.filters[name] = getattr(figures, name)
    environment.filters["masked"] = masked
    return environment


def asset(name: str) -> str:
    """The text of a file in `assets`: styles, a script."""
    return files("mien.report").joinpath("assets", name).read_text(encoding="utf-8").strip()
