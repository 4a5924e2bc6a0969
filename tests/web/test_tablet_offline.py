"""The tablet without a connection, in a real browser: what rings, what is sent later, and what a new load shows."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mien.action import Answer, Situation
from mien.guests import DUMMY
