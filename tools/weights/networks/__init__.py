"""One module per bundled file, each with a `RECIPE`; `RECIPES` has them by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.weights.networks import (
    age_gender,
    canonical_face_468,
    face_blendshapes_52,
    face_embedding_128,
    face_landmarks_478,
    nanodet_person,
    retinaface,
    yunet,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.weights.recipe import Recipe

RECIPES: Final[Mapping[str, Recipe]] = {
    module.RECIPE.name: module.RECIPE
    for module in (
        yunet,
        retinaface,
        face_landmarks_478,
        face_blendshapes_52,
        canonical_face_468,
        face_embedding_128,
        age_gender,
        nanodet_person,
    )
}
