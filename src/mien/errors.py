"""The one error tree of Mien.

```
MienError                 anything Mien says no to; `str(error)` is one clear sentence
├── InputError            what the user gave cannot be used (exit code 2, HTTP 4xx)
│   ├── VideoError        a video cannot be opened or decoded
│   ├── ImageError        a picture has the wrong shape, type or range
│   ├── ZoneError         a polygon is not a polygon, or could never match anything
│   ├── SettingError      an option's value is not one of those that exist
│   └── PasswordError     a password is too short, or among what is guessed first
├── ModelError            a network's weights are missing, altered or unusable
│   └── EngineError       what runs a network elsewhere does not answer, or not as it should
├── NoticeError           a named site has no recorded notice, so nothing may be read
├── PermissionRequired    a picture would be written without a purpose and an end date
├── DeliveryError         a channel did not take an event; the outbox keeps it for the next attempt
└── StoreError            the store cannot be opened, read or written
    ├── MissingStoreError there is no store yet where one was to be read
    └── BusyError         another process is at this recording; the store itself is well
```

A message names the value, the limit and the way out.
"""

from mien.marking import Said


class MienError(Exception):
    """Anything Mien says no to. `str(error)` is one clear sentence for the user.

    Args:
        text: The sentence, English. Where values are given, it names them as `%(name)s`, so that pages can say it in
            another language.
        **values: What it names.

    Attributes:
        said: The sentence apart from what it names.
    """

    def __init__(self, text: str = "", /, **values: object) -> None:
        self.said = Said(text, **values)
        super().__init__(str(self.said))

    @property
    def text(self) -> str:
        """The sentence as given."""
        return self.said.text

    @property
    def values(self) -> dict[str, object]:
        """What it names."""
        return dict(self.said.values)


class InputError(MienError):
    """What the user gave cannot be used."""


class VideoError(InputError):
    """A video cannot be opened or decoded."""


class ImageError(InputError):
    """A picture has the wrong shape, type or range."""


class ZoneError(InputError):
    """A polygon is not a polygon, or could never match anything."""


class SettingError(InputError):
    """An option's value is not one of those that exist."""


class PasswordError(InputError):
    """A password is too short, too long, or among what is guessed first.

    Attributes:
        why: Which of these, in a word for programs.
    """

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why


class ModelError(MienError):
    """A network's weights are missing, altered or unusable."""


class EngineError(ModelError):
    """What runs a network elsewhere does not answer, or not as it should."""


class NoticeError(MienError):
    """A named site has no recorded notice, so nothing may be read."""


class PermissionRequired(MienError):  # noqa: N818  (named for what is asked of the user)
    """A picture would be written without a purpose and an end date."""


class DeliveryError(MienError):
    """A channel did not take an event; the outbox keeps it for the next attempt."""


class StoreError(MienError):
    """The store cannot be opened, read or written."""


class MissingStoreError(StoreError):
    """There is no store yet where one was to be read."""


class BusyError(StoreError):
    """Another process is at this recording, or has taken it over; the store itself is well."""
