"""The templates of the tracks of one camera, made of some of their pictures while these are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mien.vision.matching.template import Template

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from mien.vision.matching.embedding import FaceEmbedder
    from mien.vision.types import FaceMesh, Visibility

MOST_PICTURES: Final = 6
"""Pictures of a track from which its template is made: more of the same face say little new."""
EVERY_S: Final = 0.5
"""Least time between two of them, seconds: neighbours show the same."""


@dataclass(slots=True)
class _Known:
    template: Template
    last_s: float


class TrackTemplates:
    """Holds one template for each track that is in view.

    Args:
        embedder: Makes templates of faces.
    """

    def __init__(self, embedder: FaceEmbedder) -> None:
        self._embedder = embedder
        self._known: dict[int, _Known] = {}

    def look(
        self, track_id: int, t_s: float, image: NDArray[np.uint8], mesh: FaceMesh, visibility: Visibility
    ) -> None:
        """Take in a picture of a track, if it adds to what is known of it.

        Args:
            track_id: Number of the track.
            t_s: Seconds in the stream.
            image: (H, W, 3) uint8 BGR.
            mesh: Landmarks of the face in it.
            visibility: How much of it can be seen.

        Raises:
            MienError: Core dumps are not off, see `Template`.
        """
        known = self._known.get(track_id)
        if known is not None:
            enough = known.template.pictures >= MOST_PICTURES
            if enough or t_s - known.last_s < EVERY_S:
                return
        template = self._embedder.embed(image, mesh, visibility)
        if not isinstance(template, Template):
            return
        if known is None:
            self._known[track_id] = _Known(template, t_s)
        else:
            known.template.absorb(template)
            known.last_s = t_s

    def take(self, track_id: int) -> Template | None:
        """Hand out the template of a track that ended; `None` where no picture of it could be used."""
        known = self._known.pop(track_id, None)
        return None if known is None else known.template

    def forget(self, track_ids: Iterable[int]) -> None:
        """Zero the templates of tracks."""
        for track_id in track_ids:
            if (template := self.take(track_id)) is not None:
                template.close()

    def close(self) -> None:
        """Zero all."""
        self.forget(list(self._known))
