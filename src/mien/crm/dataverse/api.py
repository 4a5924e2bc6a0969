"""Requests to the Dataverse Web API v9.2.

Source: "Compose HTTP requests and handle errors"
(https://learn.microsoft.com/en-us/power-apps/developer/data-platform/webapi/compose-http-requests-handle-errors).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from mien.crm.dataverse.token import Tokens
from mien.crm.http import ANSWER_S, Answer, Line, refused, without
from mien.crm.results import Again

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.crm.results import Parked
    from mien.site.crm import DataverseCrm

PATH: Final = "/api/data/v9.2/"

TRIES: Final = 3
"""How often a row is read and written anew that others change meanwhile."""

NEW: Final = {"If-None-Match": "*"}
"""Makes a row, and never changes one.
Source: "Perform conditional operations using the Web API", limit upsert operations (https://learn.microsoft.com/en-us/
power-apps/developer/data-platform/webapi/perform-conditional-operations-using-web-api)."""

_UNAUTHORIZED: Final = 401
_ALWAYS: Final = {
    "Accept": "application/json",
    "OData-MaxVersion": "4.0",
    "OData-Version": "4.0",
}
_IN_PATH: Final = "/()=',$-._~"


class Trouble(Exception):  # noqa: N818  (no error: it carries a result)
    """What stopped something that takes several requests."""

    def __init__(self, result: Parked | Again) -> None:
        super().__init__(result.reason)
        self.result = result


class Api:
    """The Web API of one environment.

    Args:
        settings: The table of the site file.
        environ: Environment variables for the secret; those of the process where left out.
        answer_s: Seconds for which a whole answer is waited for.

    Raises:
        SettingError: The secret or the certificate is not where the site file says.
    """

    def __init__(
        self, settings: DataverseCrm, environ: Mapping[str, str] | None = None, *, answer_s: float = ANSWER_S
    ) -> None:
        self.settings = settings
        self._secret = settings.client_secret.reveal(environ)
        self._answer_s = answer_s
        self._lines: tuple[Line, Tokens] | None = None

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer | Again:
        """Send one request.

        Args:
            method: GET, POST, PATCH or DELETE.
            path: What is asked, below `/api/data/v9.2/`, not escaped yet.
            body: What is sent, as JSON.
            query: Query options by their names.
            headers: Further ones.

        Returns:
            The answer, or why none came.
        """
        line, tokens = self._open()
        options = "&".join(f"{name}={quote(value, safe='')}" for name, value in (query or {}).items())
        url = f"{self.settings.url}{PATH}{quote(path, safe=_IN_PATH)}" + (f"?{options}" if options else "")
        content = None if body is None else json.dumps(body, allow_nan=False, ensure_ascii=False).encode()
        sent = {**_ALWAYS, **(headers or {})}
        if content is not None:
            sent["Content-Type"] = "application/json; charset=utf-8"
        answer = self._with_token(line, tokens, method, url, sent, content)
        if isinstance(answer, Answer) and answer.status == _UNAUTHORIZED:
            # A token can end or be revoked before its time: once more with a new one.
            tokens.drop()
            answer = self._with_token(line, tokens, method, url, sent, content)
        return answer

    def refused(self, answer: Answer, *hidden: str | None) -> Parked | Again:
        """What an answer that did not do what was asked means.

        Args:
            answer: The answer.
            *hidden: What must not stand in the reason, such as the reference of a customer.
        """
        error = answer.json().get("error")
        said = str(error.get("message") or error.get("code")) if isinstance(error, dict) else ""
        return refused(answer, self.settings.shown, without(said, self._secret, *hidden))

    def must(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        but: tuple[int, ...] = (),
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request that shall be done.

        Args:
            method: GET, POST, PATCH or DELETE.
            path: What is asked.
            body: What is sent.
            but: What else may be answered, HTTP status.
            query: Query options.
            headers: Further ones.

        Raises:
            Trouble: It was not done.
        """
        answer = self.ask(method, path, body, query=query, headers=headers)
        if isinstance(answer, Again):
            raise Trouble(answer)
        if not answer.fine and answer.status not in but:
            raise Trouble(self.refused(answer))
        return answer

    def restless(self) -> Again:
        """That a row was changed by others as often as it was to be written."""
        return Again("%(where)s has the row changed by others meanwhile.", {"where": self.settings.shown})

    def close(self) -> None:
        """End the connections, if there are any."""
        lines, self._lines = self._lines, None
        if lines is not None:
            lines[0].close()

    def _open(self) -> tuple[Line, Tokens]:
        if self._lines is None:
            line = Line(self.settings.shown, self.settings.ca_file, answer_s=self._answer_s)
            self._lines = line, Tokens(self.settings, self._secret, line)
        return self._lines

    def _with_token(
        self,
        line: Line,
        tokens: Tokens,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
    ) -> Answer | Again:
        token = tokens.get()
        if isinstance(token, Again):
            return token
        return line.ask(method, url, headers={**headers, "Authorization": f"Bearer {token}"}, content=content)


def create(api: Api, table: str, uid: str, row: Mapping[str, Any]) -> Answer | Again:
    """Create a row under a primary key; one that is there is left as it is (412).

    Args:
        api: The environment.
        table: Entity set.
        uid: Primary key.
        row: Its columns; those without a value are left out.
    """
    return api.ask("PATCH", f"{table}({uid})", given(row), headers=NEW)


def given(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row that have a value: what a new one is made of."""
    return {name: value for name, value in row.items() if value is not None}


def etag(found: Mapping[str, Any]) -> str:
    """The version of a row that was read, for `If-Match`; where it has none, any that is there: none is ever made."""
    return str(found.get("@odata.etag") or "*")


def quoted(value: str) -> str:
    """A text as a literal of OData: in single quotes, with those in it doubled.

    Source: OData Version 4.01, Part 2: URL Conventions, 5.1.1.6.1.

    Example:
        >>> quoted("d'Arc")
        "'d''Arc'"
    """
    return "'" + value.replace("'", "''") + "'"
