"""`mien.analyze`: a recording in, an honest measure of experience out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien import __version__
from mien.errors import SettingError
from mien.journey.types import Context
from mien.report.model import Report
from mien.runtime.readers import own_version
from mien.runtime.recording import Reading, read_recording
from mien.runtime.settings import AnalysisSettings
from mien.runtime.tables import seconds_table
from mien.store import RecordingKey, Source, Store
from mien.video import fingerprint, open_video

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import altair as alt
    import pyarrow as pa

    from mien.expressions import ScaleName
    from mien.journey.types import Interaction
    from mien.privacy import KeepDays
    from mien.report.model import VideoReport
    from mien.runtime.recording import Progress
    from mien.vision.types import Observation


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What was found in one recording.

    Attributes:
        report: The recording's facts and interactions, as reports show them.
        reader: Name and version of the expression reader.
        scale: Valence scale of every number.
        complete: Whether the recording was taken in to its end; `False` after a stop.
        position_s: How far it was taken in, seconds.
    """

    report: VideoReport
    reader: str
    scale: ScaleName
    complete: bool
    position_s: float

    @property
    def interactions(self) -> Sequence[Interaction]:
        """What was scored, in order of time."""
        return self.report.interactions

    @property
    def left_out(self) -> Mapping[str, int]:
        """Readings left out, by reason."""
        return self.report.left_out

    @property
    def warnings(self) -> Sequence[str]:
        """What the user must know, one sentence each."""
        return self.report.warnings

    @property
    def reason(self) -> str | None:
        """Why there is no interaction; `None` where there is one."""
        return self.report.reason

    def to_arrow(self) -> pa.Table:
        """One row per second and interaction; see `mien.runtime.tables.seconds_table` for the columns."""
        return seconds_table(self.interactions)

    def to_report(self, command: str = "") -> Report:
        """This recording alone, ready for `mien.report`."""
        return gather([self], command=command)

    def plot(self) -> alt.Chart | alt.VConcatChart | alt.LayerChart:
        """The curve of every interaction with its 95 % band and its moments, for notebooks.

        Raises:
            SettingError: Nothing was scored, so there is nothing to draw.
        """
        from mien.report.notebook import curves_chart  # noqa: PLC0415  (altair takes a second to load)

        if not self.interactions:
            raise SettingError(f"There is nothing to draw: {self.reason or 'no interaction was found'}.")
        return curves_chart(self.interactions)

    def __repr__(self) -> str:
        return (
            f"Analysis({self.report.video!r}, {len(self.interactions)} interactions, reader={self.reader!r})"
        )


def gather(analyses: Sequence[Analysis], *, command: str = "") -> Report:
    """Several recordings in one report.

    Raises:
        SettingError: There are none, or they were read by different readers or on different scales.
    """
    if not analyses:
        raise SettingError("A report needs at least one analysed video.")
    ways = {(a.reader, a.scale) for a in analyses}
    if len(ways) > 1:
        raise SettingError(
            "Videos read by different readers or on different scales do not go into one report."
        )
    reader, scale = ways.pop()
    return Report(
        videos=[a.report for a in analyses],
        made_at=datetime.now(UTC),
        mien_version=__version__,
        reader=reader,
        scale=scale,
        command=command,
    )


def empty_report(*, reader: str | None = None, scale: ScaleName = "balance", command: str = "") -> Report:
    """A report of no recording.

    Args:
        reader: Name and version of the reader that would have made it; that of this Mien where left out.
        scale: Valence scale.
        command: As typed.
    """
    return Report([], datetime.now(UTC), __version__, reader or own_version(), scale, command)


def analyze(  # noqa: PLR0913  (the one call of notebooks: each is named)
    video: str | Path,
    *,
    context: Context | None = None,
    store: Store | None = None,
    recorded_at: datetime | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
    witness: Callable[[list[Observation]], None] | None = None,
    keep: KeepDays | None = None,
    **settings: Any,  # noqa: ANN401  (checked by AnalysisSettings)
) -> Analysis:
    """Read a recording and score what its faces show.

    Args:
        video: The file; any container and codec FFmpeg reads.
        context: Where and how it took place. A named site needs a store with a recorded notice.
        store: Where to keep what is found; `None` keeps nothing. A file analysed before is continued where it was
            stopped, or replaced; never stored twice.
        recorded_at: When second 0 of the recording was, with zone.
        progress: Called with position and length in seconds.
        stop: Asked before each picture; what was done until then is kept.
        witness: Called with what was seen in each picture that was read; a stopped analysis is then not continued
            but begun anew.
        keep: For how long what is found in a file of one's own is kept in the store; `None` keeps it until it is
            removed by hand. What is found at a site is kept as the store knows of the site.
        **settings: The fields of `AnalysisSettings`: `rate`, `scale`, `detector`, `reader`, `role`,
            `exclude`.

    Returns:
        Interactions with scores, curves and moments; or the reason why there are none.

    Raises:
        VideoError: The file cannot be read.
        SettingError: A setting is out of its range, or a time has no zone.
        ZoneError: An excluded zone is no polygon inside the picture.
        NoticeError: The context names a site for which no notice is recorded.
        ModelError: A network is missing, altered or not what its manifest says, or its engine does not answer.
        StoreError: The store cannot be used.
    """
    chosen = AnalysisSettings.of(**settings)
    place = context or Context()
    if recorded_at is not None and recorded_at.tzinfo is None:
        raise SettingError(
            f"The time {recorded_at.isoformat()} has no zone; write it as 2026-05-04T09:30+02:00."
        )
    if place.site is not None:
        require_notice(store, place.site, recorded_at)
    path = Path(video)
    with open_video(path) as source:
        print_of_file = fingerprint(path)
        reading = Reading.new(chosen, place, print_of_file)
        if store is None:
            read_recording(source, reading, chosen, progress=progress, stop=stop, witness=witness)
        else:
            key = RecordingKey(print_of_file, place.site, place.touchpoint)
            reader = reading.pipeline.reader_version
            known = Source(path.name, recorded_at, source.info.duration_s)
            begun = store.recordings.begin(
                key,
                chosen.digest(place, reader),
                reader=reader,
                source=known,
                anew=witness is not None,
                keep=keep,
            )
            with begun as run:
                reading.restore(run, store.recordings.interactions(recording=key) if run.resumed else [])
                read_recording(
                    source, reading, chosen, run=run, progress=progress, stop=stop, witness=witness
                )
    report = reading.account.report(
        str(path), reading.interactions, complete=not reading.stopped, position_s=reading.position_s
    )
    return Analysis(
        report, reading.pipeline.reader_version, chosen.scale, not reading.stopped, reading.position_s
    )


def require_notice(store: Store | None, site: str, recorded_at: datetime | None) -> None:
    """Make sure that people at a site were told, on the day of the recording or else today.

    Raises:
        SettingError: There is no store that could hold the notice.
        NoticeError: None is recorded.
    """
    if store is None:
        raise SettingError(f"Site '{site}' can be read only with a store that holds its notice; give one.")
    store.notices.require(site, on=(recorded_at or datetime.now(UTC)).date())
