"""An identity provider by authlib's server side, on a port of this machine: OpenID Connect with codes and PKCE."""
# ruff: noqa: ARG002  (signatures of the library)

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import uvicorn
from authlib.oauth2 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

CLIENT_ID, CLIENT_SECRET = "mien", "a secret with : in it"


class _Client(ClientMixin):
    """These pages, as the provider has registered them."""

    def __init__(self, back: str) -> None:
        self._back = back

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self._back

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return endpoint == "token" and method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class _Code(SimpleNamespace):
    """A code that was given out."""

    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return str(self.scope)

    def get_nonce(self) -> str:
        return str(self.nonce)

    def get_auth_time(self) -> int:
        return int(self.auth_time)

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class _Server(AuthorizationServer):
    """authlib's server over Starlette."""

    def __init__(self, client: _Client) -> None:
        super().__init__(scopes_supported=["openid", "email", "profile"])
        self._client = client

    def query_client(self, client_id: str) -> _Client | None:
        return self._client if client_id == CLIENT_ID else None

    def save_token(self, token: Any, request: Any) -> None:
        """Access tokens are looked at by nobody here."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Any) -> OAuth2Request:
        if isinstance(request, OAuth2Request):
            return request
        return _Asked(*request)

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:
        kept = dict(headers)
        if isinstance(body, dict):
            return JSONResponse(body, status, headers={k: v for k, v in kept.items() if k != "Content-Type"})
        return Response(body, status, headers=kept)


class _Asked(OAuth2Request):
    """A request in authlib's form."""

    def __init__(self, request: Request, form: dict[str, Any]) -> None:
        # authlib asks for headers by their usual names.
        headers = {name.title(): value for name, value in request.headers.items()}
        super().__init__(request.method, str(request.url), headers=headers)
        self._args, self._form = dict(request.query_params), form
        self.payload = BasicOAuth2Payload({**self._args, **form})

    @property
    def args(self) -> dict[str, str]:
        return self._args

    @property
    def form(self) -> dict[str, Any]:
        return self._form


class IdentityProvider:
    """The provider. `person` is who sits before it; what it says may be bent.

    Attributes:
        issuer: Its address.
        person: Claims of who is signed in there; `None` for who says no.
        bent: Claims of the id token that are set otherwise than they should be.
        key: What it signs with.
        published: The keys that it publishes.
    """

    def __init__(self, port: int, back: str) -> None:
        self.issuer = f"http://localhost:{port}"
        self.person: dict[str, Any] | None = None
        self.bent: dict[str, Any] = {}
        self.key = new_key()
        self.published = [self.key]
        self._codes: dict[str, _Code] = {}
        self._server = _Server(_Client(back))
        self._server.register_token_generator(
            "default", BearerTokenGenerator(lambda **_: f"at-{time.time_ns()}")
        )
        self._server.register_grant(*self._grant())
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._metadata),
                Route("/keys", self._keys),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    def _grant(self) -> tuple[type[AuthorizationCodeGrant], list[Any]]:
        provider = self

        class Grant(AuthorizationCodeGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012  (as authlib has it)

            def save_authorization_code(self, code: str, request: Any) -> None:
                data = request.payload.data
                provider._codes[code] = _Code(
                    code=code,
                    user=request.user,
                    redirect_uri=data["redirect_uri"],
                    scope=data["scope"],
                    nonce=data["nonce"],
                    auth_time=int(time.time()),
                    code_challenge=data["code_challenge"],
                    code_challenge_method=data["code_challenge_method"],
                )

            def query_authorization_code(self, code: str, client: Any) -> _Code | None:
                return provider._codes.get(code)

            def delete_authorization_code(self, authorization_code: _Code) -> None:
                del provider._codes[authorization_code.code]

            def authenticate_user(self, authorization_code: _Code) -> Any:
                return authorization_code.user

        class OpenId(OpenIDCode):
            def exists_nonce(self, nonce: str, request: Any) -> bool:
                return any(known.nonce == nonce for known in provider._codes.values())

            def resolve_client_private_key(self, client: Any) -> Any:
                return provider.key

            def get_encode_header(self, client: Any) -> dict[str, str]:
                return {"alg": "RS256", "kid": str(provider.key.kid)}

            def get_client_claims(self, client: Any) -> dict[str, Any]:
                return {"iss": provider.issuer, "aud": [CLIENT_ID]}

            def generate_user_info(self, user: Any, scope: str) -> UserInfo:
                return UserInfo({**user, **provider.bent})

        return Grant, [CodeChallenge(required=True), OpenId(require_nonce=True)]

    async def _metadata(self, request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            }
        )

    async def _keys(self, request: Request) -> Response:
        return JSONResponse(KeySet(self.published).as_dict(private=False))

    async def _authorize(self, request: Request) -> Response:
        asked = _Asked(request, {})
        grant = self._server.get_authorization_grant(asked)
        return self._server.create_authorization_response(asked, self.person, grant)

    async def _token(self, request: Request) -> Response:
        return self._server.create_token_response((request, dict(await request.form())))


def new_key() -> RSAKey:
    """A key for signing, named."""
    return RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)


@contextmanager
def running(back: str) -> Iterator[IdentityProvider]:
    """A provider that answers while the block lasts.

    Args:
        back: Where it may send browsers back to.
    """
    server = uvicorn.Server(
        uvicorn.Config(lambda: None, host="localhost", port=0, log_level="critical", lifespan="off")
    )
    socket = server.config.bind_socket()
    port = socket.getsockname()[1]
    provider = IdentityProvider(port, back)
    server.config.app = provider.app
    thread = threading.Thread(target=lambda: server.run(sockets=[socket]), daemon=True)
    thread.start()
    try:
        until(lambda: server.started, "the provider answers")
        yield provider
    finally:
        server.should_exit = True
        thread.join(10)
        socket.close()
