"""A camera that stopped seeing is noticed; people, dusk and night are not mistaken for that."""

from functools import cache

import cv2
import numpy as np
import pytest

from mien.video import CameraHealth, open_video
from support.clips import steady, write_clip

WIDTH, HEIGHT = 320, 240


@cache
def noises():
    """Noise of one grey level, some of it, to be used over and over."""
    rng = np.random.default_rng(7)
    return [rng.normal(0, 1, (HEIGHT, WIDTH, 3)).astype(np.float32) for _ in range(11)]


def sensed(image, number, noise):
    """A picture as a sensor gives it, with noise of so many grey levels."""
    return cv2.addWeighted(np.asarray(image, np.float32), 1, noises()[number % 11], noise, 0, dtype=cv2.CV_8U)


def shop(seed=1, width=WIDTH, height=HEIGHT):
    """Shelves, boxes and signs."""
    return _shop(seed, width, height).copy()


@cache
def _shop(seed, width, height):
    rng = np.random.default_rng(seed)
    image = np.full((2 * height, 2 * width, 3), rng.integers(90, 200, 3), np.uint8)
    for _ in range(60):
        x, y = (int(v) for v in rng.integers(0, (2 * width, 2 * height)))
        w, h = (int(v) for v in rng.integers(10, 90, 2))
        cv2.rectangle(image, (x, y), (x + w, y + h), [int(v) for v in rng.integers(0, 256, 3)], -1)
    for _ in range(30):
        x, y = (int(v) for v in rng.integers(0, (2 * width, 2 * height)))
        cv2.putText(image, "SALE 12", (x, y), 0, 1, [int(v) for v in rng.integers(0, 256, 3)], 2)
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def person(image, x, seed):
    """Somebody as high as most of the picture, with a patterned coat, standing at `x`."""
    rng = np.random.default_rng(seed)
    coat = np.zeros(image.shape[:2], np.uint8)
    cv2.ellipse(coat, (int(x), 160), (38, 110), 0, 0, 360, 255, -1)
    cv2.circle(coat, (int(x), 48), 22, 255, -1)
    pattern = rng.integers(20, 200, (HEIGHT // 12, WIDTH // 12, 3), dtype=np.uint8)
    pattern = cv2.resize(pattern, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    return cv2.copyTo(pattern, coat, image)


class Watch:
    """A camera looked at once a second, with the noise that every sensor has."""

    def __init__(self, scene=None, learned=True):
        self.health = CameraHealth()
        self.t_s = 0.0
        self.report = None
        if learned:
            self.see(scene if scene is not None else shop(), 31)
            assert not self.report.learning
            assert self.told() == set()

    def see(self, image, seconds=1, noise=2.0):
        """Look at a picture, or at what a function of the second gives; every fault told meanwhile."""
        faults = set()
        for second in range(round(seconds)):
            now = image(second) if callable(image) else image
            self.report = self.health.look(sensed(now, round(self.t_s), noise), self.t_s)
            self.t_s += 1.0
            faults |= self.told()
        return faults

    def told(self):
        return {finding.fault for finding in self.report.findings}

    def reason(self):
        (finding,) = self.report.findings
        return finding.reason

    def since_s(self):
        (finding,) = self.report.findings
        return finding.since_s


def shifted(image, share):
    return cv2.copyMakeBorder(image, 0, 0, round(share * WIDTH), 0, cv2.BORDER_REFLECT)[:, :WIDTH]


def turned(image, degrees):
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, 1.0)
    return cv2.warpAffine(image, turn, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)


def hand():
    """Skin before the lens: a slow gradient."""
    return (
        np.array([90, 120, 180]) * np.linspace(0.6, 1, WIDTH)[None, :, None] * np.ones((HEIGHT, 1, 1))
    ).astype(np.uint8)


@pytest.mark.parametrize(
    ("fault", "picture", "within_s", "reason"),
    [
        ("black", shop() // 40, 11, "The picture is black: 99 % of it is below grey"),
        ("covered", hand(), 11, "The camera is covered: 100% of the picture is without structure."),
        ("out of focus", cv2.GaussianBlur(shop(), (0, 0), 3), 61, "out of focus: edges are 6."),
        ("moved", shop(2), 121, "shows another view"),
        ("moved", shifted(shop(), 0.05), 121, "the picture lies +5% of its width and -0% of its height off"),
        ("moved", shifted(shop(), 0.2), 121, "the picture lies +20% of its width"),
        ("moved", turned(shop(), 8), 121, "shows another view"),
    ],
    ids=["black", "covered", "out of focus", "another place", "a little aside", "far aside", "turned"],
)
def test_a_fault_is_told_in_its_time_with_what_was_measured_and_taken_back(fault, picture, within_s, reason):
    watch = Watch()
    began = watch.t_s
    assert watch.see(picture, within_s - 2) <= {fault}
    if within_s < 100:
        assert watch.told() == set(), "too early"
    assert watch.see(picture, 4) == {fault}
    assert reason in watch.reason()
    assert watch.reason().endswith(".")
    assert began <= watch.since_s() <= began + 61
    for _ in range(2):  # it stays as long as the fault does
        assert watch.see(picture, 30) == {fault}
    watch.see(shop(), 5)
    assert watch.told() == {fault}, "well for too short a time to be believed"
    watch.see(shop(), 4)
    assert watch.told() == set()


def test_the_same_picture_over_and_over_is_frozen_and_a_quiet_scene_is_not():
    watch = Watch()
    assert watch.see(shop(), 120, noise=0.5) == set()
    assert watch.see(shop(), 60, noise=0.0) == set()
    assert watch.see(shop(), 3, noise=0.0) == {"frozen"}
    assert "changes by 0.000 grey levels" in watch.reason()
    watch.see(shop(), 8)
    assert watch.told() == set()


def test_a_dark_shop_at_night_is_black_and_nothing_else():
    watch = Watch()
    assert watch.see(np.zeros_like(shop()), 300, noise=0.0) == {"black"}
    assert watch.report.view is None
    assert watch.report.blur_px is None
    watch.see(shop(), 8)
    assert watch.told() == set()


def test_people_who_pass_and_people_who_queue_do_not_move_the_camera():
    def busy(second):
        image = shop()
        for number, speed in enumerate((17, 29, -23, 41)):
            person(image, (number * 90 + speed * second) % (WIDTH + 80) - 40, number)
        for place in (70, 250):  # these stand all the time
            person(image, place + second % 3, place)
        return image

    watch = Watch()
    assert watch.see(busy, 250) == set()
    assert watch.report.view > 0.6


def test_the_reference_is_learned_among_people():
    watch = Watch(learned=False)
    watch.see(lambda second: person(person(shop(), 37 * second % WIDTH, 1), 300 - 53 * second % WIDTH, 2), 31)
    assert not watch.report.learning
    assert watch.see(shop(), 200) == set()
    assert watch.report.view > 0.8
    assert "moved" in watch.see(shop(2), 125)


def test_day_dusk_and_night_with_infrared_are_no_fault():
    grey = cv2.cvtColor(shop()[:, :, 2], cv2.COLOR_GRAY2BGR)

    def evening(second):
        light = 1.0 - 0.75 * second / 300
        sun = np.clip((np.arange(WIDTH) - 2 * second) / 20, 0, 1)[None, :, None]  # a shadow crosses the shop
        return shop() * light * (0.6 + 0.4 * sun)

    watch = Watch()
    assert watch.see(evening, 300, noise=4.0) == set()
    assert watch.see(grey * 0.9, 130) == set()
    assert watch.see(shop(), 130) == set()


def test_a_shop_that_is_changed_shelf_by_shelf_remains_the_same_view():
    """Within two and a quarter hours, looked at every nine seconds, nothing is left of what was there."""
    watch, now = Watch(), shop()
    for step in range(900):
        watch.t_s += 8
        column, row = divmod(step // 72, 3)
        part = np.s_[80 * row : 80 * row + 80, 80 * column : 80 * column + 80]
        now[part] = shop(2)[part]
        assert watch.see(now) == set()
    assert watch.report.view > 0.6


def test_a_lamp_switched_on_and_off_is_no_fault():
    watch = Watch()
    assert watch.see(lambda second: shop() * (1.0 if second // 20 % 2 else 0.35), 200) == set()


def test_a_knock_and_a_passing_hand_are_over_before_they_are_told():
    watch = Watch()
    for picture in (shifted(shop(), 0.1), hand(), shop() // 40, cv2.GaussianBlur(shop(), (0, 0), 4)):
        assert watch.see(picture, 8) == set()
        assert watch.see(shop(), 20) == set()


def test_a_new_view_can_be_taken_for_the_right_one():
    watch = Watch()
    assert "moved" in watch.see(shop(2), 125)
    watch.health.learn()
    assert watch.see(shop(2), 60) == set()
    assert not watch.report.learning
    assert "moved" in watch.see(shop(), 125)


def test_a_camera_blurred_from_the_beginning_is_told():
    watch = Watch(learned=False)
    assert watch.see(cv2.GaussianBlur(shop(), (0, 0), 8), 62) == {"out of focus"}
    assert watch.report.learning


def test_an_outage_is_no_fault_and_makes_none():
    watch = Watch()
    watch.see(hand(), 8)
    watch.t_s += 3600
    assert watch.see(hand(), 8) == set()
    assert watch.see(hand(), 4) == {"covered"}


def test_a_camera_is_looked_at_once_a_second_whatever_its_rate_and_size():
    health = CameraHealth()
    picture = shop(width=640, height=480)
    reports = [health.look(picture if number % 2 else shop(), number / 10) for number in range(100)]
    assert sum(report is not None for report in reports) == pytest.approx(10, abs=1)


def test_what_a_camera_sends_is_judged_as_well_as_what_it_sees(tmp_path):
    """Coded as cameras code: four minutes at a picture a second, rather coarse, with people; then it is moved."""

    def drawn(second):
        image = sensed(person(shop(), 41 * second % (WIDTH + 80) - 40, 3), second, 2.0)
        return shifted(image, 0.08) if second >= 100 else image

    times = steady(1, 230)
    clip = write_clip(
        tmp_path / "day.mp4", times, size=(WIDTH, HEIGHT), draw=drawn, gop=10, options={"crf": "32"}
    )
    health = CameraHealth()
    with open_video(clip) as video:
        reports = [health.look(frame.image, frame.t_s) for frame in video.frames(rate=1.0)]
    ((fault, since_s),) = {
        (finding.fault, finding.since_s) for report in reports for finding in report.findings
    }
    assert fault == "moved"
    assert 100 <= since_s <= 162
