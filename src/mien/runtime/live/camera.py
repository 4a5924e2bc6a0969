"""The process of one camera: what it is made of."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from mien.runtime.live.counting import FlowCount
from mien.runtime.live.feed import CameraFeed, RecordingFeed
from mien.runtime.live.link import Link
from mien.runtime.live.messages import Hello
from mien.runtime.live.plan import digest_of, replayed
from mien.runtime.live.templates import FacesOut, TemplateLine
from mien.runtime.live.worker import Looks, Worker
from mien.runtime.readers import open_reader
from mien.video import fingerprint
from mien.vision.guests import GuestWatch
from mien.vision.matching import no_core_dumps
from mien.vision.pipeline import FacePipeline
from mien.vision.segments import TrackSegments
from mien.vision.settings import PipelineSettings

if TYPE_CHECKING:
    from mien.runtime.live.feed import Feed
    from mien.runtime.live.link import Lines
    from mien.runtime.live.plan import CameraPlan
    from mien.runtime.live.process import Reporter


def read_camera(
    plan: CameraPlan,
    site: str,
    run: str,
    lines: Lines,
    why: str | None,
    reporter: Reporter,
) -> None:
    """The whole life of a camera worker process.

    Args:
        plan: Which camera, and how.
        site: Name of the site.
        run: Names the run.
        lines: Where the processes of the run meet.
        why: Why a worker before this one ended; `None` for the first.
        reporter: The supervisor.

    Raises:
        VideoError: A recording cannot be read.
        ModelError: Weights are missing or altered.
        MienError: Templates are to be made and cannot be kept out of the swap file.
    """
    if plan.file is not None and plan.pace == "replay":
        plan = replace(plan, stream=replayed(fingerprint(plan.file), plan.name))
    with ExitStack() as stack:
        faces = None
        if plan.matching is not None:
            stack.enter_context(no_core_dumps())
            faces = stack.enter_context(FacesOut(TemplateLine(lines.templates), plan))
        segments = None
        if plan.segments is not None:
            basis = plan.segments.legal_basis or ""
            segments = TrackSegments(plan.segments.attributes, legal_basis=basis)
        guests = GuestWatch() if plan.guests else None
        reader = open_reader(plan.settings.reader)
        pipeline = FacePipeline(
            PipelineSettings(detector=plan.settings.detector),
            plan.view,
            reader=reader,
            beside=[*([] if faces is None else [faces.templates]), *([] if segments is None else [segments])],
        )
        if guests is not None:
            pipeline.watch_guests(guests)
        flow = None if plan.flow is None else FlowCount(plan, plan.flow)
        hello = Hello(
            camera=plan.name,
            touchpoint=plan.touchpoint,
            stream=plan.stream,
            run=run,
            source=plan.shown,
            recorded_at=plan.begins.utc,
            reader=pipeline.reader_version,
            digest=digest_of(plan, site, pipeline.reader_version),
        )
        link = Link(lines, hello)
        stack.callback(link.close)
        feed: Feed = CameraFeed(plan) if plan.file is None else RecordingFeed(plan, lambda: link.wait(0.5))
        stack.callback(feed.close)
        Worker(plan, link, feed, Looks(pipeline, faces, flow, segments, guests), reporter, why=why).run()
