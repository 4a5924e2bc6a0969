"""What the store knows of streams before the writer opens a book of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mien.runtime.live.messages import Hello
from mien.runtime.stream_names import LIVE
from mien.store import RecordingKey

if TYPE_CHECKING:
    from mien.site import Site
    from mien.store import Store


def is_over(store: Store, site: Site, hello: Hello) -> bool:
    """Whether this run has stored the stream to its end already, and its worker was not told."""
    known = store.recordings.find(RecordingKey(hello.stream, site.name, hello.touchpoint))
    return known is not None and known.complete and known.counters.get("run") == hello.run


def left_unfinished(store: Store, site: Site) -> list[Hello]:
    """The live streams of a site that nobody ended: their machine was switched off, say."""
    return [
        Hello(
            camera=known.source.camera or "",
            touchpoint=known.key.touchpoint or "",
            stream=known.key.fingerprint,
            run=str(known.counters.get("run")),
            source=known.source.name,
            recorded_at=known.source.recorded_at,
            reader=known.reader,
            digest=known.settings_digest,
        )
        for known in store.recordings.list_recordings()
        if not known.complete
        and known.key.site == site.name
        and known.key.fingerprint.startswith(LIVE)
        and known.source.recorded_at is not None
    ]
