"""Monthly reports in words, charts, HTML and PDF, for pages, the API and the command alike."""

from mien.web.monthly.pdf import write_pdf
from mien.web.monthly.render import MonthReport, document, file_name, make_report

__all__ = ["MonthReport", "document", "file_name", "make_report", "write_pdf"]
