"""Monthly reports in words, charts, HTML and PDF, for pages, the API and the command alike."""

from mien.web.monthly.pdf import PdfError, can_print, write_pdf
from mien.web.monthly.render import Asked, MonthReport, article, document, file_name, flow_part, make_report

__all__ = [
    "Asked",
    "MonthReport",
    "PdfError",
    "article",
    "can_print",
    "document",
    "file_name",
    "flow_part",
    "make_report",
    "write_pdf",
]
