"""Access tokens of Microsoft Entra by OAuth2 client credentials, through msal.

Sources: "Use OAuth authentication with Microsoft Dataverse"
(https://learn.microsoft.com/en-us/power-apps/developer/data-platform/authenticate-oauth), "Microsoft identity platform
and the OAuth 2.0 client credentials flow" (https://learn.microsoft.com/en-us/entra/identity-platform/
v2-oauth2-client-creds-grant-flow): the scope is the address of the environment and `/.default`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msal
from msal.exceptions import MsalServiceError

from mien.crm.http import CREDENTIALS_S, clause, without
from mien.crm.results import Again

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.crm.http import Line
    from mien.site.crm import DataverseCrm


class Tokens:
    """The tokens of one application for one environment; msal keeps them in memory until they are about to end.

    Args:
        settings: The table of the site file.
        secret: The client secret.
        line: What is spoken through.
    """

    def __init__(self, settings: DataverseCrm, secret: str, line: Line) -> None:
        self._settings, self._secret = settings, secret
        self._http = _Http(line)
        self._app: Any = None

    def get(self) -> str | Again:
        """A token that holds, or why there is none now."""
        try:
            if self._app is None:
                # Asks the authority where its tokens are given. It stands in the site file, so nobody else is asked
                # whether it may be trusted.
                self._app = msal.ConfidentialClientApplication(
                    str(self._settings.client_id),
                    client_credential=self._secret,
                    authority=f"{self._settings.authority}/{self._settings.tenant}",
                    http_client=self._http,
                    instance_discovery=False,
                )
            found = self._app.acquire_token_for_client(scopes=[f"{self._settings.url}/.default"])
        except _Unreached as gone:
            return gone.again
        except (MsalServiceError, RuntimeError):
            return Again("%(where)s gives no token now.", {"where": self._settings.authority})
        except (ValueError, KeyError):
            return Again(
                "%(where)s knows no tenant '%(tenant)s'; mend tenant under [crm.dataverse].",
                {"where": self._settings.authority, "tenant": self._settings.tenant},
                CREDENTIALS_S,
            )
        if token := found.get("access_token"):
            return str(token)
        return Again(
            "%(where)s gives the application %(client)s no token (%(said)s); mend client_id or client_secret under "
            "[crm.dataverse], or make a new secret where the old one has ended.",
            {
                "where": self._settings.authority,
                "client": str(self._settings.client_id),
                "said": clause(
                    without(str(found.get("error_description") or found.get("error")), self._secret)
                ),
            },
            CREDENTIALS_S,
        )

    def drop(self) -> None:
        """Forget the token that was given: the environment does not take it."""
        if self._app is not None:
            self._app.remove_tokens_for_client()


@dataclass(frozen=True, slots=True)
class _Given:
    """An answer as msal wants it."""

    status_code: int
    text: str
    headers: Mapping[str, str]

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise MsalServiceError(f"{self.status_code}", error=None, error_description=None)


class _Unreached(Exception):  # noqa: N818  (no error: it carries a result through msal)
    def __init__(self, again: Again) -> None:
        super().__init__(again.reason)
        self.again = again


class _Http:
    """How msal speaks: through the same line as everything else, with the same ends in time and the same authority."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> _Given:
        return self._ask("GET", url, params, headers, None)

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | str | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> _Given:
        text = data if isinstance(data, str) else urlencode(data or {})
        form = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self._ask("POST", url, params, form, text.encode())

    def close(self) -> None:
        """The line is closed by whoever opened it."""

    def _ask(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        content: bytes | None,
    ) -> _Given:
        whole = f"{url}?{urlencode(params)}" if params else url
        answer = self._line.ask(method, whole, headers=headers, content=content)
        if isinstance(answer, Again):
            raise _Unreached(answer)
        return _Given(answer.status, answer.body.decode("utf-8", "replace"), answer.headers)
