"""Logs of other tools: what they have read of faces becomes readings, by a map that says what their columns mean."""

from mien.logs.load import BUNDLED, load_map
from mien.logs.map import LogMap
from mien.logs.read import LogReader
from mien.logs.remarks import remarks_on, warnings_on

__all__ = ["BUNDLED", "LogMap", "LogReader", "load_map", "remarks_on", "warnings_on"]
