"""The lock of the tension rule: it opens only where the reader was shown to treat groups of people alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from mien.errors import SettingError
from mien.marking import N_, Said
from mien.site import Checked
from mien.site.foreign import of_system
from mien.site.toml_lines import nearest_line

if TYPE_CHECKING:
    from pathlib import Path

    from mien.evaluation.schema import GroupingPart
    from mien.site import Site

WITHIN: Final = 0.1
"""How far, at most, a figure of a group may lie from that of the others, with its whole 95 % interval: shares of right
answers, levels and valence."""

_PASSED: Final = ("rules", "tension", "passed")
"""The key of the site file that names what opens the lock."""

_UNKNOWN: Final = N_(
    "%(figure)s of '%(group)s' against '%(other)s' is unknown, where it must be within %(within)s"
)
_TOO_FAR: Final = N_(
    "%(figure)s of '%(group)s' against '%(other)s' is %(low)s to %(high)s, which is not within %(within)s"
)


def check_tension(site: Site, site_file: Path) -> None:
    """Refuse the tension rule unless what it names as `passed` shows that every group is in its bounds.

    A grouping has passed where at least two groups are large enough to be shown, none is hidden, and every difference
    of a group from the others lies within `WITHIN` with its whole interval. It must be of the reader that is used.

    Args:
        site: The site.
        site_file: Where it stands: the file is looked for from there.

    Raises:
        SettingError: The rule is on, and the file is missing, is no evaluation, or has not passed.
    """
    rule = site.rules.tension
    if rule is None or not rule.enabled or rule.passed is None:
        return
    why = _why_locked(site_file.parent / rule.passed)
    if why is not None:
        raise SettingError(
            "[rules.tension] of site '%(name)s' stays locked: %(why)s; see mien evaluate --groups, or take the rule "
            "out.",
            name=site.name,
            why=why,
        )


def if_unlocked(checked: Checked) -> Checked:
    """A site file that was checked, refused at its line where the tension rule stays locked (`check_tension`)."""
    if checked.site is not None:
        try:
            check_tension(checked.site, checked.path)
        except SettingError as error:
            return Checked.refused(checked.path, nearest_line(checked.lines, _PASSED), error.said)
    return checked


def _why_locked(path: Path) -> Said | None:
    # Cameras of sites without the rule need none of it.
    from mien.evaluation.schema import EvaluationDocument  # noqa: PLC0415
    from mien.runtime.readers import own_version  # noqa: PLC0415

    try:
        document = EvaluationDocument.model_validate_json(path.read_bytes())
    except OSError as error:
        return Said("'%(path)s' cannot be read (%(why)s)", path=path, why=of_system(error))
    except ValidationError:
        return Said("'%(path)s' is not what mien evaluate --json writes", path=path)
    own = own_version()
    if document.reader != own:
        return Said(
            "'%(path)s' is of reader '%(reader)s', not of '%(own)s'",
            path=path,
            reader=document.reader,
            own=own,
        )
    if not document.groups:
        return Said("'%(path)s' compares no groups", path=path)
    return next((why for group in document.groups if (why := _not_passed(group)) is not None), None)


def _not_passed(found: GroupingPart) -> Said | None:
    if len(found.groups) < 2 or not found.differences:
        return Said("'%(column)s' has too few groups that are large enough", column=found.column)
    if found.hidden:
        return Said(
            "groups of '%(column)s' that had too few persons: %(count)s",
            column=found.column,
            count=found.hidden,
        )
    for one in found.differences:
        low, high = one.difference.low, one.difference.high
        if low is None or high is None or max(-low, high) > WITHIN:
            named = {"figure": one.figure, "group": one.group, "other": one.other, "within": f"{WITHIN:g}"}
            if low is None or high is None:
                return Said(_UNKNOWN, **named)
            return Said(_TOO_FAR, **named, low=f"{low:+.2f}", high=f"{high:+.2f}")
    return None
