"""The words for what a face shows, and the scales that turn them into valence.

Every 8-vector in Mien has the order of `EXPRESSIONS`, the order of FER+ (Barsoum et al. 2016).
"We say 'the face shows', never 'the customer feels'."
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from mien.errors import SettingError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

EXPRESSIONS: Final = (
    "neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt",
)  # fmt: skip
"""Order of every 8-vector."""

ScaleName = Literal["balance", "circumplex", "strongest"]
SCALES: Final[tuple[ScaleName, ...]] = get_args(ScaleName)
"""Names of the valence scales, in the order of a reader's three predicted variances."""

LEVELS: Final = np.array([0, 1, 0, -1, -1, -1, -1, -1])
"""1 pleasant, 0 neutral or surprise, -1 unpleasant, of each expression."""
_BALANCE: Final = LEVELS.astype(np.float64)
# Russell & Mehrabian 1977, "Evidence for a three-factor theory of emotions", J. Res. Pers. 11, table 1:
# pleasure and arousal of the terms happy, surprised, sad, angry, disgusted, fearful and contempt.
_CIRCUMPLEX_VALENCE: Final = np.array([0.0, 0.81, 0.40, -0.63, -0.51, -0.60, -0.64, -0.23])
_CIRCUMPLEX_AROUSAL: Final = np.array([0.0, 0.51, 0.67, -0.27, 0.59, 0.35, 0.60, 0.31])
_NEGATIVE: Final = slice(3, 8)


def check_scale(name: str) -> ScaleName:
    """Return `name` if it is a valence scale.

    Raises:
        SettingError: It is none; the message lists those that exist.
    """
    for scale in SCALES:
        if scale == name:
            return scale
    raise SettingError(f"There is no valence scale '{name}'; choose one of {', '.join(SCALES)}.")


def valence(probabilities: ArrayLike, scale: ScaleName = "balance") -> NDArray[np.float64]:
    """Valence of expression distributions.

    Args:
        probabilities: (..., 8) shares in the order of `EXPRESSIONS`, each row summing to 1.
        scale: `balance`: share of happiness minus the shares of sadness, anger, disgust, fear and contempt.
            `circumplex`: mean pleasure under the coordinates of Russell & Mehrabian 1977.
            `strongest`: happiness minus the strongest negative share, as other tools do.

    Returns:
        (...) valence, -1 unpleasant .. +1 pleasant.

    Example:
        >>> float(valence([0.2, 0.7, 0.0, 0.1, 0.0, 0.0, 0.0, 0.0]).round(2))
        0.6
    """
    p = np.asarray(probabilities, dtype=np.float64)
    match scale:
        case "balance":
            v = p @ _BALANCE
        case "circumplex":
            v = p @ _CIRCUMPLEX_VALENCE
        case "strongest":
            v = p[..., 1] - p[..., _NEGATIVE].max(axis=-1)
        case _:
            check_scale(scale)
    return np.asarray(v, dtype=np.float64)


def arousal(probabilities: ArrayLike) -> NDArray[np.float64]:
    """Arousal of expression distributions, -1 calm .. +1 excited (Russell & Mehrabian 1977).

    Args:
        probabilities: (..., 8) shares in the order of `EXPRESSIONS`.

    Returns:
        (...) arousal.
    """
    return np.asarray(np.asarray(probabilities, dtype=np.float64) @ _CIRCUMPLEX_AROUSAL, dtype=np.float64)
