"""An identity provider: where to send the browser, and who came back (OpenID Connect Core, code flow with PKCE)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import httpx2
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from mien.errors import MienError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.web.settings import Provider

_SCOPE: Final = "openid email profile"
_ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "ES256",
    "ES384",
    "ES512",
    "PS256",
    "PS384",
    "PS512",
    "EdDSA",
)
"""By keys that the provider publishes; never by the client's secret, and never unsigned."""
_PATIENCE_S: Final = 10.0
_LEEWAY_S: Final = 120


class ProviderError(MienError):
    """The provider cannot be asked, or what came back does not hold."""


@dataclass(frozen=True, slots=True)
class Journey:
    """What must come back as it was sent: kept by the browser, signed, until then.

    Attributes:
        state: Names the journey.
        nonce: Ties the token to it.
        verifier: Shows that who began it ends it (RFC 7636).
        target: The page that was asked for.
    """

    state: str
    nonce: str
    verifier: str
    target: str

    @classmethod
    def new(cls, target: str) -> Journey:
        """A new one, by random."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), target)


@dataclass(frozen=True, slots=True)
class Person:
    """Who came back.

    Attributes:
        issuer: Who says so.
        subject: What it calls them, for good.
        email: Their address; `None` where it tells none.
        verified: Whether it says that the address was verified.
        name: Their name; blank where it tells none.
    """

    issuer: str
    subject: str
    email: str | None
    verified: bool
    name: str


class ProviderClient:
    """These pages, as the provider knows them. What it says of itself is asked for once, its keys when they change.

    Args:
        provider: How it is reached.
    """

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._lock = Lock()
        self._metadata: dict[str, Any] | None = None
        self._keys: KeySet | None = None

    def address(self, journey: Journey, back: str) -> str:
        """Where to send the browser.

        Args:
            journey: From `Journey.new`.
            back: Where the provider sends it then.

        Raises:
            ProviderError: It cannot be asked where.
        """
        return str(
            prepare_grant_uri(
                self._known()["authorization_endpoint"],
                self._provider.client_id,
                "code",
                redirect_uri=back,
                scope=_SCOPE,
                state=journey.state,
                nonce=journey.nonce,
                code_challenge=create_s256_code_challenge(journey.verifier),
                code_challenge_method="S256",
            )
        )

    def person(self, journey: Journey, code: str, back: str) -> Person:
        """Who came back with a code.

        Args:
            journey: As it was begun.
            code: From the provider.
            back: As for `address`.

        Raises:
            ProviderError: The code or the token does not hold, or the provider does not answer.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": journey.verifier,
            "client_id": self._provider.client_id,
        }
        secret = self._provider.client_secret.get_secret_value()
        basic = (self._provider.client_id, secret) if secret else None
        token = self._ask("POST", self._known()["token_endpoint"], data=form, auth=basic)
        claims = self._checked(token, journey.nonce)
        if claims.get("email") is None and "userinfo_endpoint" in self._known() and "access_token" in token:
            bearer = {"Authorization": f"Bearer {token['access_token']}"}
            more = self._ask("GET", self._known()["userinfo_endpoint"], headers=bearer)
            # It may be another's token that was put in place of this one (OpenID Connect Core, 5.3.2).
            if more.get("sub") == claims["sub"]:
                claims = {**more, **claims}
        email = claims.get("email")
        return Person(
            issuer=str(claims["iss"]),
            subject=str(claims["sub"]),
            email=email if isinstance(email, str) else None,
            verified=claims.get("email_verified") in {True, "true"},
            name=str(claims.get("name") or ""),
        )

    def _checked(self, token: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        """The claims of an id token whose signature, issuer, audience, times and nonce hold."""
        raw = token.get("id_token")
        if not isinstance(raw, str):
            raise ProviderError(
                "The identity provider sent no id token; check that its client has the scope openid."
            )
        try:
            decoded = self._decoded(raw)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "values": [self._known()["issuer"]]},
                    "aud": {"essential": True, "values": [self._provider.client_id]},
                },
                {
                    "nonce": nonce,
                    "client_id": self._provider.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(leeway=_LEEWAY_S)
        except (JoseError, ValueError, KeyError) as error:
            raise ProviderError(
                "The identity provider's token does not hold (%(name)s).", name=type(error).__name__
            ) from error
        return dict(claims)

    def _decoded(self, raw: str) -> jwt.Token:
        known = self._known().get("id_token_signing_alg_values_supported") or ["RS256"]
        registry = JWSRegistry(
            algorithms=[one for one in known if one in _ALGORITHMS], strict_check_header=False
        )
        try:
            return jwt.decode(raw, self._published(), registry=registry)
        except (JoseError, ValueError):
            # Keys change; they are asked for anew once.
            return jwt.decode(raw, self._published(anew=True), registry=registry)

    def _published(self, *, anew: bool = False) -> KeySet:
        with self._lock:
            known = None if anew else self._keys
        if known is None:
            known = KeySet.import_key_set(self._ask("GET", self._known()["jwks_uri"]))  # type: ignore[arg-type]
            with self._lock:
                self._keys = known
        return known

    def _known(self) -> dict[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery, 4)."""
        with self._lock:
            known = self._metadata
        if known is None:
            issuer = self._provider.issuer
            known = self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            needed = {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"}
            if needed - known.keys() or known["issuer"] != issuer:
                raise ProviderError(
                    "The identity provider at %(issuer)s calls itself %(found)s; give its issuer so.",
                    issuer=issuer,
                    found=f"{known.get('issuer')!r}",
                )
            with self._lock:
                self._metadata = known
        return known

    def _ask(self, method: str, address: str, **sent: Any) -> dict[str, Any]:  # noqa: ANN401  (of the client)
        try:
            answer = httpx2.request(method, address, timeout=_PATIENCE_S, follow_redirects=False, **sent)
            found = answer.raise_for_status().json()
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise ProviderError(
                "The identity provider %(issuer)s does not answer as it should (%(name)s).",
                issuer=self._provider.issuer,
                name=type(error).__name__,
            ) from error
        if not isinstance(found, dict):
            raise ProviderError(
                "The identity provider %(issuer)s does not answer as it should.", issuer=self._provider.issuer
            )
        return found
