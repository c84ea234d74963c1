"""One request of one browser: who it is, whether it may, and the pages it gets."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from math import ceil
from threading import Lock
from typing import Annotated, Any, Final

from fastapi import Depends, Form
from starlette.requests import Request
from starlette.responses import Response

from tintype.study.service import Participant, Study
from tintype.web.limits import Buckets
from tintype.web.pages import Pages
from tintype.web.security import Guard, Session, client, new_session
from tintype.web.settings import Settings

REMEMBERED: Final = 10_000
"""How many people who have just begun are remembered."""


class Refused(Exception):
    """A request that gets an error page; `seconds` says when to come back, for status 429."""

    def __init__(self, status: int, seconds: float = 0) -> None:
        super().__init__(status)
        self.status = status
        self.seconds = ceil(seconds)


class Beginners:
    """Enrols people, one for each session, even if a form is sent twice at once."""

    def __init__(self, study: Study, language: str) -> None:
        self._study = study
        self._language = language
        self._tokens: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def enrol(self, session: Session) -> str:
        """The token of the person who begins in this session, who has agreed to take part."""
        with self._lock:
            if session.nonce not in self._tokens:
                token = self._study.enrol(self._language)
                self._study.consent(token)
                self._tokens[session.nonce] = token
                if len(self._tokens) > REMEMBERED:
                    self._tokens.popitem(last=False)
            return self._tokens[session.nonce]


class Server:
    """What all requests share."""

    def __init__(self, study: Study, settings: Settings, picture_length: int) -> None:
        self.study: Final = study
        self.settings: Final = settings
        self.picture_length: Final = picture_length
        """Bytes of every picture that is sent."""
        self.guard: Final = Guard(settings)
        self.pages: Final = Pages(study, settings, self.guard)
        self.beginners: Final = Beginners(study, settings.language)
        rates = settings.rates
        self.by_address: Final = Buckets(rates.address)
        self.by_session: Final = Buckets(rates.session)
        self.begins: Final = Buckets(rates.begin)
        self.logins: Final = Buckets(rates.login)

    def address(self, request: Request) -> str:
        """Where a request comes from."""
        return client(request, behind_proxy=self.settings.behind_proxy)


@dataclass(frozen=True)
class Visit:
    """A request with its session."""

    server: Server
    request: Request
    session: Session
    new: bool
    """Whether the session begins with this request."""

    @property
    def token(self) -> str:
        """The person's token. Raises `Refused` for nobody."""
        if self.session.person is None:
            raise Refused(403)
        return self.session.person

    def participant(self) -> Participant | None:
        """The person of this session, if one takes part."""
        person = self.session.person and self.server.study.participant(self.session.person)
        return person if person and person.consented and not person.withdrawn else None

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page for this session."""
        return self.server.pages.page(template, self.session, values, new=self.new, status=status)

    def keep(self, response: Response, **changes: Any) -> Response:
        """The response with the session's cookie, changed."""
        self.server.guard.keep(response, replace(self.session, **changes))
        return response


def visit(request: Request) -> Visit:
    """The visit that a request is. Raises `Refused` for more requests than a person makes."""
    server: Server = request.app.state.server
    session = server.guard.session(request)
    if session is None:
        return Visit(server, request, new_session(), new=True)
    limit(server.by_session, session.person or session.nonce)
    return Visit(server, request, session, new=False)


def sent(visited: Annotated[Visit, Depends(visit)], csrf: Annotated[str, Form()] = "") -> Visit:
    """The visit of a form that was sent. Raises `Refused` if the form is none of this session's."""
    if visited.new or not visited.server.guard.is_ours(visited.session, csrf):
        raise Refused(403)
    return visited


def limit(buckets: Buckets, who: str) -> None:
    """Count a request; raises `Refused` if it is one too many."""
    seconds = buckets.wait(who)
    if seconds:
        raise Refused(429, seconds)


Visiting = Annotated[Visit, Depends(visit)]
Sending = Annotated[Visit, Depends(sent)]
Field = Annotated[str, Form()]
