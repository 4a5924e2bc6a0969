"""The pages, one module each. `PAGES` is the one list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.web.call import routes as call
from mien.web.pages import (
    about,
    alerts,
    choices,
    compare,
    flow,
    moods,
    playbook,
    privacy,
    reports,
    sample,
    settings,
    settings_cameras,
    settings_reading,
    settings_rules,
    settings_site,
    settings_versions,
    settings_zones,
    tablet,
    tasks,
    today,
    users,
    visits,
)

if TYPE_CHECKING:
    from fastapi import APIRouter

PAGES: Final[tuple[APIRouter, ...]] = (
    today.router,
    tablet.router,
    alerts.router,
    tasks.router,
    playbook.router,
    visits.router,
    compare.router,
    reports.router,
    flow.router,
    moods.router,
    call.router,
    privacy.router,
    users.router,
    sample.router,
    settings.router,
    settings_site.router,
    settings_versions.router,
    settings_reading.router,
    settings_rules.router,
    settings_zones.router,
    settings_cameras.router,
    about.router,
    choices.router,
)
