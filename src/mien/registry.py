"""The members of one kind by name: detectors, readers, engines, channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from mien.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Part = TypeVar("Part")


@dataclass(frozen=True)
class Registry(Generic[Part]):
    """The members of one kind.

    Attributes:
        kind: What they are, in words for a message.
        factories: What makes each, by name. Nothing is loaded before it is called.
    """

    kind: str
    factories: Mapping[str, Callable[..., Part]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of those that exist, the default first."""
        return tuple(self.factories)

    def check(self, name: str) -> str:
        """Return `name` if there is such a member.

        Raises:
            SettingError: There is none; the message lists those that exist.
        """
        if name not in self.factories:
            raise SettingError(f"There is no {self.kind} '{name}'; choose one of {', '.join(self.names)}.")
        return name

    def make(self, name: str, **options: object) -> Part:
        """A new member of that name.

        Args:
            name: Which one.
            options: Keyword arguments of its class.

        Raises:
            SettingError: There is none; the message lists those that exist.
            MienError: Whatever the member itself says no to, such as missing weights.
        """
        return self.factories[self.check(name)](**options)
