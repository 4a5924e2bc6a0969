"""Cues of single pictures: against labels, with masks drawn on, and of the same face seen worse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from rich.progress import track
from rich.table import Table

from benchmarks.cues.numbers import area, area_told, fit, share_told
from mien.expressions import EXPRESSIONS
from mien.training.covers import draw_cover
from mien.vision.crops import CropAligner
from mien.vision.cues import face_cues
from mien.vision.expression import ExpressionReader
from mien.vision.geometry import mesh_box
from mien.vision.landmarks import Blendshapes
from mien.vision.pose import gaze, head_pose
from mien.vision.tired import looks_tired
from mien.vision.types import Visibility

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from benchmarks.cues.labels import Lids, Tired
    from mien.vision.types import FaceMesh

    Pictures = NDArray[np.uint8]

NAMES: Final = (
    "smile",
    "brow_lowering",
    "brow_raising",
    "lid_closure",
    "lid_opening",
    "squint",
    "gaze yaw",
    "gaze pitch",
    "droop",
)
"""Cues that are compared, in order; droop is against a level head."""

SHOWN: Final = (0.4, 0.5, 0.6)
CALM: Final = 0.3
"""Smiles below this are none."""

_SEED: Final = 23


@dataclass(frozen=True)
class Faces:
    """Cues of many pictures.

    Attributes:
        cues: (N, 9) in the order of `NAMES`; NaN where there is none.
        shapes: (N, 52) blendshapes.
        tall: (N,) height of the face, pixels.
        meshes: Landmarks.
        pictures: What was read.
    """

    cues: NDArray[np.float64]
    shapes: NDArray[np.float64]
    tall: NDArray[np.float64]
    meshes: list[FaceMesh | None]
    pictures: Sequence[Pictures]

    def cue(self, name: str) -> NDArray[np.float64]:
        """One cue of all pictures."""
        return self.cues[:, NAMES.index(name)]


def read(images: Sequence[Pictures], what: str) -> Faces:
    """Cues of loose crops, (S, S) uint8 grey each."""
    aligner, network = CropAligner(64), Blendshapes()
    cues = np.full((len(images), len(NAMES)), np.nan)
    shapes, tall = np.full((len(images), 52), np.nan), np.full(len(images), np.nan)
    meshes = []
    for i, image in enumerate(track(images, what)):
        mesh = aligner.find(np.repeat(image[..., None], 3, axis=2))
        meshes.append(mesh)
        if mesh is None:
            continue
        shapes[i] = network.of(mesh)
        one = face_cues(
            mesh, shapes[i].astype(np.float32), Visibility.FULL, gaze(mesh), head_pose(mesh).pitch
        )
        told = (one.smile, one.brow_lowering, one.brow_raising, one.lid_closure, one.lid_opening, one.squint)
        eyes = (None, None) if one.gaze is None else (one.gaze.yaw, one.gaze.pitch)
        cues[i] = [np.nan if v is None else v for v in (*told, *eyes, one.droop)]
        box = mesh_box(mesh)
        tall[i] = box[3] - box[1]
    return Faces(cues, shapes, tall, meshes, images)


def masked(images: Pictures, faces: Faces, rows: NDArray[np.intp]) -> Faces:
    """The cues of some faces with a mask drawn over the mouth."""
    rng = np.random.default_rng(_SEED)
    drawn = []
    for row in rows:
        mesh = faces.meshes[row]
        drawn.append(
            images[row] if mesh is None else draw_cover(rng, images[row], mesh.points, ("mask",)).image
        )
    return read(drawn, "masked faces")


def expressions(
    title: str, faces: Faces, truth: NDArray[np.int64], person: NDArray[np.intp] | None, cues: Sequence[str]
) -> Table:
    """Cues against the expressions that they belong to: against all others, and against neutral."""
    table = Table(title=title)
    for heading in ("cue", "expression", "faces", "against all", "against neutral"):
        table.add_column(heading)
    belongs = {"smile": ("happiness", 1), "brow_lowering": ("anger", 4), "brow_raising": ("surprise", 2)}
    for cue in cues:
        name, number = belongs[cue]
        values = faces.cue(cue)
        cells = []
        for others in (truth >= 0, (truth == 0) | (truth == number)):
            use = others & np.isfinite(values)
            group = None if person is None else person[use]
            cells.append(area_told(values[use], truth[use] == number, group))
        table.add_row(cue, name, str(int(((truth == number) & np.isfinite(values)).sum())), *cells)
    return table


def _smaller(side: int) -> Callable[[Pictures], Pictures]:
    return lambda image: np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _blurred(image: Pictures) -> Pictures:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 1.5), np.uint8)


def _coded(image: Pictures) -> Pictures:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 30])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def repeatability(images: Pictures, faces: Faces, rows: NDArray[np.intp]) -> Table:
    """Root mean square difference of cues of the same face seen worse, in the cue's own units."""
    table = Table(title=f"the same {len(rows)} faces seen worse: rms difference")
    for heading in ("seen", "face px", "found", *NAMES):
        table.add_column(heading)
    ways = {f"{side} px crop": _smaller(side) for side in (64, 48, 32)} | {
        "blur 1.5 px": _blurred,
        "JPEG 30": _coded,
    }
    was = faces.cues[rows]
    table.add_row(
        "spread of faces",
        f"{np.nanmedian(faces.tall[rows]):.0f}",
        str(len(rows)),
        *_numbers(np.nanstd(was, axis=0)),
    )
    for name, way in ways.items():
        now = read([way(images[row]) for row in rows], name)
        both = np.isfinite(now.cues - was)
        squares = np.where(both, now.cues - was, 0.0) ** 2
        off = np.sqrt(squares.sum(axis=0) / np.where(both.any(axis=0), both.sum(axis=0), np.nan))
        found = int(np.isfinite(now.cue("brow_lowering")).sum())
        table.add_row(name, f"{np.nanmedian(now.tall):.0f}", str(found), *_numbers(off))
    return table


