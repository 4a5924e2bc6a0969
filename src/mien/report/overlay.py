"""The recording once more, with what was measured drawn on it and every face hidden.

The numbers of an interaction are known only when all of it has been read. An overlay is therefore written in a
second pass over the recording: `FaceTrails`, filled during the first, say where each face was; the finished
interactions bring curve and score.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import cv2
import numpy as np

from mien.errors import VideoError
from mien.report.drawing import STRONG, Pen, Word, colour
from mien.report.figures import clock
from mien.report.hiding import FaceHider
from mien.report.labels import draw_sign, sentence, sign_width, told
from mien.report.strip import Strip, score_words, tone, valence_at
from mien.video.writer import VideoWriter
from mien.vision.detect import YuNet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike
    from types import TracebackType

    from numpy.typing import NDArray

    from mien.journey.types import Interaction
    from mien.privacy import MediaGrant
    from mien.report.trails import FaceTrails, Sight
    from mien.video.types import Frame, VideoInfo
    from mien.vision.exclude import ExcludedZones
    from mien.vision.protocols import Detector

_LONGEST: Final = 1920
_SHORTEST: Final = 1280
_REFERENCE: Final = 1280
_NARROW: Final = 860
_MOST_ROWS: Final = 3
_STAYS_S: Final = 1.0
# What the reader takes for a face is at least .5; to hide one too many does no harm.
_FINDER_SCORE: Final = 0.3
_FINDER_SIDE: Final = 1280
_MARGIN, _LINE, _STRIP, _GAP = 16, 30, 104, 12
_WORD, _SMALL = 17, 14
_DISCLAIMER: Final = "What a face shows is not what a person feels."


class OverlayWriter:
    """Writes the overlay of a recording as an MP4; a context manager, whole or not there (see `VideoWriter`).

    Without a grant every face is hidden beyond recovery (see `mien.report.hiding`), also those nobody followed.
    With one the faces stay, and purpose and end date are burnt into every picture and into the file's tags.

    Args:
        path: Where to write.
        info: The recording's.
        trails: Where each face was, from the first pass.
        interactions: The finished interactions.
        grant: Leave to show faces.
        excluded: Zones that are blacked out, since nothing may be seen there either.
        detector: Looks for faces that were not followed; by default YuNet with a low threshold.

    Raises:
        VideoError: The place cannot be written to, or is that of the recording.
        ModelError: The detector's weights are missing.

    Example:
        ```
        with open_video(path) as video, OverlayWriter(out, video.info, trails, interactions) as overlay:
            for frame in video.frames(rate=None):
                overlay.write(frame)
        ```
    """

    def __init__(
        self,
        path: str | PathLike[str],
        info: VideoInfo,
        trails: FaceTrails,
        interactions: Sequence[Interaction],
        *,
        grant: MediaGrant | None = None,
        excluded: ExcludedZones | None = None,
        detector: Detector | None = None,
    ) -> None:
        if Path(path).resolve() == info.path.resolve():
            raise VideoError(f"The overlay would replace the recording '{path}' itself: name another file.")
        self._trails = trails
        self._excluded = excluded
        longest = max(info.width, info.height)
        self._scale = min(max(longest, _SHORTEST), _LONGEST) / longest
        self._size = max(2, round(info.width * self._scale)), max(2, round(info.height * self._scale))
        self._pen = Pen(max(self._size) / _REFERENCE)
        self._rows = _rows(interactions)
        self._strips: list[tuple[Interaction, Strip] | None] = [None] * len(self._rows)
        self._lines = 1 if self._size[0] >= self._pen.px(_NARROW) else 2
        width = self._size[0] - 2 * self._pen.px(_MARGIN)
        self._notice: list[str] = []
        comment = "Faces are hidden."
        if grant is not None:
            comment = f"Faces are shown for: {grant.purpose}. To be deleted after {grant.until}."
            self._notice = self._pen.wrapped(comment, _SMALL, width)
        self._hider = None
        if grant is None:
            finder = detector or YuNet(long_side=_FINDER_SIDE, min_score=_FINDER_SCORE)
            self._hider = FaceHider(trails, self._scale, finder)
        self._writer = VideoWriter(
            path,
            self._size[0],
            self._size[1] + self._foot_height(),
            metadata={"title": f"Mien overlay of {info.path.name}", "comment": f"{comment} {_DISCLAIMER}"},
        )

    def write(self, frame: Frame) -> None:
        """Add a frame of the recording, later than the one before; any rate will do.

        Raises:
            VideoError: The time does not increase, or the disk is full.
        """
        image = frame.image
        if self._excluded is not None:
            image = self._excluded.blacked_out(image)
        how = cv2.INTER_AREA if self._scale < 1 else cv2.INTER_CUBIC
        picture = cv2.resize(image, self._size, interpolation=how).astype(np.uint8)
        if self._hider is None:
            self._put(picture, frame.t_s)
            return
        for ready, t_s in self._hider.add(picture, frame.t_s):
            self._put(ready, t_s)

    def close(self) -> None:
        """Write what still waits, and finish the file.

        Raises:
            VideoError: No frame was written, or the disk is full.
        """
        for ready, t_s in self._hider.rest() if self._hider is not None else ():
            self._put(ready, t_s)
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._writer.discard()
            return
        try:
            self.close()
        except BaseException:
            self._writer.discard()
            raise

    def _put(self, picture: NDArray[np.uint8], t_s: float) -> None:
        sights = self._trails.sights_at(t_s)
        current = [_current(row, t_s) for row in self._rows]
        for sight in sights:
            self._frame_face(picture, sight, _of_track(current, sight.track_id), t_s)
        foot = np.empty((self._foot_height(), self._size[0], 3), np.uint8)
        foot[:] = colour("sheet")
        for row, interaction in enumerate(current):
            if interaction is not None:
                seen = next((s for s in sights if s.track_id == interaction.track_id), None)
                self._draw_row(foot, row, interaction, seen, t_s)
        self._sign(foot, t_s)
        self._writer.write(np.concatenate([picture, foot]), t_s)

    def _frame_face(
        self, picture: NDArray[np.uint8], sight: Sight, interaction: Interaction | None, t_s: float
    ) -> None:
        pen = self._pen
        x1, y1, x2, y2 = (float(v) for v in sight.box * self._scale)
        shown = tone(valence_at(interaction.curve, t_s)) if interaction is not None else "ink"
        ink = "none" if sight.left_out else shown
        pen.brackets(picture, (x1, y1, x2, y2), colour("paper"), 4.5, broken=sight.left_out is not None)
        pen.brackets(picture, (x1, y1, x2, y2), colour(ink), 2.2, broken=sight.left_out is not None)
        word, sign = told(sight)
        number = f"{sight.track_id}"
        pad, height = pen.px(9), pen.px(26)
        width = 2 * pad + pen.width_of(number, _WORD, STRONG)
        width += pen.px(8) + pen.width_of(word, _WORD) if word else 0
        width += pen.px(8) + sign_width(pen, _WORD) if sign is not None else 0
        left = min(max((x1 + x2 - width) / 2, pen.px(4)), max(self._size[0] - width - pen.px(4), pen.px(4)))
        top = y1 - height - pen.px(8)
        if top < pen.px(4):
            top = min(y2 + pen.px(8), self._size[1] - height - pen.px(4))
        pen.pill(picture, (left, top, left + width, top + height), 8, colour("paper"))
        baseline = top + height / 2 + pen.px(_WORD) * 0.36
        end = pen.text(picture, Word(number, ink, STRONG), (left + pad, baseline), _WORD)
        if sign is not None:
            end = draw_sign(pen, picture, sign, (end + pen.px(8), baseline), _WORD)
        if word:
            pen.text(picture, Word(word), (end + pen.px(8), baseline), _WORD)

    def _draw_row(
        self,
        foot: NDArray[np.uint8],
        row: int,
        interaction: Interaction,
        sight: Sight | None,
        t_s: float,
    ) -> None:
        pen, left = self._pen, self._pen.px(_MARGIN)
        right = self._size[0] - left
        top = pen.px(_GAP) + row * self._row_height()
        baseline = top + pen.px(20)
        title = Word(f"Face {interaction.track_id}", "ink", STRONG)
        end = pen.text(foot, title, (left, baseline), _WORD)
        word, sign = sentence(sight)
        start = end + pen.px(12)
        if sign is not None:
            start = draw_sign(pen, foot, sign, (start, baseline), _WORD) + pen.px(8)
        pen.text(foot, word, (start, baseline), _WORD)
        words = score_words(interaction)
        if self._lines == 1:
            room = right - end - pen.px(300)
        else:
            room, baseline = right - left, baseline + pen.px(_LINE)
        words = self._fitted(words, room)
        x = left if self._lines == 2 else right - self._width_of(words)
        for word in words:
            x = pen.text(foot, word, (x, baseline), _WORD) + pen.px(10)
        y = top + self._lines * pen.px(_LINE)
        cached = self._strips[row]
        if cached is None or cached[0] is not interaction:
            size = right - left, pen.px(_STRIP)
            cached = interaction, Strip(interaction, self._trails.of(interaction.track_id), size, pen)
            self._strips[row] = cached
        foot[y : y + pen.px(_STRIP), left:right] = cached[1].at(t_s)

    def _fitted(self, words: list[Word], room: int) -> list[Word]:
        while len(words) > 1 and self._width_of(words) > room:
            words = words[:-1]
        first, *more = words
        return [first._replace(text=self._pen.fitted(first.text, _WORD, room, first.weight)), *more]

    def _width_of(self, words: list[Word]) -> int:
        gaps = self._pen.px(10) * (len(words) - 1)
        return sum(self._pen.width_of(word.text, _WORD, word.weight) for word in words) + gaps

    def _sign(self, foot: NDArray[np.uint8], t_s: float) -> None:
        """The last lines: the time, what is not claimed, and what leave there is to show faces."""
        pen, left = self._pen, self._pen.px(_MARGIN)
        baseline = pen.px(_GAP) + len(self._rows) * self._row_height() + pen.px(14)
        end = pen.text(foot, Word(clock(t_s, 1), "ink", STRONG), (left, baseline), _SMALL)
        text = _DISCLAIMER if self._rows else f"No face was measured. {_DISCLAIMER}"
        room = self._size[0] - left - end - pen.px(20)
        text = pen.fitted(text, _SMALL, room)
        x = self._size[0] - left - pen.width_of(text, _SMALL)
        pen.text(foot, Word(text, "soft"), (x, baseline), _SMALL)
        for line in self._notice:
            baseline += pen.px(20)
            pen.text(foot, Word(line, "middling"), (left, baseline), _SMALL)

    def _row_height(self) -> int:
        return self._lines * self._pen.px(_LINE) + self._pen.px(_STRIP) + self._pen.px(_GAP)

    def _foot_height(self) -> int:
        height = self._pen.px(_GAP) + len(self._rows) * self._row_height()
        return height + self._pen.px(24) + len(self._notice) * self._pen.px(20)


def _rows(interactions: Sequence[Interaction]) -> list[list[Interaction]]:
    """Interactions dealt to rows so that none overlap in one; where room is short, the best measured ones."""
    rows: list[list[Interaction]] = []
    for interaction in sorted(interactions, key=lambda i: (-i.score.usable_s, i.start_s)):
        free = (row for row in rows if not any(_overlap(interaction, other) for other in row))
        row = next(free, None)
        if row is None and len(rows) < _MOST_ROWS:
            row = []
            rows.append(row)
        if row is not None:
            row.append(interaction)
    return rows


def _overlap(one: Interaction, other: Interaction) -> bool:
    return one.start_s < other.end_s + _STAYS_S and other.start_s < one.end_s + _STAYS_S


def _current(row: list[Interaction], t_s: float) -> Interaction | None:
    return next((i for i in row if i.start_s <= t_s < i.end_s + _STAYS_S), None)


def _of_track(interactions: Sequence[Interaction | None], track_id: int) -> Interaction | None:
    return next((i for i in interactions if i is not None and i.track_id == track_id), None)
