"""What the store says of recordings: their keys, sources and summaries."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mien.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class RecordingKey:
    """What makes two analyses analyses of the same recording: the unit of a re-run.

    Attributes:
        fingerprint: Digest of the file's content, whatever its name.
        site: The site; `None` for a file of one's own.
        touchpoint: Place in the journey.

    Raises:
        StoreError: The fingerprint is blank.
    """

    fingerprint: str
    site: str | None = None
    touchpoint: str | None = None

    def __post_init__(self) -> None:
        if not self.fingerprint.strip():
            raise StoreError("A recording needs a fingerprint to be stored; give a digest of its content.")

    @property
    def digest(self) -> str:
        """SHA-256 over the three, 64 hex digits."""
        parts = json.dumps([self.fingerprint, self.site, self.touchpoint])
        return hashlib.sha256(parts.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a recording apart from its content.

    Attributes:
        name: What the user called it; shown in lists.
        recorded_at: When its second 0 was, with zone; `None` where nobody knows.
        duration_s: Its length, seconds; `None` where the container does not say.
        camera: Camera of the site that took it; only with a site.
    """

    name: str
    recorded_at: datetime | None = None
    duration_s: float | None = None
    camera: str | None = None


@dataclass(frozen=True, slots=True)
class RecordingSummary:
    """A recording as the store shows it.

    Attributes:
        id: Its number in this store.
        key: What makes it this recording.
        source: What else is known of it.
        complete: Whether it was analysed to its end; otherwise it is shown up to `position_s`.
        position_s: How far it was analysed, seconds in the stream.
        reader: Name and version of the expression reader.
        settings_digest: Digest of the settings that it was analysed with.
        counters: What the analysis counted and noted (frames, readings, left out, warnings, length ...).
        interactions: Finished interactions.
        started_at: When the analysis began, UTC.
        finished_at: When it was finished, UTC; `None` where it was not.
    """

    id: int
    key: RecordingKey
    source: Source
    complete: bool
    position_s: float
    reader: str
    settings_digest: str
    counters: Mapping[str, Any] = field(repr=False)
    interactions: int
    started_at: datetime
    finished_at: datetime | None
