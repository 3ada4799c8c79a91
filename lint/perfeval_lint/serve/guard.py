"""Access control by Host, Origin and token, and the security headers of every response.

Host is checked because a foreign page can make its own name point at this machine; Origin because it can post here.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from perfeval_lint.serve.model import Answer, problem

COOKIE = "perfeval-token"
_LOOPBACK_NAMES = ("localhost",)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Access:
    """The names of this server besides addresses and localhost, and the token a request needs ("" for none)."""

    names: frozenset[str] = frozenset()
    token: str = ""

    def knows(self, host: str) -> bool:
        """Returns whether a Host header names this server. Any address does: only names can be made to point here."""
        name = _host_name(host)
        return name in _LOOPBACK_NAMES or name in self.names or _is_address(name)

    def admits(self, given: Iterable[str]) -> bool:
        """Returns whether one of the tokens given is the right one."""
        return not self.token or any(hmac.compare_digest(one.encode(), self.token.encode()) for one in given)


class Guard:
    """Rejects forbidden requests; adds the security headers to every response."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or refuses it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self.app)(scope, receive, send_secured)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self.access.knows(host):
            message = f"这台服务器不叫“{_host_name(host)[:100]}”；请用启动时显示的地址打开"
            return as_response(problem(421, "host", message))
        if not self._same_origin(headers, scope["scheme"], host):
            return as_response(problem(403, "origin", "请求来自别的网页，已拒绝；请从本页操作"))
        tokens = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [])
        if scope["path"] == "/" and tokens and self.access.token and self.access.admits(tokens):
            return self._let_in(host)
        if not self.access.admits(_tokens(headers, _cookie(host))):
            return as_response(problem(401, "token", "需要口令：请用启动时显示的完整地址打开"))
        return None

    def _same_origin(self, headers: Headers, scheme: str, host: str) -> bool:
        """Returns whether a request comes from this server's own page, or from no page at all.

        Under a name given to it the server may be behind a proxy that speaks HTTPS.
        """
        own = {f"{scheme}://{host}"}
        if _host_name(host) in self.access.names:
            own.add(f"https://{host}")
        if headers.get("origin", f"{scheme}://{host}") not in own:
            return False
        return headers.get("sec-fetch-site", "none") in ("same-origin", "none") or _is_visit(headers)

    def _let_in(self, host: str) -> Response:
        """Returns a redirect that moves the token from the address into a cookie.

        SameSite is Lax: a link on another page works, what that page posts comes without the cookie.
        """
        response = RedirectResponse("/", 303)
        response.set_cookie(_cookie(host), self.access.token, httponly=True, samesite="lax", path="/")
        return response


def as_response(answer: Answer) -> Response:
    """Returns an answer as a response, without a name to save it under."""
    headers = {"Retry-After": "2"} if answer.status == 503 else {}
    if answer.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(answer.body, answer.status, headers, answer.kind)


def _host_name(host: str) -> str:
    """Returns the name in a Host header, without its port and the brackets of an IPv6 address."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_visit(headers: Headers) -> bool:
    """Returns whether a request follows a link from another page to this one, which shows nobody's data."""
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"


def _cookie(host: str) -> str:
    """Returns the name of the cookie, one for each port: browsers send a host's cookies to all its ports."""
    port = host.rpartition(":")[2]
    return f"{COOKIE}-{port}" if port.isdecimal() and port.isascii() else COOKIE


def _tokens(headers: Headers, name: str) -> list[str]:
    given = headers.get("authorization", "")
    found = [given[7:]] if given.lower().startswith("bearer ") else []
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        cookie = None
    return [*found, *([cookie.value] if cookie else [])]
