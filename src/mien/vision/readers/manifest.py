"""The manifest of a reader: what a network of the user's own is, how it is fed, and what its outputs mean."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from mien.errors import SettingError
from mien.expressions import EXPRESSIONS, SCALES
from mien.vision.readers.wrong import told

if TYPE_CHECKING:
    from numpy.typing import NDArray

EngineKind = Literal["onnx", "http"]
SUFFIX: Final = ".toml"
"""How the name of a manifest ends."""

_FORM: Final = 1
"""Raised whenever Mien cuts, prepares or judges otherwise, so that such readings are never taken for the old ones."""

_MOST_BYTES: Final = 1_000_000


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


Numbers = Annotated[tuple[float, ...], BeforeValidator(_listed), Field(min_length=1)]
"""One number, or a list of them."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Terms(_Part):
    """On whose terms a network is used."""

    licence: str = Field(min_length=1, description="the SPDX name of the network's licence, or 'own'")
    copyright: str = Field(min_length=1, description="who holds the rights in the network")
    origin: str = Field(min_length=1, description="where the network comes from, or what trained it")


class Server(_Part):
    """An engine on the local network that runs the network."""

    url: str = Field(
        pattern=r"^https?://[^\s/@?#]+(/[^\s?#@]*)?$",
        description="the address of a server on the local network, such as http://192.168.1.20:8000",
    )
    model: str = Field(pattern=r"^[A-Za-z0-9_.-]+$", description="what the server calls the network")
    version: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_.-]+$",
        description="which of its versions; the server's own choice else",
    )
    timeout_s: float = Field(
        default=10.0, ge=0.1, le=120.0, description="seconds within which it has to answer, 0.1 to 120"
    )


class Face(_Part):
    """How a face is cut out of the picture."""

    cut: Literal["mien", "box"] = Field(
        description="'mien' for the alignment of Mien's own reader, 'box' for the box of the landmarks"
    )
    margin: float = Field(
        default=1.0,
        ge=0.5,
        le=3.0,
        description="side of the square over the longer side of the box, 0.5 to 3",
    )
    level: bool = Field(default=True, description="true to turn the square so that the eyes are level")

    @model_validator(mode="after")
    def _box_only(self) -> Self:
        if self.cut == "mien" and self.model_fields_set & {"margin", "level"}:
            raise ValueError("face.margin and face.level belong to cut = 'box'; leave them out")
        return self


class Input(_Part):
    """What a network takes: (pixel / divide_by - mean) / std, pixels 0 to 255."""

    name: str | None = Field(default=None, min_length=1, description="name of the input; the only one else")
    size: int = Field(ge=16, le=512, description="side of the square it takes in pixels, 16 to 512")
    channels: Literal["grey", "grey3", "rgb", "bgr"] = Field(
        description="'grey', 'grey3' (grey in three equal channels), 'rgb' or 'bgr'"
    )
    layout: Literal["nchw", "nhwc"] = Field(
        default="nchw", description="'nchw' where channels come before height and width, 'nhwc' where after"
    )
    type: Literal["float32", "uint8"] = Field(default="float32", description="'float32' or 'uint8'")
    divide_by: float = Field(default=1.0, gt=0.0, description="what pixels of 0 to 255 are divided by")
    mean: Numbers = Field(
        default=(0.0,), description="what is then subtracted, one number or one per channel"
    )
    std: Numbers = Field(
        default=(1.0,), description="what divides after that, above 0, one or one per channel"
    )

    @property
    def depth(self) -> int:
        """Number of channels."""
        return 1 if self.channels == "grey" else 3

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for key, values in (("mean", self.mean), ("std", self.std)):
            if len(values) not in (1, self.depth):
                raise ValueError(
                    f"input.{key} has {len(values)} numbers; give one, or one for each of {self.depth} channels"
                )
        if min(self.std) <= 0:
            raise ValueError(f"input.std has {min(self.std):g}; every number must be above 0")
        if self.type == "uint8" and (self.divide_by, set(self.mean), set(self.std)) != (1.0, {0.0}, {1.0}):
            raise ValueError("input.type 'uint8' takes pixels as they are; leave out divide_by, mean and std")
        return self


class Output(_Part):
    """What a network gives."""

    name: str | None = Field(default=None, min_length=1, description="name of the output; the only one else")
    gives: Literal["logits", "probabilities"] = Field(description="'logits' or 'probabilities'")
    labels: tuple[str, ...] = Field(
        min_length=2, description=f"what each output stands for, in order: {', '.join(EXPRESSIONS)}"
    )
    drop: tuple[str, ...] = Field(default=(), description="labels that are none of these and are left out")

    @property
    def places(self) -> NDArray[np.intp]:
        """(K,) where each label stands in `EXPRESSIONS`; -1 for those left out."""
        return np.array([-1 if x in self.drop else EXPRESSIONS.index(x) for x in self.labels], np.intp)

    @model_validator(mode="after")
    def _known(self) -> Self:
        for label in self.drop:
            if label not in self.labels:
                raise ValueError(f"output.drop names '{label}', which is not among output.labels")
        kept = [label for label in self.labels if label not in self.drop]
        for label in kept:
            if label not in EXPRESSIONS:
                raise ValueError(
                    f"output.labels has '{label}'; use {', '.join(EXPRESSIONS)}, or name it in output.drop too"
                )
            if kept.count(label) > 1:
                raise ValueError(f"output.labels has '{label}' twice; name each expression once")
        if len(kept) < 2:
            raise ValueError(f"output.labels keeps {len(kept)} expressions; a reader needs at least 2")
        return self


