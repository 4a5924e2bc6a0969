"""The map of a log: which columns another tool writes, in what units, and what they say of a face."""

from __future__ import annotations

import hashlib
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from mien.expressions import EXPRESSIONS, ScaleName
from mien.vision.readers.manifest import Error

_FORM: Final = 1
"""Raised whenever Mien understands a map otherwise, so that such readings are never taken for the old ones."""

Column = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
"""Name of a column; small and large letters are the same."""
ClassName = Literal["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"]
SumName = Literal["one", "scaled", "rest neutral"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class File(_Part):
    """How the file is written."""

    delimiter: Literal[",", ";", "\t", "|"] | None = Field(
        default=None,
        description="',', ';', '\\t' or '|'; found by itself among the first three where left out",
    )
    decimal: Literal[".", ","] = Field(default=".", description="'.' or ','")
    encoding: Literal["utf-8", "utf-16-le", "utf-16-be", "cp1252", "latin-1"] = Field(
        default="utf-8", description="'utf-8', 'utf-16-le', 'utf-16-be', 'cp1252' or 'latin-1'"
    )
    skip_lines: int = Field(
        default=0, ge=0, le=1000, description="lines before the one that names the columns, 0 to 1000"
    )
    header_begins: str | None = Field(
        default=None, min_length=1, description="with what the line that names the columns begins"
    )


class Time(_Part):
    """When a row was."""

    column: Column = Field(description="the column of the time")
    unit: Literal["seconds", "milliseconds", "clock", "frame"] = Field(
        description="'seconds', 'milliseconds', 'clock' (01:02:03.040) or 'frame' (number of the picture)"
    )
    rate: float | None = Field(
        default=None,
        gt=0.0,
        le=1000.0,
        description="pictures per second, above 0 to 1000; where left out, --fps tells it",
    )
    first: int = Field(default=0, ge=0, le=1, description="number of the first picture, 0 or 1")
    origin: Literal["recording", "first row"] = Field(
        default="recording", description="what second 0 is: 'recording' or 'first row'"
    )
    check: Column | None = Field(
        default=None,
        description="a column with minutes and seconds, 00:16, that must agree where it is there",
    )

    @model_validator(mode="after")
    def _frames_only(self) -> Self:
        given = self.model_fields_set & {"rate", "first"}
        if self.unit != "frame" and given:
            raise ValueError(f"time.{min(given)} belongs to unit = 'frame'; leave it out")
        return self


class Face(_Part):
    """Whose face it is."""

    column: Column | None = Field(
        default=None, description="the column with what the tool calls the face; one person at a time without"
    )
    required: bool = Field(default=True, description="false where some logs of the tool have no such column")
    away_s: float = Field(
        default=3.0,
        gt=0.0,
        le=60.0,
        description="seconds without a row after which who comes is somebody else, above 0 to 60",
    )


class Rows(_Part):
    """Which rows are readings of faces, where a log has others too."""

    column: Column = Field(description="the column that tells the kind of row")
    holds: str = Field(min_length=1, description="what stands in it, among other words, in rows of faces")


class Threshold(_Part):
    """A column and the least that it must say."""

    column: Column = Field(description="the name of a column with numbers")
    at_least: float = Field(description="the least that it must say")
    required: bool = Field(default=True, description="false where some logs of the tool have no such column")


class Words(_Part):
    """What a tool writes instead of a number."""

    no_face: tuple[str, ...] = Field(
        default=("", "nan", "na", "null", "none"),
        description="words in all the cells of a reading that say that no face was seen",
    )
    unreadable: tuple[str, ...] = Field(
        default=(), description="words in the cells of a reading that say that a face was seen but not read"
    )


class Classes(_Part):
    """The column of each class; one that the tool does not tell is left out."""

    neutral: Column | None = Field(default=None, description="the column of neutral")
    happiness: Column | None = Field(default=None, description="the column of happiness or joy")
    surprise: Column | None = Field(default=None, description="the column of surprise")
    sadness: Column | None = Field(default=None, description="the column of sadness")
    anger: Column | None = Field(default=None, description="the column of anger")
    disgust: Column | None = Field(default=None, description="the column of disgust")
    fear: Column | None = Field(default=None, description="the column of fear")
    contempt: Column | None = Field(default=None, description="the column of contempt")

    @property
    def told(self) -> dict[str, str]:
        """Columns by class, in the order of `EXPRESSIONS`."""
        return {name: column for name in EXPRESSIONS if (column := getattr(self, name)) is not None}

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if "happiness" not in self.told or len(self.told) < 3:
            raise ValueError(
                "shares.columns needs happiness and at least two more, or valence says too little"
            )
        return self


class Shares(_Part):
    """The tool tells classes."""

    columns: Classes = Field(description="the column of each class")
    most: float = Field(default=1.0, gt=0.0, description="what the tool writes for all, 1 or 100")
    sum: SumName = Field(
        description="'one' (they sum to it), 'scaled' (intensities, divided by their sum) or 'rest neutral' "
        "(what they leave is neutral)"
    )
    optional: tuple[ClassName, ...] = Field(
        default=(),
        description="classes whose column some logs lack; such a class counts as 0, and that is said",
    )

    @model_validator(mode="after")
    def _known(self) -> Self:
        for name in self.optional:
            if name not in self.columns.told or name == "happiness":
                raise ValueError(f"shares.optional has '{name}', which is happiness or has no column")
        return self

    @model_validator(mode="after")
    def _rest(self) -> Self:
        if self.sum == "rest neutral" and self.columns.neutral is not None:
            raise ValueError(
                "shares.sum is 'rest neutral', but a column tells neutral; leave out one of them"
            )
        return self


class Valence(_Part):
    """The tool tells valence itself."""

    column: Column = Field(description="the column of valence")
    low: float = Field(default=-1.0, description="what it writes for most unpleasant")
    high: float = Field(default=1.0, description="what it writes for most pleasant")
    scale: ScaleName = Field(description="the scale of Mien's that it is closest to")

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.high <= self.low:
            raise ValueError(f"valence.high is {self.high:g}; it must be above valence.low, {self.low:g}")
        return self


class ActionUnits(_Part):
    """The tool tells action units: valence is the strongest pleasant less the strongest unpleasant one."""

    pleasant: tuple[Column, ...] = Field(
        min_length=1, description="columns of action units that are pleasant"
    )
    unpleasant: tuple[Column, ...] = Field(
        min_length=1, description="columns of action units that are unpleasant"
    )
    full: float = Field(gt=0.0, description="the intensity from which an action unit counts as a whole")
    most: float = Field(gt=0.0, description="the highest intensity that the tool writes")
    scale: ScaleName = Field(description="the scale of Mien's that it is closest to")


class LogMap(_Part):
    """What the columns of a log mean."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$", description="small letters, digits and _ . -")
    version: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$", description="letters, digits and _ . -"
    )
    tool: str = Field(min_length=1, max_length=80, description="what wrote the log, in words")
    sd: Column | None = Field(
        default=None,
        description="the column with the standard deviation of each valence, if the tool has one",
    )
    file: File = Field(default_factory=File, description="how the file is written")
    time: Time = Field(description="column and unit of the time")
    face: Face = Field(default_factory=Face, description="the column of the face")
    rows: Rows | None = Field(default=None, description="column and holds, where a log has other rows too")
    seen: Threshold | None = Field(default=None, description="column and at_least: below, nobody was seen")
    usable: Threshold | None = Field(
        default=None,
        description="column and at_least: below, the tool was not sure and the reading is left out",
    )
    words: Words = Field(default_factory=Words, description="no_face and unreadable")
    shares: Shares | None = Field(default=None, description="columns, most and sum")
    valence: Valence | None = Field(default=None, description="column, low, high and scale")
    action_units: ActionUnits | None = Field(
        default=None, description="pleasant, unpleasant, full, most and scale"
    )
    error: Error | None = Field(
        default=None, description="variances, as 'mien evaluate SET --reader' prints them"
    )

    @property
    def digest(self) -> str:
        """Eight hex digits of all that readings depend on."""
        text = self.model_dump_json(exclude={"name", "version", "tool"})
        return hashlib.sha256(f"{_FORM}|{text}".encode()).hexdigest()[:8]

    @property
    def reader(self) -> str:
        """Name and version that are stored with every score in place of a reader's."""
        return f"{self.name} {self.version}+{self.digest}"

    @property
    def scale(self) -> ScaleName | None:
        """The only scale on which it can be taken; `None` where every one will do."""
        told = self.valence or self.action_units
        return None if told is None else told.scale

    @property
    def measures(self) -> tuple[str, ...]:
        """The columns that a reading is made of."""
        if self.shares is not None:
            return tuple(self.shares.columns.told.values())
        if self.valence is not None:
            return (self.valence.column,)
        units = self.action_units
        return () if units is None else (*units.pleasant, *units.unpleasant)

    @property
    def columns(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Columns that must be there, and those that are taken where they are there."""
        lacking = () if self.shares is None else self.shares.optional
        may = [] if self.shares is None else [self.shares.columns.told[name] for name in lacking]
        must = [self.time.column, *(column for column in self.measures if column not in may)]
        if self.sd is not None:
            must.append(self.sd)
        if self.rows is not None:
            must.append(self.rows.column)
        if self.face.column is not None:
            (must if self.face.required else may).append(self.face.column)
        for part in (self.seen, self.usable):
            if part is not None:
                (must if part.required else may).append(part.column)
        if self.time.check is not None:
            may.append(self.time.check)
        return tuple(dict.fromkeys(must)), tuple(may)

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if [self.shares, self.valence, self.action_units].count(None) != 2:
            raise ValueError("give one of the tables [shares], [valence] and [action_units]")
        if self.sd is not None and self.error is not None:
            raise ValueError(
                "give either 'sd', the error of each reading, or the table [error] for all of them"
            )
        if self.shares is None and self.error is not None and self.error.confidence:
            raise ValueError("error.confidence is the edge of a largest share, and this map has no [shares]")
        if len(set(map(str.lower, self.measures))) != len(self.measures):
            raise ValueError("one column is given for two measures; each needs its own")
        return self
