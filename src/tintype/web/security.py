"""Who a request comes from, whether its form is ours, and what a browser may do with our pages."""

import hmac
import secrets
from dataclasses import asdict, dataclass
from ipaddress import ip_address, ip_network
from typing import Any, Final

from itsdangerous import BadSignature, Signer, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from tintype.web.settings import ADMIN_HOURS, SESSION_DAYS, Settings

CONTENT_SECURITY: Final = "; ".join(
    (
        "default-src 'none'",
        "img-src 'self'",
        "style-src 'self'",
        "script-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
NOT_NEEDED: Final = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "usb",
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in NOT_NEEDED),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True)
class Session:
    """What the cookie holds."""

    nonce: str
    """Chance; form tokens and the numbers on the plates follow from it."""
    person: str | None = None
    """The secret token of the person in the study, once they agreed to take part."""
    asked: int = 0
    """How many of the two pages of questions they have been through."""
    said: str | None = None
    """What they said of their color vision, before the plates."""


class Guard:
    """Signs and reads cookies and form tokens."""

    def __init__(self, settings: Settings) -> None:
        self._secure = settings.behind_proxy
        prefix = "__Host-" if self._secure else ""
        self.cookie: Final = f"{prefix}study"
        self.admin_cookie: Final = f"{prefix}admin"
        self._sessions = URLSafeTimedSerializer(settings.cookie_key, salt="session")
        self._admins = URLSafeTimedSerializer(settings.cookie_key, salt="admin")
        self._forms = Signer(settings.cookie_key, salt="form")
        self._admin_token = settings.admin_token

    def session(self, request: Request) -> Session | None:
        """The session in the request's cookie; None without one, and for one that is forged or too old."""
        held = self._loads(self._sessions, request.cookies.get(self.cookie), SESSION_DAYS * 24 * 3600)
        try:
            return Session(**held) if isinstance(held, dict) else None
        except TypeError:
            return None

    def keep(self, response: Response, session: Session) -> None:
        """Give the browser a session's cookie."""
        self._set(response, self.cookie, self._sessions.dumps(asdict(session)), SESSION_DAYS * 24 * 3600)

    def forget(self, response: Response, cookie: str) -> None:
        """Take a cookie away."""
        response.delete_cookie(cookie, path="/", secure=self._secure, httponly=True, samesite="lax")

    def form_token(self, session: Session) -> str:
        """What a session's forms carry, so that no other site can send them."""
        return self._forms.get_signature(session.nonce).decode()

    def is_ours(self, session: Session, form_token: str) -> bool:
        """Whether a form came from a page of this session."""
        return hmac.compare_digest(self.form_token(session).encode(), form_token.encode())

    def is_admin_token(self, token: str) -> bool:
        """Whether this is the token of the admin page."""
        return hmac.compare_digest(self._admin_token.encode(), token.strip().encode())

    def admit(self, response: Response) -> None:
        """Let the browser see the admin page for some hours."""
        self._set(response, self.admin_cookie, self._admins.dumps(self._who()), ADMIN_HOURS * 3600)

    def is_admin(self, request: Request) -> bool:
        """Whether the browser gave the present admin token not long ago."""
        held = self._loads(self._admins, request.cookies.get(self.admin_cookie), ADMIN_HOURS * 3600)
        return isinstance(held, str) and hmac.compare_digest(held.encode(), self._who().encode())

    def _who(self) -> str:
        """A mark of the admin token, so that a changed token shuts out who gave the old one."""
        return hmac.digest(self._admin_token.encode(), b"admin", "sha256").hex()

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        """Set a cookie that scripts and other sites do not get."""
        response.set_cookie(
            name, value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    @staticmethod
    def _loads(serializer: URLSafeTimedSerializer, text: str | None, seconds: int) -> Any:
        """What a signed text holds; None if it is missing, forged or too old."""
        try:
            return serializer.loads(text, max_age=seconds) if text else None
        except BadSignature:
            return None


def new_session() -> Session:
    """A session of nobody yet."""
    return Session(secrets.token_urlsafe(16))


def client(request: Request, *, behind_proxy: bool) -> str:
    """The address that a request comes from; behind a proxy the one that the proxy saw.

    Of an IPv6 address only the network (/64): one home has all the addresses in it.
    """
    told = request.headers.get("x-forwarded-for", "") if behind_proxy else ""
    direct = request.client.host if request.client else ""
    text = told.rpartition(",")[2].strip() or direct
    try:
        address = ip_address(text)
    except ValueError:
        return text
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else text


def protect(response: Response) -> None:
    """Add the headers that every answer has; nothing is stored by browser or proxy unless said otherwise."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "no-store")
