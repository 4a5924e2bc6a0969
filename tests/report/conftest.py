"""Interactions as the journey makes them, with figures that could be true; no video is needed for them."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from mien.journey.types import Context, Curve, Interaction, Moment, MomentKind, Outcome, Score, SecondRecord
from mien.report.html import report_page
from mien.report.model import Report, VideoReport

if TYPE_CHECKING:
    from collections.abc import Callable

READER = "mien-expression 1.0"


def shares(valence: float, surprise: float = 0.03) -> tuple[float, ...]:
    """Eight shares whose balance is `valence`."""
    rest = 1 - surprise
    spread = min(0.12, (rest - abs(valence)) / 2)
    happy, bad = max(valence, 0) + spread * 0.6, max(-valence, 0) + spread * 0.6
    neutral = rest - happy - bad
    split = np.array([0.52, 0.16, 0.08, 0.14, 0.10]) * bad
    return tuple(float(v) for v in (neutral, happy, surprise, *split))


def improved(start: float = 2.1, length: float = 39.6) -> Interaction:
    """Crying, then smiling, with a fall in between, a gap, and readings left out."""
    end = start + length
    t = np.arange(start + 0.1, end, max(0.2, length / 230))
    u = (t - start) / length
    v = -0.62 + 0.95 / (1 + np.exp(-(u - 0.5) * 16)) + 0.05 * np.sin(u * 40)
    v -= 0.42 * np.exp(-(((u - 0.28) / 0.05) ** 2)) * 0.7
    gap = (u > 0.62) & (u < 0.70)
    half = 0.10 + 0.06 * np.abs(np.sin(u * 9)) + 0.2 * np.exp(-(((u - 0.66) / 0.07) ** 2))
    v = np.clip(np.where(gap, np.nan, v), -0.97, 0.95)
    curve = Curve(t, v, v - half, v + half)
    seconds = []
    for s in range(math.floor(start), math.ceil(end)):
        place = (s + 0.5 - start) / length
        near = int(np.argmin(np.abs(t - s - 0.5)))
        if 0.62 < place < 0.70:
            seconds.append(SecondRecord(s, 0, None, None, None, {"turned away": 10}))
            continue
        out = {"blurred": 2} if s % 11 == 4 else {"turned away": 3} if 0.58 < place < 0.73 else {}
        if 0.12 < place < 0.16:
            out = {"phone": 4, "head or gaze down": 2}
        n = 10 - sum(out.values())
        level = float(np.nan_to_num(v[near]))
        mix = shares(level, surprise=0.03 + 0.3 * math.exp(-(((place - 0.46) / 0.05) ** 2)))
        seconds.append(SecondRecord(s, n, mix, level, 0.004, out))
    used = sum(s.n for s in seconds)
    left_out: dict[str, int] = {}
    for second in seconds:
        for reason, count in second.left_out.items():
            left_out[reason] = left_out.get(reason, 0) + count
    score = Score(
        eps=95.2,
        eps_low=71.4,
        eps_high=110.3,
        initial_valence=-0.618,
        final_valence=0.334,
        happiness_index=47.6,
        hi_low=43.9,
        hi_high=51.2,
        outcome=Outcome.IMPROVED,
        usable_s=35.9,
        n=used,
        reason=None,
        eps_mean=95.2,
        eps_sd=9.9,
        hi_mean=47.6,
        hi_sd=1.9,
        window_s=min(5.0, length / 3),
        moments=(
            Moment(start + 0.255 * length, MomentKind.FALL, -0.27, 0.992),
            Moment(start + 0.315 * length, MomentKind.RISE, 0.31, 0.971),
            Moment(start + 0.5 * length, MomentKind.RISE, 0.58, 0.9996),
        ),
    )
    known = [(s.n, s.expressions) for s in seconds if s.expressions]
    mean = tuple(sum(n * e[k] for n, e in known) / sum(n for n, _ in known) for k in range(8))
    return Interaction(
        id="6f1c2a54-1f0e-5c0b-9f57-3a6d1f2f8f01",
        track_id=1,
        context=Context(
            site="Harbour Street",
            touchpoint="checkout",
            type="a sale",
            service_point="till 3",
            shift="early",
            protocol="greet first",
        ),
        start_s=start,
        end_s=end,
        readings=used + sum(left_out.values()),
        left_out=left_out,
        expressions=mean,
        score=score,
        curve=curve,
        seconds=tuple(seconds),
        scale="balance",
        reader=READER,
    )


def worsened() -> Interaction:
    """The same the other way round, without a context."""
    base = improved(50.0, 21.0)
    assert base.curve is not None
    curve = Curve(base.curve.t_s, -base.curve.valence, -base.curve.high, -base.curve.low)
    seconds = tuple(
        s if s.valence is None else replace(s, valence=-s.valence, expressions=shares(-s.valence))
        for s in base.seconds
    )
    score = replace(
        base.score,
        eps=-88.1,
        eps_low=-112.6,
        eps_high=-60.2,
        initial_valence=0.52,
        final_valence=-0.361,
        happiness_index=52.3,
        hi_low=48.8,
        hi_high=55.9,
        outcome=Outcome.WORSENED,
        usable_s=18.7,
        moments=(
            Moment(50.0 + 0.44 * 21, MomentKind.FALL, -0.33, 0.984),
            Moment(50.0 + 0.55 * 21, MomentKind.FALL, -0.61, 0.9998),
            Moment(50.0 + 0.56 * 21, MomentKind.RISE, 0.22, 0.958),
        ),
    )
    return replace(
        base,
        id="0c5bb0c1-6f83-5c5b-8a66-6f9be6a0f102",
        track_id=2,
        context=Context(),
        curve=curve,
        seconds=seconds,
        score=score,
        interrupted=True,
        expressions=shares(0.03),
    )


def flat(
    outcome: Outcome, eps: float | None, low: float | None, high: float | None, reason: str | None
) -> Interaction:
    """A face that stays as it is; with `eps` None the numbers are not shown."""
    base = improved(80.0, 12.0)
    assert base.curve is not None
    v = 0.12 + 0.03 * np.sin(base.curve.t_s)
    half = 0.12 if eps is not None else 0.55
    seconds = tuple(
        SecondRecord(s.t_s, 9, shares(0.12), 0.12, 0.01, {"blurred": 1} if s.t_s % 3 == 0 else {})
        for s in base.seconds
    )
    shown = eps is not None
    score = replace(
        base.score,
        eps=eps,
        eps_low=low,
        eps_high=high,
        outcome=outcome,
        reason=reason,
        moments=(),
        usable_s=11.2,
        initial_valence=0.11 if shown else None,
        final_valence=0.13 if shown else None,
        happiness_index=56.1 if shown else None,
        hi_low=53.0 if shown else None,
        hi_high=59.4 if shown else None,
        n=sum(s.n for s in seconds),
        window_s=4.0,
    )
    return replace(
        base,
        id=f"7d0f4bd6-13a1-5c66-9a3c-{len(outcome):012d}",
        track_id=3,
        score=score,
        curve=Curve(base.curve.t_s, v, v - half, v + half),
        seconds=seconds,
        expressions=shares(0.12),
        context=Context(touchpoint="counter"),
        left_out={"blurred": 4},
        readings=sum(s.n for s in seconds) + 4,
    )


def mask_put_on() -> Interaction:
    """A face that was read whole at the start and by the eyes at the end."""
    base = improved()
    score = replace(
        base.score,
        eps=None,
        eps_low=None,
        eps_high=None,
        initial_valence=None,
        final_valence=None,
        outcome=Outcome.UNCLEAR,
        reason="visibility changed",
        eps_mean=None,
        eps_sd=None,
        window_s=None,
    )
    return replace(base, score=score, by_eyes=212)


def nothing_usable() -> Interaction:
    """A face that was seen for 6 s and never readable."""
    seconds = tuple(SecondRecord(s, 0, None, None, None, {"too small": 8, "blurred": 2}) for s in range(3, 9))
    score = Score(
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        Outcome.UNCLEAR,
        0.0,
        0,
        "no reading of this face was usable",
    )
    return Interaction(
        "d1c8a7b0-0f0f-5a5a-8b8b-0123456789ab",
        1,
        Context(),
        3.0,
        9.0,
        60,
        {"too small": 48, "blurred": 12},
        None,
        score,
        None,
        seconds,
        "balance",
        READER,
    )


def single_frame() -> Interaction:
    """One picture with one face."""
    mix = shares(0.4)
    score = Score(
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        Outcome.UNCLEAR,
        0.0,
        1,
        "one picture has no course in time; at least 3 s of usable readings are needed",
    )
    curve = Curve(np.array([0.0]), np.array([0.4]), np.array([0.1]), np.array([0.7]))
    return Interaction(
        "5b1f8b0a-4b7e-5d52-9df8-8a60ff5a51c3",
        1,
        Context(),
        0.0,
        0.0,
        1,
        {},
        mix,
        score,
        curve,
        (SecondRecord(0, 1, mix, 0.4, 0.02, {}),),
        "balance",
        READER,
    )


def video(*interactions: Interaction, name: str = "visit.mp4", **changes: object) -> VideoReport:
    """A video with these interactions."""
    left_out: dict[str, int] = {}
    for interaction in interactions:
        for reason, count in interaction.left_out.items():
            left_out[reason] = left_out.get(reason, 0) + count
    base = VideoReport(
        video=name,
        duration_s=94.2,
        frames=2826,
        readings=sum(i.readings for i in interactions),
        left_out=left_out,
        warnings=(),
        interactions=interactions,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def report(*videos: VideoReport) -> Report:
    """A report of these videos."""
    return Report(
        videos=videos,
        made_at=datetime(2026, 11, 21, 14, 5, tzinfo=UTC),
        mien_version="0.1.0",
        reader=READER,
        scale="balance",
        command="mien analyze visit.mp4 --touchpoint checkout --report report.html",
    )


def cases() -> dict[str, Report]:
    """Every kind of report that has its own look."""
    unclear = flat(
        Outcome.UNCLEAR, None, None, None, "the interval of the EPS would be 84 points wide; the limit is 60"
    )
    return {
        "one": report(video(improved())),
        "several": report(
            video(
                improved(),
                worsened(),
                flat(Outcome.UNCHANGED, 2.3, -7.1, 11.9, None),
                unclear,
                name="counter-monday.mp4",
            ),
            video(nothing_usable(), name="entrance.mkv"),
            video(name="empty-shop.mp4", reason="no face was found in any picture"),
        ),
        "worsened": report(
            video(worsened(), warnings=("The file ends in the middle of a picture; scored up to 1:34.2.",))
        ),
        "no_face": report(video(name="empty-shop.mp4", reason="no face was found in any picture")),
        "single": report(video(single_frame(), name="photo.mp4", duration_s=0.04, frames=1)),
        "left_out": report(video(nothing_usable(), name="entrance.mkv", duration_s=12.0, frames=300)),
        "covered": report(video(mask_put_on())),
        "simulated": report(video(improved(), simulated=True)),
    }


@pytest.fixture(scope="session")
def reports() -> dict[str, Report]:
    """Every kind of report that has its own look, by name."""
    return cases()


@pytest.fixture(scope="session")
def pages(reports: dict[str, Report]) -> dict[str, str]:
    """The page of every such report."""
    return {name: report_page(report) for name, report in reports.items()}


@pytest.fixture(scope="session")
def make() -> Callable[..., Report]:
    """Build a report of videos."""
    return report
