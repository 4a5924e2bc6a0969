"""One PDF at a time, beside everything else that the pages do, and none twice."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from http import HTTPStatus
from threading import Lock
from typing import Final

from mien.web.monthly.pdf import PdfError, print_html
from mien.web.problems import WebError

WAITING: Final = 8
"""PDFs that may wait for the one that is being made."""
_KEPT: Final = 12


class NotPrinted(WebError):  # noqa: N818  (named for what is the case)
    """No PDF can be made here."""

    status = HTTPStatus.NOT_IMPLEMENTED


class Busy(WebError):  # noqa: N818
    """Too much of this kind is being made already."""

    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self, text: str, /, **values: object) -> None:
        super().__init__(text, **values)
        self.headers = {"Retry-After": "30"}


class Press:
    """Makes PDFs in a thread of its own, and keeps the last of them.

    What is kept is found by the whole of its HTML, so that a report is printed anew when anything in it changed.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="press")
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = Lock()
        self._waiting = 0

    async def printed(self, text: str) -> bytes:
        """An HTML document as PDF.

        Args:
            text: The document.

        Raises:
            NotPrinted: The extra is not installed, or finds no Pango.
            Busy: Too many wait.
        """
        key = sha256(text.encode()).digest()
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known
            if self._waiting > WAITING:
                raise Busy("%(n)s reports wait to be printed already; try again in a minute.", n=WAITING)
            self._waiting += 1
        try:
            return await asyncio.wrap_future(self._thread.submit(self._print, key, text))
        except PdfError as error:
            raise NotPrinted(str(error)) from error
        finally:
            with self._lock:
                self._waiting -= 1

    def _print(self, key: bytes, text: str) -> bytes:
        with self._lock:
            known = self._kept.get(key)
        if known is not None:  # asked for twice while the first was being made
            return known
        made = print_html(text)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made
