"""An overlay shows what was measured and nobody's face; faces only with leave, which is then written all over it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from mien.errors import VideoError
from mien.expressions import EXPRESSIONS
from mien.journey.moods import Colour
from mien.journey.types import Context, Curve, Interaction, Moment, MomentKind, Outcome, Score
from mien.privacy import MediaGrant
from mien.report.drawing import Pen
from mien.report.hiding import hide
from mien.report.labels import draw_sign, sentence, told
from mien.report.overlay import OverlayWriter
from mien.report.trails import BEYOND_S, FaceTrails
from mien.video import open_video
from mien.vision.detect import YuNet
from mien.vision.exclude import ExcludedZones
from mien.vision.models import entry
from mien.vision.types import ExpressionReading, LeftOut, Observation, Quality, TiredLook, Visibility
from support.clips import marked, steady, write_clip

SAMPLES = Path(__file__).parents[2] / "samples"


def observation(track_id, t_s, box, reads="happiness", shows="happiness", left_out=None):
    read, shown = (np.where(np.array(EXPRESSIONS) == word, 0.86, 0.02) for word in (reads, shows))
    reading = ExpressionReading(read, np.full(3, 0.02), Visibility.FULL)
    return Observation(
        track_id=track_id,
        t_s=t_s,
        box=np.asarray(box, np.float32),
        quality=Quality(100.0, 1.0, 0.5, 0.2, 1.0),
        pose=None,
        gaze=None,
        visibility=Visibility.FULL,
        reading=reading,
        left_out=left_out,
        shown=shown,
    )


def interaction(track_id, start_s, end_s, change=(-0.7, 0.8)):
    t_s = np.arange(start_s, end_s + 0.01, 0.25)
    valence = np.interp(t_s, [start_s, (start_s + end_s) / 2, end_s], [change[0], change[0], change[1]])
    eps = 100 * (change[1] - change[0])
    score = Score(
        eps=eps,
        eps_low=eps - 14,
        eps_high=eps + 12,
        initial_valence=change[0],
        final_valence=change[1],
        happiness_index=46.0,
        hi_low=41.0,
        hi_high=51.0,
        outcome=Outcome.IMPROVED,
        usable_s=end_s - start_s,
        n=len(t_s),
        reason=None,
        moments=(Moment((start_s + end_s) / 2 + 2, MomentKind.RISE, 0.5, 0.99),),
        window_s=min(5.0, (end_s - start_s) / 3),
    )
    return Interaction(
        id=f"i{track_id}",
        track_id=track_id,
        context=Context(),
        start_s=start_s,
        end_s=end_s,
        readings=len(t_s),
        left_out={},
        expressions=None,
        score=score,
        curve=Curve(t_s, valence, valence - 0.15, valence + 0.15),
        seconds=(),
        scale="balance",
        reader="test 1",
    )


def followed(path, rate=10.0, every=1):
    """Trails of the faces of a clip, one track per place, from every `every`-th sampled picture."""
    trails, detector = FaceTrails(), YuNet()
    with open_video(path) as video:
        for number, frame in enumerate(video.frames(rate=rate)):
            if number % every == 0:
                faces = sorted(detector.detect(frame.image), key=lambda d: d.box[0])
                trails.add(observation(i + 1, frame.t_s, d.box) for i, d in enumerate(faces))
    return trails


def faces_in(path, rate=2.0, share=1.0):
    """How many faces OpenCV's own detector finds in the upper `share` of a video's pictures."""
    found = 0
    with open_video(path) as video:
        for frame in video.frames(rate=rate):
            image = np.ascontiguousarray(frame.image[: int(frame.image.shape[0] * share)])
            size = image.shape[1], image.shape[0]
            detector = cv2.FaceDetectorYN.create(str(entry("yunet").path), "", size, 0.6, 0.3, 500)
            faces = detector.detect(image)[1]
            found += 0 if faces is None else len(faces)
    return found


def overlay(path, source, trails, interactions, rate=5.0, **how):
    with open_video(source) as video, OverlayWriter(path, video.info, trails, interactions, **how) as writer:
        for frame in video.frames(rate=rate):
            writer.write(frame)
    return path


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """A camera passing slowly over five people."""
    still = cv2.imread(str(SAMPLES / "multi_face.jpg"))
    cuts = [np.ascontiguousarray(still[4 * i : 4 * i + 600, 6 * i : 6 * i + 900]) for i in range(8)]
    path = tmp_path_factory.mktemp("crowd") / "crowd.mp4"
    return write_clip(path, steady(10, 0.8), size=(900, 600), draw=lambda i: cuts[i])


def test_no_face_is_left_of_one_person(tmp_path):
    source = SAMPLES / "crying_to_smiling.mp4"
    assert faces_in(source, rate=0.5) > 5
    trails, scored = followed(source, rate=0.5), [interaction(1, 0.0, 19.6)]
    path = overlay(tmp_path / "o.mp4", source, trails, scored, rate=0.5)
    assert faces_in(path, rate=None) == 0


def test_no_face_is_left_of_several_moving_ones(tmp_path, crowd):
    assert faces_in(crowd, rate=None) > 30
    trails = followed(crowd, every=3)
    path = overlay(tmp_path / "o.mp4", crowd, trails, [interaction(1, 0.0, 0.7)], rate=None)
    assert faces_in(path, rate=None) == 0


def test_faces_that_nobody_followed_are_hidden_too(tmp_path, crowd):
    path = overlay(tmp_path / "o.mp4", crowd, FaceTrails(), [], rate=None)
    assert faces_in(path, rate=None) == 0


def test_faces_stay_only_with_leave_which_is_written_on_every_picture_and_in_the_tags(tmp_path, crowd):
    until = datetime.now(UTC).date() + timedelta(days=30)
    grant = MediaGrant("showing the pilot team how a reading looks", until)
    shown = overlay(tmp_path / "s.mp4", crowd, FaceTrails(), [], grant=grant)
    hidden = overlay(tmp_path / "h.mp4", crowd, FaceTrails(), [])
    assert faces_in(shown, rate=None) >= 15
    with av.open(str(shown)) as file:
        assert (
            f"Faces are shown for: {grant.purpose}. To be deleted after {until}." in file.metadata["comment"]
        )
    with open_video(shown) as video, open_video(hidden) as other:
        assert video.info.height > other.info.height, "a line below the picture carries the leave"
        for frame in video.frames():
            line = frame.image[-30:-6, 14:520].astype(int)
            assert (line.max(axis=(0, 1)) - line.min(axis=(0, 1))).max() > 80, "there is writing in it"


def test_what_is_hidden_does_not_depend_on_the_features_of_the_face():
    rng = np.random.default_rng(3)
    base = np.full((240, 240, 3), 120, np.uint8)
    box = np.array([70, 70, 150, 170])
    detail = base.copy()
    detail[70:170, 70:150] += rng.integers(0, 12, (100, 80, 1), dtype=np.uint8)
    hide(detail, [box])
    inside = detail[70:170, 70:150].reshape(-1, 3)
    assert len(np.unique(inside, axis=0)) <= 3, "fine detail is gone, not blurred"
    textured = rng.integers(0, 256, (240, 240, 3), dtype=np.uint8)
    hide(textured, [box])
    assert len(np.unique(textured[70:170, 70:150].reshape(-1, 3), axis=0)) <= 81


def test_hair_and_chin_are_hidden_and_the_rest_is_left_alone():
    image = np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    before = image.copy()
    hide(image, [np.array([100, 100, 200, 220])])
    changed = (image != before).any(axis=2)
    assert changed[70, 150]
    assert changed[240, 150]
    assert changed[160, 85]
    assert changed[100:220, 100:200].mean() > 0.98
    assert not changed[:30].any()
    assert not changed[:, :60].any()
    hide(image, [np.array([-500, -500, -400, -400]), np.array([-40, 280, 60, 400])])


def test_a_face_is_hidden_before_it_was_seen_between_its_sights_and_after_it_was_lost():
    trails = FaceTrails()
    for t_s in (5.0, 5.2, 5.4, 7.4):
        trails.add([observation(1, t_s, [100 * t_s, 50, 100 * t_s + 40, 90])])
    (between,) = trails.boxes_at(6.4)
    assert between == pytest.approx([640, 50, 680, 90], abs=0.1)
    (before,) = trails.boxes_at(4.5)
    assert before[0] <= 450
    assert before[2] >= 490
    (after,) = trails.boxes_at(7.4 + BEYOND_S - 0.01)
    assert after[3] > 90
    assert trails.boxes_at(7.4 + BEYOND_S + 0.1) == []
    assert trails.boxes_at(5.0 - BEYOND_S - 0.1) == []
    assert trails.sights_at(6.4) == [], "a guess is hidden, never drawn as if it had been seen"


def test_a_long_gap_is_bridged_from_both_ends_only():
    trails = FaceTrails()
    trails.add([observation(1, 0.0, [0, 0, 10, 10])])
    trails.add([observation(1, 20.0, [90, 0, 100, 10])])
    assert len(trails.boxes_at(1.0)) == 1
    assert trails.boxes_at(10.0) == []
    assert len(trails.boxes_at(19.0)) == 1


def test_the_word_at_a_face_is_that_of_the_temporal_reading():
    trails = FaceTrails()
    for i in range(20):
        left_out = LeftOut.TURNED_AWAY if i > 15 else None
        reads, shows = ("anger", "happiness") if i == 5 else ("happiness", "surprise")
        trails.add([observation(1, i / 10, [0, 0, 10, 10], reads=reads, shows=shows, left_out=left_out)])
    assert trails.sights_at(0.7)[0].shows == "surprise"
    assert trails.sights_at(0.5)[0].shows == "happiness"
    assert trails.sights_at(0.5)[0].left_out is None
    assert trails.sights_at(1.8)[0].left_out is LeftOut.TURNED_AWAY
    assert list(trails.of(1).left_out_spans()) == [(pytest.approx(1.6), pytest.approx(1.9))]


def test_a_face_that_is_read_by_its_eyes_is_marked_so(tmp_path):
    source = write_clip(tmp_path / "a.mp4", [0.0, 0.4], size=(640, 480))
    pictures = []
    for seen in (Visibility.EYES, Visibility.FULL):
        trails = FaceTrails()
        face = observation(1, 0.0, [200, 200, 300, 320])
        trails.add([replace(face, reading=replace(face.reading, visibility=seen))])
        eyes = trails.sights_at(0.1)[0].eyes
        assert (eyes is not None) is (seen is Visibility.EYES)
        path = overlay(tmp_path / f"{seen}.mp4", source, trails, [], rate=None)
        pictures.append(next(iter(open_video(path).frames())).image.astype(int))
    changed = np.abs(pictures[0] - pictures[1]).max(axis=2) > 60
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert len(rows), "the words at the face differ"
    assert rows.max() < 400, "and nothing else does"
    assert columns.min() > 250


@pytest.mark.parametrize(
    ("shares", "beside", "row"),
    [
        ({"happiness": 0.9}, ("joy, eyes only", "green"), "The eyes show joy"),
        ({"sadness": 0.9}, ("red, eyes only", "red"), "The eyes: red, no mood told"),
        ({"neutral": 0.4, "happiness": 0.35}, ("cannot tell, eyes only", None), "The eyes: cannot tell"),
    ],
)
def test_eyes_are_told_by_mood_by_colour_or_not_at_all(shares, beside, row):
    rest = (1 - sum(shares.values())) / (8 - len(shares))
    shown = np.array([shares.get(name, rest) for name in EXPRESSIONS])
    face = observation(1, 0.0, [0, 0, 10, 10])
    trails = FaceTrails()
    trails.add([replace(face, reading=replace(face.reading, visibility=Visibility.EYES), shown=shown)])
    [sight] = trails.sights_at(0.0)
    assert told(sight) == beside
    word, sign = sentence(sight)
    assert (word.text, sign) == (row, beside[1])


@pytest.mark.parametrize(("likely", "said"), [(None, False), (0.4, False), (0.6, True)])
def test_a_face_that_may_look_tired_is_told_so_and_only_then(likely, said):
    look = TiredLook(9.0, likely, None, None, 0, None, None, None, None, 0.0, 0, None)
    trails = FaceTrails()
    trails.add([replace(observation(1, 0.0, [0, 0, 10, 10]), tired=look)])
    word, _ = sentence(trails.sights_at(0.0)[0])
    assert word.text == "The face shows happiness" + ("; may look tired" if said else "")


def test_each_colour_of_the_chart_has_a_sign_of_its_own_shape_and_colour():
    drawn = {}
    for sign in Colour:
        image = np.zeros((40, 60, 3), np.uint8)
        end = draw_sign(Pen(1.0), image, sign, (10, 30), 24)
        lit = image.max(axis=2) > 100
        assert 10 <= np.flatnonzero(lit.any(axis=0)).min() < np.flatnonzero(lit.any(axis=0)).max() <= end
        drawn[sign] = lit, image[lit].mean(axis=0)
    # A triangle is narrow above and wide below, a square as wide everywhere, a circle widest in its middle.
    widths = {sign: lit[lit.any(axis=1)].sum(axis=1) for sign, (lit, _) in drawn.items()}
    assert widths[Colour.AMBER][1] < widths[Colour.AMBER][-2] / 3
    assert np.ptp(widths[Colour.RED][1:-1]) <= 1
    assert widths[Colour.GREEN][1] < widths[Colour.GREEN].max() > widths[Colour.GREEN][-2]
    for one, other in combinations([ink for _, ink in drawn.values()], 2):
        assert np.abs(one - other).max() > 30


def test_times_and_pictures_are_those_of_the_recording(tmp_path):
    shown = [0.0, 0.1, 0.35, 0.4, 1.2]
    source = write_clip(tmp_path / "a.mp4", shown, size=(320, 240))
    path = overlay(tmp_path / "o.mp4", source, FaceTrails(), [interaction(1, 0.0, 1.2)], rate=None)
    with open_video(path) as video:
        frames = list(video.frames(rate=None))
    assert [f.t_s for f in frames] == pytest.approx(shown, abs=1e-4)
    assert frames[0].image.shape[1] == 1280, "small recordings are enlarged so that words can be read"
    top = cv2.resize(frames[2].image[:960], (320, 240), interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(top - marked(320, 240, 2)).mean() < 6


def test_4k_is_brought_to_a_size_that_plays_anywhere(tmp_path):
    source = write_clip(tmp_path / "4k.mp4", [0.0], size=(3840, 2160), options={"crf": "40"})
    with open_video(overlay(tmp_path / "o.mp4", source, FaceTrails(), [])) as video:
        assert video.info.width == 1920


def test_excluded_zones_are_black_even_with_leave(tmp_path, crowd):
    grant = MediaGrant("a demonstration", datetime.now(UTC).date() + timedelta(days=2))
    zones = ExcludedZones([[(0, 0), (0.5, 0), (0.5, 1), (0, 1)]])
    path = overlay(tmp_path / "o.mp4", crowd, FaceTrails(), [], grant=grant, excluded=zones)
    with open_video(path) as video:
        frame = next(iter(video.frames()))
    assert frame.image[:850, :630].max() < 20
    assert frame.image[:850, 700:].mean() > 60


def test_an_unscored_interaction_says_why_and_one_without_readings_is_drawn(tmp_path):
    source = write_clip(tmp_path / "a.mp4", [0.0, 0.6], size=(320, 240))
    base = interaction(1, 0.0, 0.7)
    reason = "too few usable readings: 1.2 s of at least 3 s"
    bare = replace(base.score, eps=None, eps_low=None, eps_high=None, reason=reason, outcome=Outcome.UNCLEAR)
    plain = overlay(tmp_path / "p.mp4", source, FaceTrails(), [replace(base, score=bare, curve=None)])
    scored = overlay(tmp_path / "s.mp4", source, FaceTrails(), [base])
    one, other = (next(iter(open_video(p).frames(start_s=0.5))).image for p in (plain, scored))
    assert one.shape == other.shape
    assert np.abs(one[-170:].astype(int) - other[-170:]).mean() > 1


def test_the_recording_itself_is_never_replaced(tmp_path):
    source = write_clip(tmp_path / "a.mp4", [0.0])
    (tmp_path / "link.mp4").symlink_to(source)
    with open_video(source) as video:
        for target in (source, tmp_path / "link.mp4"):
            with pytest.raises(VideoError, match="would replace the recording"):
                OverlayWriter(target, video.info, FaceTrails(), [])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.mp4", "link.mp4"]


def test_an_interrupted_overlay_leaves_nothing(tmp_path, crowd):
    with (
        open_video(crowd) as video,
        pytest.raises(KeyboardInterrupt),
        OverlayWriter(tmp_path / "o.mp4", video.info, FaceTrails(), []) as writer,
    ):
        writer.write(next(iter(video.frames())))
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
