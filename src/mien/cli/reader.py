"""`mien reader`: networks of the user's own, from a file to a manifest that reads faces."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import say, warn
from mien.cli.targets import check_targets
from mien.errors import SettingError
from mien.expressions import EXPRESSIONS
from mien.report.figures import signed
from mien.report.saving import save_text
from mien.runtime.readers import open_reader, remarks_on, terms_of, version_of
from mien.runtime.selftest import read_bundled_face
from mien.vision.models import load_network
from mien.vision.readers.onnx_engine import read_network, tensors_of
from mien.vision.readers.template import template

if TYPE_CHECKING:
    from mien.vision.protocols import Reader

app = typer.Typer(
    name="reader",
    help="Bring an expression network of your own: write its manifest, and try it.",
    no_args_is_help=True,
)


@app.command("new")
def new_command(
    network: Annotated[Path, typer.Argument(metavar="NET.onnx", help="The network.", show_default=False)],
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE.toml", help="Where the manifest goes. [default: beside it]"),
    ] = None,
) -> None:
    """Write a manifest to begin with, filled with the network's hash, inputs and outputs."""
    place = to or network.with_suffix(".toml")
    if place.exists():
        raise SettingError(f"'{place}' exists already and is not replaced; give another place with --to.")
    check_targets({"--to": place}, {"the network": [network]})
    content, digest = read_network(network)
    inputs, outputs = tensors_of(load_network(content, f"The network '{network}'"))
    seen_from = os.path.relpath(network.absolute(), place.absolute().parent)
    save_text(
        template(seen_from, network.stem, digest, inputs, outputs), place, what="The manifest", option="--to"
    )
    say(
        f"{place} is written. Fill in its terms, labels and what it gives, then try it: mien reader check "
        f"{shlex.quote(str(place))}"
    )


@app.command("check")
def check_command(
    what: Annotated[
        Path, typer.Argument(metavar="FILE", help="A manifest, or an ONNX file.", show_default=False)
    ],
) -> None:
    """Try a manifest on a bundled portrait, or tell hash, inputs and outputs of an ONNX file."""
    if what.suffix.lower() == ".onnx":
        content, digest = read_network(what)
        inputs, outputs = tensors_of(load_network(content, f"The network '{what}'"))
        say(f'sha256 = "{digest}"')
        for name, tensors in (("takes", inputs), ("gives", outputs)):
            for tensor in tensors:
                say(f"{name} {tensor}")
        return
    reader = open_reader(str(what))
    say(terms_of(reader) or f"Reader {version_of(reader)}.")
    say(f"A smiling portrait was {told_portrait(reader)}.")
    for remark in remarks_on(reader):
        warn(remark)


def told_portrait(reader: Reader | None = None) -> str:
    """What a reader, Mien's own where left out, says of the bundled portrait.

    Raises:
        ModelError: The face was not found or could not be read.
    """
    face, probabilities, error = read_bundled_face(reader)
    best = int(probabilities.argmax())
    shows = f"{EXPRESSIONS[best]} ({probabilities[best]:.0%})"
    valence = f"{signed(face.valence, 2)} ± {1.96 * error:.2f}"
    return f"found at {face.quality.height_px:.0f} px; the face shows {shows}, valence {valence}"
