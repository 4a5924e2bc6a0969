"""What must be known of readings that another tool has made, one sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mien.logs.map import LogMap
    from mien.logs.read import LogReader


def remarks_on(log_map: LogMap, lacks: Sequence[str]) -> list[str]:
    """What holds for every reading of a log.

    Args:
        log_map: By which it is read.
        lacks: Classes that it does not tell.
    """
    told = [
        f"Readings of {log_map.tool}, by the map '{log_map.name}': Mien saw no picture, so nothing was judged of size, "
        "light, direction or covering of the face."
    ]
    if lacks:
        told.append(f"Classes that the log does not tell count as 0: {', '.join(lacks)}.")
    if log_map.action_units is not None:
        told.append(
            f"Valence comes from action units by a rule ({', '.join(log_map.action_units.pleasant)} less "
            f"{', '.join(log_map.action_units.unpleasant)}), not from a reading of the expression."
        )
    elif log_map.valence is not None:
        told.append("Valence is the tool's own and is taken as it is.")
    told.append(_error(log_map))
    return told


def _error(log_map: LogMap) -> str:
    if log_map.sd is not None:
        return f"The error of each reading is the one that the log tells in '{log_map.sd}'."
    if log_map.error is not None:
        return f"The error of each reading is assumed, from {log_map.error.measured_on}."
    return (
        "Nobody has measured by how much these readings miss, so a large error is assumed and intervals are wide; "
        "a map can state a measured one."
    )


def warnings_on(reader: LogReader) -> list[str]:
    """What went wrong in one log: how many rows, and the first of them with their lines."""
    if not reader.wrong:
        return []
    told = [
        f"{reader.wrong:,} of {reader.told:,} rows with a face wrong and left out; nothing was put in their place."
    ]
    told += [f"{problem.file.name}:{problem.line}: {problem.text}." for problem in reader.problems]
    if reader.wrong > len(reader.problems):
        told.append("The other wrong rows are not named.")
    return told
