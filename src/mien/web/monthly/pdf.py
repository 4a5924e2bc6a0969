"""A report as PDF by WeasyPrint: tagged (PDF/UA-1), with its language, bookmarks and page numbers."""

from __future__ import annotations

import logging
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mien.errors import MienError
from mien.marking import N_
from mien.web.monthly.render import document

if TYPE_CHECKING:
    from mien.web.monthly.render import MonthReport

NO_EXTRA = N_(
    "A PDF needs the extra pdf: pip install 'mien[pdf]'. The same report as HTML (--format html) prints from a "
    "browser."
)
NO_PANGO = N_(
    "WeasyPrint finds no Pango, by which it sets text: on Debian, apt install libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0 and a font such as fonts-dejavu-core. The same report as HTML prints from a browser."
)


class PdfError(MienError):
    """No PDF can be made here."""


def can_print() -> bool:
    """Whether WeasyPrint is installed; whether it finds Pango shows when it is used."""
    return find_spec("weasyprint") is not None


def write_pdf(report: MonthReport) -> bytes:
    """The report as PDF, A4. Nothing is loaded for it, neither from the network nor from files.

    Args:
        report: The report.

    Raises:
        PdfError: WeasyPrint is not installed, or finds no Pango.
    """
    return print_html(document(report))


def print_html(text: str) -> bytes:
    """An HTML document as PDF; what it names elsewhere is not loaded.

    Args:
        text: The document.

    Raises:
        PdfError: WeasyPrint is not installed, or finds no Pango.
    """
    try:
        from weasyprint import HTML  # noqa: PLC0415  (an extra, and slow to load)
        from weasyprint.urls import URLFetcher  # noqa: PLC0415
    except ImportError as error:
        raise PdfError(NO_EXTRA) from error
    except OSError as error:
        raise PdfError(NO_PANGO) from error

    class Nothing(URLFetcher):  # type: ignore[misc]  # of a library without types
        """Loads nothing."""

        def fetch(self, url: str, headers: object = None) -> object:  # noqa: ARG002
            raise ValueError(f"nothing is loaded for a report, and {url[:80]} is not either")

    # What it says of single characters that no font has is nothing that anybody here could act on.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    made: bytes = HTML(string=text, url_fetcher=Nothing()).write_pdf(pdf_variant="pdf/ua-1")
    return made
