"""Signing in: by password, by one-time link, by an identity provider; sessions in cookies, keys in headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.web.signin import account, links, passwords, provider_pages
from mien.web.signin.forgery import Unforged
from mien.web.signin.identify import Identify

if TYPE_CHECKING:
    from fastapi import APIRouter

ROUTERS: Final[tuple[APIRouter, ...]] = (
    passwords.router,
    links.router,
    provider_pages.router,
    account.router,
)

__all__ = ["ROUTERS", "Identify", "Unforged"]
