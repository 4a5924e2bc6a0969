"""A server that speaks the Open Inference Protocol over a real socket, well or badly."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import onnxruntime as ort

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TYPES = {"tensor(float)": "FP32", "tensor(uint8)": "UINT8"}
_NUMPY = {"FP32": np.float32, "UINT8": np.uint8}


class InferenceServer:
    """Serves one network as `net`.

    Attributes:
        fault: How to fail at inference: "500", "garbage", "shape", "count", "nan", "redirect", "slow", "endless",
            "other output", "not found"; `None` to work.
        fails_after: Inferences that still work before the fault.
        redirect_to: Where to send those who ask.
        bodies: What was sent for inference.
        paths: Everything that was asked for.
    """

    def __init__(self, network: Path) -> None:
        self.session = ort.InferenceSession(network, providers=["CPUExecutionProvider"])
        self.fault: str | None = None
        self.fails_after = 0
        self.redirect_to = ""
        self.bodies: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def start(self) -> Self:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def metadata(self) -> dict[str, Any]:
        def told(nodes: list[Any]) -> list[dict[str, Any]]:
            return [
                {
                    "name": node.name,
                    "datatype": _TYPES[node.type],
                    "shape": [side if isinstance(side, int) else -1 for side in node.shape],
                }
                for node in nodes
            ]

        inputs, outputs = told(self.session.get_inputs()), told(self.session.get_outputs())
        return {"name": "net", "platform": "test", "inputs": inputs, "outputs": outputs, "parameters": {}}

    def infer(self, question: dict[str, Any]) -> dict[str, Any]:
        (given,) = question["inputs"]
        x = np.array(given["data"], _NUMPY[given["datatype"]]).reshape(given["shape"])
        wanted = [one["name"] for one in question["outputs"]]
        found = self.session.run(wanted, {given["name"]: x})
        outputs = [
            {"name": name, "shape": y.shape, "datatype": "FP32", "data": y.ravel().tolist()}
            for name, y in zip(wanted, found, strict=True)
        ]
        return {"model_name": "net", "id": "1", "outputs": outputs}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def answer(self, code: int, content: bytes, **headers: str) -> None:
                self.send_response(code)
                self.send_header("Content-Length", str(len(content)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def do_GET(self) -> None:
                server.paths.append(self.path)
                if self.path == "/v2/health/ready":
                    self.answer(200, b"")
                elif self.path in ("/v2/models/net", "/v2/models/net/versions/3"):
                    self.answer(200, json.dumps(server.metadata()).encode())
                else:
                    self.answer(404, b'{"error": "Model not found"}')

            def do_POST(self) -> None:
                server.paths.append(self.path)
                question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.bodies.append(question)
                fault = server.fault if server.fails_after <= 0 else None
                server.fails_after -= 1
                found = server.infer(question)
                data = found["outputs"][0]["data"]
                match fault:
                    case "500":
                        return self.answer(500, b'{"error": "out of\\nmemory"}')
                    case "garbage":
                        return self.answer(200, b"<html>welcome</html>")
                    case "redirect":
                        return self.answer(307, b"", Location=server.redirect_to + self.path)
                    case "slow":
                        time.sleep(1.0)
                    case "endless":
                        return self.answer(200, b"[" + b"0," * 3_000_000)
                    case "shape":
                        found["outputs"][0]["shape"] = [1, len(data) - 1]
                        data.pop()
                    case "count":
                        data.pop()
                    case "nan":
                        data[0] = float("nan")
                    case "other output":
                        found["outputs"][0]["name"] = "features"
                return self.answer(200, json.dumps(found).encode())

        return Handler


@contextmanager
def serving(network: Path) -> Iterator[InferenceServer]:
    """A server that runs as long as the block."""
    server = InferenceServer(network).start()
    try:
        yield server
    finally:
        server.stop()
