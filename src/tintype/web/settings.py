"""What a server of a study must know beside the study itself."""

from dataclasses import dataclass, field
from typing import Final

SESSION_DAYS: Final = 60
"""Days after which a person's cookie no longer opens their session."""
ADMIN_HOURS: Final = 8
"""Hours after which the admin must give the token again."""
BODY_BYTES: Final = 16 * 1024
"""The largest body of a request; forms of the study have less than one kilobyte."""


@dataclass(frozen=True)
class Rate:
    """A token bucket: so many requests at once, and so many a second after that."""

    burst: float
    per_second: float


@dataclass(frozen=True)
class Rates:
    """Limits; those for an address are wide, as a whole class may sit behind one."""

    address: Rate = Rate(6000, 300)
    """Requests from one address."""
    session: Rate = Rate(120, 5)
    """Requests of one person."""
    begin: Rate = Rate(300, 2)
    """New people from one address."""
    login: Rate = Rate(10, 0.1)
    """Attempts at the admin token, from all addresses together."""


@dataclass(frozen=True)
class Settings:
    """How the pages are served; the keys are secrets and are never shown."""

    cookie_key: str = field(repr=False)
    """Signs cookies and form tokens."""
    admin_token: str = field(repr=False)
    """Opens the admin page."""
    behind_proxy: bool = False
    """Whether a proxy with TLS stands before this server: cookies are Secure, and the last address in
    X-Forwarded-For, which that proxy wrote, is the client's."""
    language: str = "en"
    """Which file of texts/ the pages speak."""
    contact: str = ""
    """Who answers for the study, in one line for the pages, such as a name and a mail address."""
    rates: Rates = Rates()
    """How much one client may ask for."""
