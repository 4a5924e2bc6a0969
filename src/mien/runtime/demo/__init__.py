"""A simulated chain of stores to look at, filled through the store's own functions, and a really analysed sample."""

from mien.runtime.demo.fill import DemoFilled, build_demo
from mien.runtime.demo.kept import check_demo, remove_demo
from mien.runtime.demo.live import LiveShops, passing
from mien.runtime.demo.sample import analyse_sample, sample_clip
from mien.runtime.demo.story import DAYS, READER, Story

__all__ = [
    "DAYS",
    "READER",
    "DemoFilled",
    "LiveShops",
    "Story",
    "analyse_sample",
    "build_demo",
    "check_demo",
    "passing",
    "remove_demo",
    "sample_clip",
]
