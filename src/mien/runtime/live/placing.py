"""Where customers of one camera are: at which till or desk, in which shift, served in which way."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from shapely.geometry import Point

from mien.site.protocols import protocol_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.journey.types import Interaction
    from mien.runtime.live.messages import Hello
    from mien.runtime.live.seen import SeenFace
    from mien.site import Site
    from mien.site.roster import LoadedRoster


class Places:
    """Counts at which service point each track was seen.

    Args:
        site: The site.
        roster: Who works when.
        hello: What the stream is.
    """

    def __init__(self, site: Site, roster: LoadedRoster, hello: Hello) -> None:
        self._site, self._roster, self._hello = site, roster, hello
        camera = site.cameras.get(hello.camera)
        self._points = {
            name: None if point.zone is None else camera.zones[point.zone].polygon
            for name, point in site.service_points.items()
            if camera is not None and point.camera == hello.camera
        }
        self._counted: dict[int, Counter[str]] = {}

    def take(self, face: SeenFace, size: tuple[int, int]) -> None:
        """Count where a face is.

        Args:
            face: The face.
            size: Width and height of the picture, pixels.
        """
        if not self._points:
            return
        x1, y1, x2, y2 = face.box
        middle = Point((x1 + x2) / 2 / size[0], (y1 + y2) / 2 / size[1])
        for name, zone in self._points.items():
            if zone is None or zone.covers(middle):
                self._counted.setdefault(face.track_id, Counter())[name] += 1

    def now(self, track: int) -> str | None:
        """Where a track was seen most so far; `None` where it was at no service point."""
        counted = self._counted.get(track)
        return counted.most_common(1)[0][0] if counted else None

    def forget(self, track: int) -> None:
        """A track is gone."""
        self._counted.pop(track, None)

    def placed(self, found: Interaction) -> Interaction:
        """An interaction with its shift, its service point and its protocol."""
        began = self._hello.recorded_at + timedelta(seconds=found.start_s)
        shifts = self._site.shifts_at(began)
        counted = self._counted.get(found.track_id)
        point, times = counted.most_common(1)[0] if counted else (None, 0)
        if point is not None and 2 * times < found.readings:
            point = None
        return replace(
            found,
            context=replace(
                found.context,
                shift=shifts[0] if shifts else None,
                service_point=point,
                protocol=protocol_at(self._site, self._roster, began, self._hello.touchpoint, point),
            ),
        )

    def state(self) -> dict[str, dict[str, int]]:
        """Everything, as JSON can hold it."""
        return {str(track): dict(counted) for track, counted in self._counted.items()}

    def restore(self, state: Mapping[str, Mapping[str, int]]) -> None:
        """Go on where what gave `state` stopped."""
        self._counted = {int(track): Counter(counted) for track, counted in state.items()}
