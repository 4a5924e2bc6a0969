"""Pictures that Mien writes: the overlay, and the deletion of those whose time is over."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from mien.errors import StoreError
from mien.report.overlay import OverlayWriter
from mien.video import open_video
from mien.vision.exclude import ExcludedZones

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from mien.privacy import MediaGrant
    from mien.report.trails import FaceTrails
    from mien.runtime.analysis import Analysis
    from mien.runtime.recording import Progress
    from mien.store import Store


class Stopped(Exception):  # noqa: N818  (no error: the user asked for it)
    """The overlay was stopped; nothing of it is left."""


def write_overlay(  # noqa: PLR0913  (what it is made from, and what watches it)
    video: Path,
    target: Path,
    found: Analysis,
    trails: FaceTrails,
    *,
    store: Store,
    grant: MediaGrant | None = None,
    exclude: Sequence[Sequence[tuple[float, float]]] = (),
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Write the recording once more with boxes, curve and score; faces blurred unless there is leave to show them.

    A file that shows faces is entered in the store before it is written, and deleted after its last day.

    Args:
        video: The recording.
        target: Where to write, an MP4.
        found: Its analysis.
        trails: Where each face was, collected during that analysis.
        store: Where a file that shows faces is entered.
        grant: Leave to show faces.
        exclude: Zones that are blacked out, as in the analysis.
        progress: Told how far it has come.
        stop: Asked before each picture.

    Returns:
        Whether the file was written; `False` after a stop.

    Raises:
        VideoError: The recording cannot be read or the overlay not be written.
        StoreError: The file cannot be entered; then it is not written.
    """
    zones = ExcludedZones(exclude)
    with suppress(Stopped), open_video(video) as source:
        with OverlayWriter(
            target, source.info, trails, found.interactions, grant=grant, excluded=zones or None
        ) as overlay:
            # After the writer has refused a target that is the recording itself: what is entered gets deleted.
            if grant is not None:
                store.media.record(target, grant)
            for frame in source.frames(rate=None):
                if stop():
                    raise Stopped
                overlay.write(frame)
                if progress is not None:
                    progress(frame.t_s, source.info.duration_s)
        return True
    if grant is not None:
        store.media.forget(target)
    return False


def delete_expired(store: Store, today: date) -> list[Path]:
    """Delete every file in which faces could be seen and whose last day is before today.

    Returns:
        What was deleted; a file that is gone already is only struck off the list.

    Raises:
        StoreError: A file cannot be deleted; it stays on the list.
    """
    gone = []
    for picture in store.media.expired(today):
        existed = picture.path.exists()
        try:
            picture.path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(
                f"'{picture.path}' shows faces and its time ended on {picture.until}, but it cannot be deleted "
                f"({error.strerror}): delete it by hand."
            ) from error
        store.media.forget(picture.path)
        if existed:
            gone.append(picture.path)
    return gone
