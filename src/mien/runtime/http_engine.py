"""The engine that has a network run by a server on the local network.

It speaks the Open Inference Protocol, version 2 (https://github.com/kserve/open-inference-protocol), REST with JSON, as
KServe, Triton, OpenVINO Model Server and MLServer do. What it sends are faces as they were cut and prepared for the
network, never the picture they come from, and only to addresses of the local network.
"""

from __future__ import annotations

import json
import ssl
import weakref
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx2
import numpy as np
from pydantic import BaseModel, ConfigDict, FiniteFloat, NonNegativeInt, ValidationError

from mien.errors import EngineError, SettingError
from mien.runtime.local_address import local_address
from mien.vision.readers.tensors import Tensor, checked_output, fit

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mien.vision.readers.manifest import ReaderManifest

_CONNECT_S: Final = 3.0
_LAST_PORT: Final = 65_535
_MOST_BYTES: Final = 4_000_000
_TYPES: Final = {"FP32": "float32", "UINT8": "uint8", "FP64": "float64"}
_SENT: Final = {"float32": "FP32", "uint8": "UINT8"}


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Described(_Answer):
    name: str
    datatype: str
    shape: tuple[int, ...]


class _Metadata(_Answer):
    inputs: tuple[_Described, ...]
    outputs: tuple[_Described, ...]


class _Given(_Answer):
    name: str
    shape: tuple[NonNegativeInt, ...]
    data: tuple[FiniteFloat, ...] | tuple[tuple[FiniteFloat, ...], ...]


class _Inference(_Answer):
    outputs: tuple[_Given, ...]


_Form = TypeVar("_Form", bound=_Answer)


class HttpEngine:
    """Has a network run by a server, as `mien.vision.protocols.Engine`.

    Nothing is sent twice: where the server fails, the analysis stops, and the same command goes on from there.

    Args:
        manifest: What is said of the network, with its table [engine].
        folder: Where the manifest lies; nothing is read from it.
        threads: Of no use here.

    Raises:
        SettingError: The manifest names no server, or one outside the local network.
        EngineError: The server does not answer, or does not know the network.
        ModelError: The network takes or gives something else than the manifest says.
    """

    digest = "http"

    def __init__(self, manifest: ReaderManifest, folder: Path, *, threads: int = 1) -> None:  # noqa: ARG002
        if manifest.engine is None:
            raise SettingError(f"The manifest of '{manifest.name}' names no server.")
        self._manifest = manifest
        self._server = manifest.engine
        self._client, self._more = _client(manifest.engine.url, manifest.engine.timeout_s)
        weakref.finalize(self, self._client.close)
        version = f"/versions/{self._server.version}" if self._server.version else ""
        self._path = f"v2/models/{self._server.model}{version}"
        self._ask("GET", "v2/health/ready")
        known = self._form(_Metadata, self._ask("GET", self._path))
        self._fit = fit(manifest, _tensors(known.inputs), _tensors(known.outputs))
        self.batch = self._fit.batch

    def run(self, batch: NDArray[np.float32] | NDArray[np.uint8]) -> NDArray[np.float64]:
        """(N, K) outputs for a batch of N prepared pictures.

        Raises:
            EngineError: The server does not answer, or answers something else.
            ModelError: The outputs have another shape.
        """
        question = {
            "inputs": [
                {
                    "name": self._fit.input,
                    "shape": batch.shape,
                    "datatype": _SENT[self._manifest.input.type],
                    "data": batch.ravel().tolist(),
                }
            ],
            "outputs": [{"name": self._fit.output}],
        }
        answer = self._form(_Inference, self._ask("POST", f"{self._path}/infer", question))
        found = [given for given in answer.outputs if given.name == self._fit.output]
        if len(found) != 1:
            names = ", ".join(f"'{given.name}'" for given in answer.outputs) or "nothing"
            raise self._error(f"answered with {names}, where '{self._fit.output}' was asked for")
        values = np.array(found[0].data, np.float64)
        if values.size != int(np.prod(found[0].shape)):
            raise self._error(f"gave {values.size} values and says that their shape is {found[0].shape}")
        return checked_output(values.reshape(found[0].shape), len(batch), self._manifest)

    def _ask(self, method: str, path: str, question: dict[str, Any] | None = None) -> bytes:
        """The body of the answer to one question."""
        content = None if question is None else json.dumps(question, allow_nan=False).encode()
        headers = {} if content is None else {"Content-Type": "application/json"}
        began = monotonic()
        try:
            with self._client.stream(
                method, path, content=content, headers=headers, extensions=self._more
            ) as answer:
                body = bytearray()
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES:
                        raise self._error(f"answered with more than {_MOST_BYTES:,} bytes")
                    if monotonic() - began > self._server.timeout_s:
                        raise self._slow()
        except httpx2.TimeoutException as error:
            raise self._slow() from error
        except httpx2.HTTPError as error:
            raise self._error(f"cannot be reached ({_clause(str(error))})") from error
        if answer.is_redirect:
            raise self._error("wants to send the pictures elsewhere, which is not followed")
        if not answer.is_success:
            raise self._error(f"answered {answer.status_code} to {path} ({_clause(_told(bytes(body)))})")
        return bytes(body)

    def _form(self, form: type[_Form], body: bytes) -> _Form:
        try:
            return form.model_validate_json(body)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise self._error(
                "answered something that the Open Inference Protocol does not know "
                f"({f'{where}: ' if where else ''}{_clause(first['msg'])})"
            ) from error

    def _slow(self) -> EngineError:
        return self._error(f"did not answer within {self._server.timeout_s:g} s (engine.timeout_s)")

    def _error(self, what: str) -> EngineError:
        return EngineError(
            f"The engine at {self._server.url} {what}; once it runs as it should, give the same command again."
        )


def _client(url: str, timeout_s: float) -> tuple[httpx2.Client, dict[str, Any]]:
    """A client bound to the address that was checked, and what each request must say besides.

    Proxies and credentials of the environment are not used: the one would carry faces elsewhere, the other is nobody's
    to have.
    """
    try:
        named = httpx2.URL(url.rstrip("/") + "/")
    except httpx2.InvalidURL as error:
        raise SettingError(f"engine.url is '{url}', which is no address ({error}).") from error
    port = named.port or (443 if named.scheme == "https" else 80)
    if not 0 < port <= _LAST_PORT:
        raise SettingError(f"engine.url is '{url}'; a port is 1 to {_LAST_PORT}.")
    address = local_address(named.host, port)
    client = httpx2.Client(
        base_url=named.copy_with(host=address),
        headers={"Host": named.netloc.decode("ascii")},
        verify=ssl.create_default_context(),  # what this machine trusts, so that a network's own authority can be added
        timeout=httpx2.Timeout(timeout_s, connect=min(_CONNECT_S, timeout_s)),
        trust_env=False,
        follow_redirects=False,
    )
    return client, {"sni_hostname": named.host} if named.scheme == "https" else {}


def _tensors(described: tuple[_Described, ...]) -> list[Tensor]:
    return [
        Tensor(
            one.name, _TYPES.get(one.datatype, one.datatype), tuple(s if s > 0 else None for s in one.shape)
        )
        for one in described
    ]


def _told(body: bytes) -> str:
    """What the server says of its failure."""
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return body[:200].decode("utf-8", "replace")


def _clause(text: str) -> str:
    """A foreign message as part of a sentence: one line, printable, not long."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split()).rstrip(".")
    return (words if len(words) <= 200 else f"{words[:197]}...") or "it says nothing"
