"""The report of a day as a page for mail programs: one file, styles at their elements, nothing to be fetched."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from mien.templating import templates_of

if TYPE_CHECKING:
    from jinja2 import Template

    from mien.runtime.delivery.report_parts import ReportSaid


def page_of(found: ReportSaid) -> str:
    """The page.

    Args:
        found: What it says.
    """
    return _template().render(report=found)


@cache
def _template() -> Template:
    return templates_of("mien.runtime").get_template("day_report.html.j2")
