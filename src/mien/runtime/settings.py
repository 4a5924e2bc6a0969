"""What a user may choose for one analysis, checked at the door."""

from __future__ import annotations

import hashlib
from dataclasses import astuple
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mien.errors import SettingError
from mien.expressions import ScaleName
from mien.journey.builder import STATE_VERSION
from mien.vision.models import weights_in_use
from mien.vision.settings import STATE_VERSION as PIPELINE_VERSION

if TYPE_CHECKING:
    from typing import Any, Self

    from mien.journey.types import Context


class AnalysisSettings(BaseModel):
    """How a recording is read.

    Attributes:
        rate: Readings per second, independent of the frame rate.
        scale: Valence scale of every number; never mixed in one comparison.
        detector: Face detector, by its name in the registry.
        reader: Expression reader, by its name in the registry or by the path of a manifest.
        role: Role of the touchpoint, which decides how far down people may look; `None` makes no allowance.
        exclude: Polygons that are blacked out before anything is looked for, each a tuple of (x, y) in 0-1
            coordinates.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate: float = Field(default=10.0, ge=1.0, le=60.0, title="Readings per second")
    scale: ScaleName = "balance"
    detector: str = "yunet"
    reader: str = "mien"
    role: str | None = None
    exclude: tuple[tuple[tuple[float, float], ...], ...] = ()

    @classmethod
    def of(cls, **values: Any) -> Self:  # noqa: ANN401  (checked by the model)
        """Settings from plain values.

        Raises:
            SettingError: A value is out of its range or of the wrong kind; the message names it and what is allowed.
        """
        try:
            return cls(**values)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise SettingError(
                f"The setting '{where}' is {first['input']!r}: {first['msg'].lower()}."
            ) from error

    def digest(self, context: Context, reader: str) -> str:
        """Short fingerprint of everything that an analysis depends on, so that only its like is continued.

        The networks and the version of what is saved at a stop belong to it: what an older Mien left unfinished is
        begun anew.

        Args:
            context: Where and how it took place.
            reader: Name and version of the reader. By what name or path it was chosen changes nothing.
        """
        chosen = self.model_dump_json(exclude={"reader"})
        versions = f"{STATE_VERSION}|{PIPELINE_VERSION}|{weights_in_use()}"
        text = f"{chosen}|{astuple(context)}|{reader}|{versions}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]
