"""The rule that nobody is read where no notice hangs.

A *notice* tells the people who enter that their facial expression is read. A named site is read only for the
time in which a notice is recorded for it: which text, since when, put up by whom. Files of one's own, without
a site, need none. This module holds the rule; `mien.store.notices` keeps the notices.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mien.errors import NoticeError
from mien.marking import N_

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


_NO_SITE: Final = N_("A notice is recorded with the site (--site S), and that is blank.")
_NO_VERSION: Final = N_(
    "A notice is recorded with the version of its text (--text-version V), and that is blank."
)
_NO_NAME: Final = N_("A notice is recorded with the name of who put it up (--by NAME), and that is blank.")
_NONE_FOR_SITE: Final = N_(
    "No notice is recorded for site '%(site)s' on %(on)s, so nothing may be read; record the one that hangs there "
    "with: mien notice add --site %(quoted)s --text-version V --by NAME"
)
_NONE_FOR_CAMERA: Final = N_(
    "No notice is recorded for camera '%(camera)s' of site '%(site)s' on %(on)s, so nothing may be read; record the "
    "one that hangs there with: mien notice add --site %(quoted)s --camera %(quoted_camera)s --text-version V --by NAME"
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that hangs, or hung, at a site.

    Attributes:
        site: The site where it can be read.
        camera: The one camera that it speaks of; `None` where it speaks of the whole site.
        shown_on: First day on which it hung.
        text_version: Which text it carries.
        put_up_by: Who put it up and answers for it.
        withdrawn_on: First day on which it no longer hung; `None` while it hangs.

    Raises:
        NoticeError: A text is blank, or it was taken down before it was put up.
    """

    site: str
    camera: str | None
    shown_on: date
    text_version: str
    put_up_by: str
    withdrawn_on: date | None = None

    def __post_init__(self) -> None:
        for value, blank in (
            (self.site, _NO_SITE),
            (self.text_version, _NO_VERSION),
            (self.put_up_by, _NO_NAME),
        ):
            if not value.strip():
                raise NoticeError(blank)
        if self.camera is not None and not self.camera.strip():
            raise NoticeError("The camera of a notice is blank; leave it out for the whole site.")
        if self.withdrawn_on is not None and self.withdrawn_on < self.shown_on:
            raise NoticeError(
                "A notice shown from %(shown_on)s cannot be withdrawn on %(withdrawn_on)s, before it hung.",
                shown_on=self.shown_on,
                withdrawn_on=self.withdrawn_on,
            )

    def covers(self, site: str, camera: str | None, on: date) -> bool:
        """Whether people read by this camera of this site on this day could know of it.

        Args:
            site: The site.
            camera: The camera; `None` where it is not known, which only a notice for the whole site covers.
            on: The day on which the pictures were taken.
        """
        hangs = self.shown_on <= on and (self.withdrawn_on is None or on < self.withdrawn_on)
        return hangs and self.site == site and (self.camera is None or self.camera == camera)


def check_notice(notices: Iterable[Notice], site: str, camera: str | None = None, *, on: date) -> Notice:
    """Return the notice that allows reading a camera of a site on a day.

    Args:
        notices: Every notice recorded for the site.
        site: The site.
        camera: The camera; `None` where it is not known.
        on: The day on which the pictures were taken.

    Returns:
        The covering notice, the latest where there are several.

    Raises:
        NoticeError: None covers it; the message says how to record one.
    """
    covering = [notice for notice in notices if notice.covers(site, camera, on)]
    if covering:
        return max(covering, key=lambda notice: notice.shown_on)
    if camera is None:
        raise NoticeError(_NONE_FOR_SITE, site=site, on=on, quoted=shlex.quote(site))
    quoted = shlex.quote(site), shlex.quote(camera)
    raise NoticeError(
        _NONE_FOR_CAMERA, camera=camera, site=site, on=on, quoted=quoted[0], quoted_camera=quoted[1]
    )
