"""QR codes of addresses, to print beside a notice or to show to a tablet."""

from __future__ import annotations

from io import BytesIO

import segno


def qr_svg(address: str) -> bytes:
    """An address as a QR code, SVG, black on white with its quiet zone.

    Args:
        address: What it leads to.
    """
    written = BytesIO()
    # A quarter of it may be scratched or covered (ISO/IEC 18004, level Q).
    segno.make(address, error="q", micro=False).save(
        written, kind="svg", scale=8, border=4, light="#ffffff", svgns=True, xmldecl=False, title=address
    )
    return written.getvalue()
