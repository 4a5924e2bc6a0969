"""The simulated shop: its truth is consistent, and Mien finds in it what the truth says and nothing else."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tools.scene.__main__ import app
from tools.scene.film import Scene, make_scene
from tools.scene.people import cast
from tools.scene.script import CAMERAS, PLAY, STAFF
from tools.scene.truth import SIMILAR, Truth, site_file, truth
from typer.testing import CliRunner

from mien.runtime.live import plan_of
from mien.site import load_site
from mien.video import open_video
from mien.vision.badges import BadgeDetector
from mien.vision.detect import YuNet
from mien.vision.geometry import mesh_box
from mien.vision.landmarks import MediaPipeLandmarker
from mien.vision.matching import FaceEmbedder, Template, no_core_dumps
from mien.vision.pipeline import FacePipeline
from mien.vision.types import LeftOut, Visibility
from mien.vision.visibility import VisibilityDetector

if TYPE_CHECKING:
    from pathlib import Path

    from mien.runtime.live.plan import CameraPlan
    from mien.vision.badges import BadgeAccount
    from mien.vision.types import FaceMesh, Observation

pytestmark = pytest.mark.once

BEGINS = datetime.fromisoformat("2026-05-05T10:00:00+02:00")


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(cast())


@pytest.fixture(scope="module")
def known(scene: Scene) -> Truth:
    return truth(scene.people, BEGINS, scene.seed, scene.rhythm)


def test_the_scene_holds_what_it_is_made_for(known: Truth) -> None:
    people = {one.person: one for one in known.people}
    assert len(people) == 10
    assert [one.person for one in people.values() if one.staff] == [STAFF]
    assert [(one.person, one.at) for one in people.values() if one.covered] == [
        ("mask", ("entrance", "exit"))
    ]
    assert {one.at for one in people.values()} == {("entrance", "exit"), ("entrance",), ("exit",)}
    joined = [one for one in people.values() if one.visit]
    assert len(joined) == 6
    assert {one.valence for one in joined} == {"up", "down", "same"}
    assert sum(one.valence != "same" for one in joined) >= len(joined) / 2
    by_camera = {name: [one for one in known.appearances if one.camera == name] for name in CAMERAS}
    for name, seen in by_camera.items():
        assert CAMERAS[name].seconds <= 75
        together = [b.from_s < a.to_s - 1 for a, b in pairwise(seen)]
        assert sum(together) >= 2
    orders = [[one.person for one in seen if people[one.person].visit] for seen in by_camera.values()]
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]


def test_one_of_a_pair_comes_while_the_other_is_inside_and_all_leave_after_they_came(known: Truth) -> None:
    came = {one.person: one for one in known.appearances if one.camera == "entrance"}
    left = {one.person: one for one in known.appearances if one.camera == "exit"}
    assert all(left[name].from_utc > came[name].to_utc for name in came.keys() & left.keys())
    for pair in SIMILAR:
        first, second = sorted(pair.persons, key=lambda name: came[name].from_utc)
        assert came[first].to_utc < came[second].to_utc < left[first].from_utc


def test_times_are_those_of_the_recordings(known: Truth, scene: Scene) -> None:
    for one in known.appearances:
        camera = CAMERAS[one.camera]
        assert 0 < one.from_s < one.to_s < camera.seconds
        assert one.to_s - one.from_s >= 4.0
        assert one.from_utc == BEGINS + timedelta(seconds=camera.after_s + one.from_s)
    assert Truth.model_validate_json(known.model_dump_json()) == known


def test_nobody_comes_where_somebody_has_just_left() -> None:
    """Whom a camera loses for up to 3 s is followed on: the scene asks for no more than that."""
    edges = defaultdict(list)
    for name, appearances in PLAY.items():
        for one in appearances:
            edges[name, "right" if one.way == "right" else "left"].append((one.begin_s, "comes"))
            edges[name, "left" if one.way == "left" else "right"].append((one.end_s, "goes"))
    for edge in edges.values():
        gaps = [b[0] - a[0] for a, b in pairwise(sorted(edge)) if (a[1], b[1]) == ("goes", "comes")]
        assert all(gap >= 3.5 for gap in gaps)


def test_the_same_seed_gives_the_same_pictures_and_another_seed_others(scene: Scene) -> None:
    again, other = Scene(cast()), Scene(scene.people, seed=1)
    for camera, t_s in (("entrance", 14.0), ("exit", 33.0)):
        picture = scene.picture(camera, t_s)
        np.testing.assert_array_equal(picture, again.picture(camera, t_s))
        assert (picture != other.picture(camera, t_s)).mean() > 0.5


def test_every_picture_says_that_it_is_simulated(scene: Scene) -> None:
    corners = [scene.picture("entrance", t_s)[500:, :140] for t_s in (0.0, 13.0, 25.0, 61.0)]
    letters = np.min(corners, axis=(0, 3)) > 215
    assert letters.sum() > 100, "the same letters in all"


def test_the_badge_is_hidden_for_four_seconds_and_then_seen(scene: Scene, known: Truth) -> None:
    at_entrance, at_exit = (one for one in known.appearances if one.badge_from_s is not None)
    assert at_entrance.badge_from_s - at_entrance.from_s >= 4.0
    assert at_exit.badge_from_s <= at_exit.from_s
    detector = BadgeDetector()
    for one in (at_entrance, at_exit):
        for t_s in np.arange(max(one.from_s, one.badge_from_s - 4.0), one.to_s, 0.5):
            picture = scene.picture(one.camera, float(t_s))
            boxes = {place: mesh_box(mesh) for place, mesh in enumerate(meshes(picture))}
            found = [
                marker.number for look in detector.search(picture, boxes).values() for marker in look.markers
            ]
            if t_s < one.badge_from_s - 0.4:
                assert found == []
            elif t_s >= one.badge_from_s:
                assert found == [7]


@cache
def networks() -> tuple[YuNet, MediaPipeLandmarker]:
    return YuNet(), MediaPipeLandmarker()


def meshes(picture: np.ndarray) -> list[FaceMesh]:
    """Landmarks of the faces of a picture, from the left."""
    detector, landmarker = networks()
    found = sorted(detector.detect(picture), key=lambda face: float(face.box[0]))
    return [landmarker.locate(picture, face) for face in found]


def test_templates_are_near_for_one_person_and_as_far_as_is_said_for_those_who_look_alike(
    scene: Scene, known: Truth
) -> None:
    seeing = VisibilityDetector()
    made: dict[tuple[str, str], Template] = {}
    with no_core_dumps():
        embedder = FaceEmbedder(legal_basis="nobody: simulated")
        for one in known.appearances:
            side = next(play.way for play in PLAY[one.camera] if play.person == one.person)
            for t_s in np.linspace(one.from_s + 0.5, one.to_s - 0.5, 4):
                picture = scene.picture(one.camera, float(t_s))
                mesh = meshes(picture)[-1 if side == "right" else 0]
                template = embedder.embed(picture, mesh, seeing.see(picture, mesh))
                if one.person == "mask":
                    assert template is LeftOut.COVERED
                elif not isinstance(template, Template):
                    assert template is LeftOut.UNUSABLE, "eyes that are closed just now"
                elif (one.camera, one.person) in made:
                    made[one.camera, one.person].absorb(template)
                else:
                    made[one.camera, one.person] = template
        came, left = (
            {name: template for (where, name), template in made.items() if where == camera}
            for camera in CAMERAS
        )
        far = {(a, b): came[a].distance(left[b]) for a in came for b in left}
        print("\n".join(f"{a:>15} {b:<15} {d:.2f}" for (a, b), d in far.items()))
        for template in made.values():
            template.close()
    assert all(d < 0.42 for (a, b), d in far.items() if a == b)
    assert all(d > 0.45 for (a, b), d in far.items() if a != b)
    for pair in SIMILAR:
        a, b = pair.persons
        assert min(far[a, b], far[b, a]) == pytest.approx(pair.distance, abs=0.04)
        assert 0.55 <= pair.distance <= 0.7


def watched(plan: CameraPlan) -> tuple[dict[int, list[Observation]], set[int], BadgeAccount]:
    """What one camera's pipeline makes of a recording: observations by track, dropped tracks, badges."""
    pipeline = FacePipeline(view=plan.view)
    seen, dropped = defaultdict(list), set()
    with open_video(plan.file) as video:
        for frame in video.frames(rate=plan.settings.rate):
            result = pipeline.process(frame)
            dropped |= {one.track_id for one in result.dropped}
            for observation in result.observations:
                seen[observation.track_id].append(observation)
    pipeline.finish()
    return dict(seen), dropped, pipeline.badge_account