class Calibration(_Part):
    """What is done to the outputs: log-shares / temperature + offset, and normalised again."""

    temperature: float = Field(default=1.0, ge=0.05, le=20.0, description="what divides logits, 0.05 to 20")
    offset: dict[str, Annotated[float, Field(ge=-10.0, le=10.0)]] = Field(
        default_factory=dict, description="what is added to the logit of an expression after that, -10 to 10"
    )

    @property
    def offsets(self) -> NDArray[np.float64]:
        """(8,) in the order of `EXPRESSIONS`."""
        return np.array([self.offset.get(name, 0.0) for name in EXPRESSIONS])

    @model_validator(mode="after")
    def _known(self) -> Self:
        for label in self.offset:
            if label not in EXPRESSIONS:
                raise ValueError(f"calibration.offset has '{label}'; use {', '.join(EXPRESSIONS)}")
        return self


_Variances = Annotated[
    tuple[Annotated[float, Field(gt=0.0, le=4.0)], ...], BeforeValidator(_listed), Field(min_length=1)
]


class Error(_Part):
    """By what variance valence misses the mean of human taggers, as `mien evaluate SET --reader` measures it."""

    measured_on: str = Field(min_length=1, description="the set it was measured on, in words")
    confidence: tuple[Annotated[float, Field(gt=0.0, lt=1.0)], ...] = Field(
        default=(), description="edges between 0 and 1, rising, that part readings by their largest share"
    )
    balance: _Variances = Field(
        description="variance on this scale, above 0 to 4: one, or one per step of confidence"
    )
    circumplex: _Variances = Field(description="as for balance")
    strongest: _Variances = Field(description="as for balance")

    @property
    def table(self) -> NDArray[np.float64]:
        """(B, 3) variances, by step of confidence and scale in the order of `SCALES`."""
        return np.array([getattr(self, scale) for scale in SCALES], np.float64).T

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if any(b <= a for a, b in zip(self.confidence, self.confidence[1:], strict=False)):
            raise ValueError("error.confidence must rise from edge to edge")
        steps = len(self.confidence) + 1
        for scale in SCALES:
            if (given := len(getattr(self, scale))) != steps:
                raise ValueError(
                    f"error.{scale} has {given} variances; {steps - 1} edges of error.confidence make {steps} steps"
                )
        return self


class ReaderManifest(_Part):
    """What a reader of the user's own is."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$", description="small letters, digits and _ . -")
    version: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$", description="letters, digits and _ . -"
    )
    file: str | None = Field(default=None, min_length=1, description="the ONNX file, seen from the manifest")
    sha256: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        description="64 hex digits; 'mien reader check FILE' prints them",
    )
    engine: Server | None = Field(default=None, description="url and model of a server, instead of a file")
    terms: Terms = Field(description="licence, copyright and origin of the network")
    face: Face = Field(description="how a face is cut: cut = 'mien', or 'box' with a margin")
    input: Input = Field(description="what the network takes: size, channels, layout ...")
    output: Output = Field(description="what the network gives: gives and labels")
    calibration: Calibration = Field(default_factory=Calibration, description="temperature and offset")
    error: Error | None = Field(
        default=None, description="variances, as 'mien evaluate SET --reader' prints them"
    )

    @property
    def kind(self) -> EngineKind:
        """What runs the network."""
        return "onnx" if self.engine is None else "http"

    @property
    def digest(self) -> str:
        """Eight hex digits of all that readings depend on: not the terms, nor where the file or the server is."""
        text = self.model_dump_json(exclude={"terms": True, "file": True, "engine": {"url", "timeout_s"}})
        return hashlib.sha256(f"{_FORM}|{text}".encode()).hexdigest()[:8]

    @model_validator(mode="after")
    def _one_engine(self) -> Self:
        if (self.engine is None) == (self.file is None):
            raise ValueError("give either 'file' with 'sha256', or the table [engine], and not both")
        if (self.file is None) != (self.sha256 is None):
            raise ValueError("'file' and 'sha256' belong together; 'mien reader check FILE' prints the hash")
        return self


def load_manifest(path: Path) -> ReaderManifest:
    """Read and check a manifest.

    Raises:
        SettingError: It cannot be opened or is no TOML; or a key is missing, not known or has a wrong value, which
            the message names with what is allowed.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8")
        return ReaderManifest.model_validate(tomllib.loads(text))
    except OSError as error:
        raise SettingError(f"The manifest '{path}' cannot be opened: {error.strerror}.") from error
    except ValidationError as error:
        raise SettingError(f"In the manifest '{path}' {told(error, ReaderManifest)}.") from error
    except ValueError as error:
        raise SettingError(
            f"'{path}' is no manifest in TOML ({error}); 'mien reader new' writes one to begin with."
        ) from error
