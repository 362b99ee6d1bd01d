"""An OIDC issuer for tests: real keys, real tokens, served over HTTP on loopback or in memory."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey


def new_key(key_id: str) -> RSAKey:
    """A signing key."""
    return RSAKey.generate_key(2048, parameters={"kid": key_id, "use": "sig"})


@dataclass
class Issuer:
    """Issues tokens and answers for its keys. ``asked`` counts requests by path."""

    url: str = "http://issuer.test"
    keys: list[RSAKey | ECKey] = field(default_factory=lambda: [new_key("first")])
    asked: list[str] = field(default_factory=list)
    issued: int = 0

    def token(
        self,
        audience: str = "truestock",
        *,
        roles: list[str] | None = None,
        workspace: UUID | str | None = None,
        expires_in: int = 300,
        key: RSAKey | None = None,
        algorithm: str = "RS256",
        **claims: Any,
    ) -> str:
        """A signed token."""
        signing = key or self.keys[0]
        body = {
            "iss": self.url,
            "sub": "someone",
            "name": "Some One",
            "aud": audience,
            "exp": int(time.time()) + expires_in,
            "roles": ["viewer"] if roles is None else roles,
            **({"workspace_id": str(workspace)} if workspace else {}),
            **claims,
        }
        return jwt.encode({"alg": algorithm, "kid": signing.kid}, body, signing, algorithms=[algorithm])

    def answer(self, method: str, path: str, body: str = "") -> tuple[int, Any]:
        """Status and JSON of one request."""
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/jwks",
                "token_endpoint": f"{self.url}/token",
            }
        if path == "/jwks":
            return 200, {"keys": [key.as_dict(private=False) for key in self.keys]}
        if path == "/token" and method == "POST" and "grant_type=client_credentials" in body:
            self.issued += 1
            audience = httpx.QueryParams(body)["audience"]
            token = self.token(audience, roles=["service"], sub="truestock-small", jti=str(self.issued))
            return 200, {"access_token": token, "expires_in": 300, "token_type": "Bearer"}
        return 404, {}

    def transport(self) -> httpx.MockTransport:
        """Answers httpx without a network."""

        def respond(request: httpx.Request) -> httpx.Response:
            status, body = self.answer(request.method, request.url.path, request.content.decode())
            return httpx.Response(status, json=body)

        return httpx.MockTransport(respond)


@asynccontextmanager
async def serving_issuer() -> AsyncIterator[Issuer]:
    """An issuer on loopback."""
    issuer = Issuer()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, path, _ = (await reader.readline()).decode().split(" ", 2)
        while (await reader.readline()).strip():
            pass
        status, body = issuer.answer(method, path)
        content = json.dumps(body).encode()
        writer.write(
            f"HTTP/1.1 {status} x\r\ncontent-length: {len(content)}\r\nconnection: close\r\n".encode()
        )
        writer.write(b"content-type: application/json\r\n\r\n" + content)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    issuer.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield issuer