def _numbers(values: NDArray[np.float64]) -> list[str]:
    return [
        f"{v:.1f}" if name.startswith(("gaze", "droop")) else f"{v:.3f}"
        for name, v in zip(NAMES, values, strict=True)
    ]


def lids(faces: Faces, person: NDArray[np.intp], told: Lids) -> list[str]:
    """Lid closure against the observer: areas, and thresholds of one half of the people tried on the other."""
    rows = np.array(told.open + told.half + told.shut)
    level = np.repeat([0, 1, 2], [len(told.open), len(told.half), len(told.shut)])
    values, who = faces.cue("lid_closure")[rows], person[rows]
    known = np.isfinite(values)
    values, level, who = values[known], level[known], who[known]
    not_open, of_closed = level > 0, level > 0
    lines = [
        f"open {np.sum(level == 0)}, half {np.sum(level == 1)}, shut {np.sum(level == 2)}, "
        f"cannot tell {len(told.unknown)}",
        f"shut against open and half: {area_told(values, level == 2, who)}",
        f"shut against half: {area_told(values[of_closed], level[of_closed] == 2, who[of_closed])}",
        f"half and shut against open: {area_told(values, not_open, who)}",
    ]
    tune = who % 2 == 0
    for name, truth in (("not open", not_open), ("shut", level == 2)):
        edges = np.linspace(0.05, 0.99, 95)
        good = [_balanced(values[tune] >= edge, truth[tune]) for edge in edges]
        edge = float(edges[int(np.argmax(good))])
        said, is_so = values[~tune] >= edge, truth[~tune]
        lines.append(
            f"{name} from {edge:.2f}, other half of the people: "
            f"found {share_told(int((said & is_so).sum()), int(is_so.sum()))}; "
            f"wrongly {share_told(int((said & ~is_so).sum()), int((~is_so).sum()))}, "
            f"open ones {int((said & ~is_so & (level[~tune] == 0)).sum())}"
        )
    return lines


