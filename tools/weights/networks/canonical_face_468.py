"""The canonical face of MediaPipe: (468, 3) float32, x to the picture's right, y up, z towards the viewer.

The unit is about a centimetre. In the bundle it is MediaPipe's protocol buffer `GeometryPipelineMetadata`:
field 1 is the mesh, whose field 3 is the row of vertices (x, y, z and two texture coordinates each).
"""

from __future__ import annotations

import io
from typing import Any, Final

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # type: ignore[import-untyped]
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from mien.errors import ModelError
from tools.weights.networks.face_landmarker import BUNDLE, BUNDLE_SHA256, PACKAGE
from tools.weights.packages import read_member
from tools.weights.recipe import Recipe

_VERTICES: Final = 468
_NUMBERS: Final = 5
"""Numbers per vertex."""


def _metadata_class() -> Any:  # noqa: ANN401  (made at run time)
    """The two fields we read of MediaPipe's schema."""
    kinds = descriptor_pb2.FieldDescriptorProto
    schema = descriptor_pb2.FileDescriptorProto(name="face_geometry.proto", package="face_geometry")
    mesh = schema.message_type.add(name="Mesh3d")
    mesh.field.add(name="vertex_buffer", number=3, label=kinds.LABEL_REPEATED, type=kinds.TYPE_FLOAT)
    metadata = schema.message_type.add(name="GeometryPipelineMetadata")
    metadata.field.add(
        name="canonical_mesh",
        number=1,
        label=kinds.LABEL_OPTIONAL,
        type=kinds.TYPE_MESSAGE,
        type_name=".face_geometry.Mesh3d",
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(schema)
    return message_factory.GetMessageClass(
        pool.FindMessageTypeByName("face_geometry.GeometryPipelineMetadata")
    )


def build(bundle: bytes) -> bytes:
    """The NumPy file, from `face_landmarker_v2.task`.

    Raises:
        ModelError: The bundle lacks the mesh, or the mesh has another number of vertices.
    """
    metadata = _metadata_class()()
    try:
        metadata.ParseFromString(read_member(bundle, "geometry_pipeline_metadata_landmarks.binarypb"))
    except DecodeError as error:
        raise ModelError(f"The mesh in the bundle cannot be read: {error}") from error
    numbers = np.array(metadata.canonical_mesh.vertex_buffer, np.float32)
    if numbers.size != _VERTICES * _NUMBERS:
        raise ModelError(
            f"The mesh has {numbers.size / _NUMBERS:g} vertices, expected {_VERTICES}: it has changed."
        )
    stream = io.BytesIO()
    np.save(stream, numbers.reshape(_VERTICES, _NUMBERS)[:, :3])
    return stream.getvalue()


RECIPE = Recipe(
    name="canonical_face_468",
    package=PACKAGE,
    member=BUNDLE,
    sha256=BUNDLE_SHA256,
    build=build,
    probes=list,
    tolerance=0.0,
)
