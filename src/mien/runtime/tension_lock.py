"""The lock of the tension rule: it opens only where the reader was shown to treat groups of people alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from mien.errors import SettingError

if TYPE_CHECKING:
    from pathlib import Path

    from mien.evaluation.schema import GroupingPart
    from mien.site import Site

WITHIN: Final = 0.1
"""How far, at most, a figure of a group may lie from that of the others, with its whole 95 % interval: shares of right
answers, levels and valence."""


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
    path = site_file.parent / rule.passed
    why = _why_locked(path)
    if why is not None:
        raise SettingError(
            f"[rules.tension] of site '{site.name}' stays locked: {why}; see mien evaluate --groups, or take the rule "
            "out."
        )


def _why_locked(path: Path) -> str | None:
    # Cameras of sites without the rule need none of it.
    from mien.evaluation.schema import EvaluationDocument  # noqa: PLC0415
    from mien.runtime.readers import own_version  # noqa: PLC0415

    try:
        document = EvaluationDocument.model_validate_json(path.read_bytes())
    except OSError as error:
        return f"'{path}' cannot be read ({error.strerror})"
    except ValidationError:
        return f"'{path}' is not what mien evaluate --json writes"
    if document.reader != own_version():
        return f"'{path}' is of reader '{document.reader}', not of '{own_version()}'"
    if not document.groups:
        return f"'{path}' compares no groups"
    return next((why for group in document.groups if (why := _not_passed(group)) is not None), None)


def _not_passed(found: GroupingPart) -> str | None:
    if len(found.groups) < 2 or not found.differences:
        return f"'{found.column}' has too few groups that are large enough"
    if found.hidden:
        return (
            f"{found.hidden} group{'s' if found.hidden > 1 else ''} of '{found.column}' had too few persons"
        )
    for one in found.differences:
        low, high = one.difference.low, one.difference.high
        if low is None or high is None or max(-low, high) > WITHIN:
            reach = "unknown" if low is None or high is None else f"{low:+.2f} to {high:+.2f}"
            return f"{one.figure} of '{one.group}' against '{one.other}' is {reach}, which is not within {WITHIN:g}"
    return None