def valence(observations: list[Observation]) -> float:
    read = np.array([one.reading.probabilities for one in observations if one.reading is not None])
    return float((read[:, 1] - read[:, 3:].sum(axis=1)).mean())


def test_mien_finds_each_person_once_drops_staff_and_reads_the_change(tmp_path: Path) -> None:
    known = make_scene(tmp_path, begins=BEGINS, rate=5.0)
    plan = plan_of(load_site(tmp_path / "shop.toml"), tmp_path / "shop.toml", pace="replay", speed=None)
    shown: dict[tuple[str, str], float] = {}
    for camera in plan.cameras:
        seen, dropped, badges = watched(camera)
        appearances = [one for one in known.appearances if one.camera == camera.name]
        tracks = sorted(
            (track for track in seen if track not in dropped), key=lambda track: seen[track][0].t_s
        )
        customers = [one for one in appearances if one.person != STAFF]
        assert len(tracks) == len(customers)
        for one, track in zip(customers, tracks, strict=True):
            print(
                f"{camera.name:>8} {one.person:<15} {one.from_s:5.1f}-{one.to_s:5.1f} {one.shows:<8} track {track}: "
                f"{seen[track][0].t_s:5.1f}-{seen[track][-1].t_s:5.1f} {valence(seen[track]):+.2f}"
            )
            assert abs(seen[track][0].t_s - one.from_s) < 0.7
            assert abs(seen[track][-1].t_s - one.to_s) < 0.7
            counted = [o for o in seen[track] if o.left_out is None]
            assert len(counted) >= 20
            assert {o.visibility for o in counted} == {
                Visibility.EYES if one.person == "mask" else Visibility.FULL
            }
            assert 80 <= np.median([o.quality.height_px for o in counted]) <= 140
            shown[camera.name, one.person] = valence(counted)
        assert (badges.staff, badges.opted_out, badges.undecided) == (1, 0, 0)
        hidden = camera.name == "entrance"
        assert badges.read_first == hidden, "read before the badge showed, and dropped"
    for person in known.people:
        if person.visit:
            moved = shown["exit", person.person] - shown["entrance", person.person]
            assert {"up": moved > 0.4, "down": moved < -0.4, "same": abs(moved) < 0.1}[person.valence], person


def test_the_site_file_is_fine_and_names_both_cameras(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(site_file(BEGINS), encoding="utf-8")
    site = load_site(tmp_path / "shop.toml")
    for name, camera in CAMERAS.items():
        assert site.role(name) == name
        assert site.cameras[name].begins_at == BEGINS + timedelta(seconds=camera.after_s)
        assert site.notice_for(name, BEGINS.date())
    assert site.badges.enabled


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{tmp}/out", "--begins-at", "yesterday"], "'yesterday' is no time"),
        (["{tmp}/out", "--begins-at", "2026-05-05T10:00:00"], "no offset"),
        (["{tmp}/file/out"], "cannot be made"),
    ],
)
def test_what_cannot_be_made_is_said_in_a_sentence(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "file").touch()
    done = CliRunner().invoke(app, [part.format(tmp=tmp_path) for part in arguments])
    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