def _balanced(said: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    return float((said[truth].mean() + (~said[~truth]).mean()) / 2.0)


def tired(images: Pictures, faces: Faces, person: NDArray[np.intp], told: Tired) -> list[str]:
    """The tired look of single pictures against the observer, on the half not used to fit it."""
    closed = faces.cue("lid_closure")
    tune, report = (
        np.array([row for row in part.rows if np.isfinite(closed[row])]) for part in (told.tune, told.report)
    )
    level = np.array([told.tune.grade(row) for row in tune])
    both = [_features(images, faces, tune, kind) for kind in (Visibility.FULL, Visibility.EYES)]
    weights, base = fit(np.concatenate(both), np.tile(level > 0, 2))
    lines = [
        f"fitted to {len(tune)} faces, read whole and by their eyes: {np.round(weights, 2).tolist()}, {base:.2f}"
    ]
    level = np.array([told.report.grade(row) for row in report])
    lines.append(f"others: {len(report)} faces, {np.sum(level == 1)} a little, {np.sum(level == 2)} clearly")
    hidden = masked(images, faces, report)
    ways = {
        "whole faces": _looks(_features(images, faces, report, Visibility.FULL)),
        "the same by their eyes": _looks(_features(images, faces, report, Visibility.EYES)),
        "the same with drawn masks": _looks(
            _features(np.stack(hidden.pictures), hidden, np.arange(len(report)), Visibility.EYES)
        ),
    }
    smile = faces.cue("smile")[report]
    calm = smile < CALM
    by_smile, of_calm = area(-smile, level > 0), area(-smile[calm], level[calm] > 0)
    lines.append(f"by no smile alone: {by_smile:.3f}, of those that do not smile {of_calm:.3f}")
    for name, p in ways.items():
        known = np.isfinite(p)
        quiet = known & calm
        lines += [
            f"{name}, {known.sum()}: at all tired-looking {area_told(p[known], level[known] > 0)}; "
            f"clearly {area_told(p[known], level[known] == 2)}",
            f"  of {quiet.sum()} that do not smile: {area_told(p[quiet], level[quiet] > 0)}",
        ]
        for low, high in ((0.0, 0.15), (0.15, 0.3), (0.3, 0.5), (0.5, 1.0)):
            inside = (p >= low) & (p < high)
            so = share_told(int((level[inside] > 0).sum()), int(inside.sum()))
            lines.append(f"  said {low:.2f}..{high:.2f}, mean {p[inside].mean():.2f}: {so}")
        for edge in SHOWN:
            said = p >= edge
            lines.append(
                f"  from {edge}: right {share_told(int((level[said] > 0).sum()), int(said.sum()))}; "
                f"found {share_told(int((said & (level > 0)).sum()), int((level > 0).sum()))}"
            )
    again = told.again
    same = sum((told.first(row) > 0) == (again.grade(row) > 0) for row in again.rows)
    lines.append(f"the observer again: {share_told(same, len(again.rows))}")
    quiet = np.where(faces.cue("smile") < CALM, closed, np.nan)
    lines.append(
        f"lid closure of who does not smile, share of the spread between people: {_between(quiet, person):.2f}"
    )
    return lines


def _features(
    images: Pictures, faces: Faces, rows: NDArray[np.intp], kind: Visibility
) -> NDArray[np.float64]:
    """(N, 3) what `looks_tired` takes, of faces read in one way; NaN where there are no lids."""
    reader, out = ExpressionReader(), np.full((len(rows), 3), np.nan)
    for i, row in enumerate(rows):
        mesh = faces.meshes[row]
        if mesh is not None:
            (reading,) = reader.read(np.repeat(images[row][..., None], 3, axis=2), [mesh], [kind])
            happiness, sadness = (
                float(reading.probabilities[EXPRESSIONS.index(n)]) for n in ("happiness", "sadness")
            )
            out[i] = faces.cue("lid_closure")[row] * (1.0 - happiness), happiness, sadness
    return out


def _looks(features: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([looks_tired(*row) for row in features.tolist()])


def _between(values: NDArray[np.float64], person: NDArray[np.intp]) -> float:
    """Share of variance that lies between people: intraclass correlation of one picture (Shrout & Fleiss 1979)."""
    known = np.isfinite(values)
    groups = [values[known & (person == one)] for one in np.unique(person[known])]
    groups = [group for group in groups if len(group) > 1]
    sizes = np.array([len(group) for group in groups])
    means, all_of_them = np.array([g.mean() for g in groups]), np.concatenate(groups)
    between = float((sizes * (means - all_of_them.mean()) ** 2).sum() / (len(groups) - 1))
    within = float(sum(((g - g.mean()) ** 2).sum() for g in groups) / (sizes.sum() - len(groups)))
    size = float((sizes.sum() - (sizes**2).sum() / sizes.sum()) / (len(groups) - 1))
    return (between - within) / (between + (size - 1) * within)
