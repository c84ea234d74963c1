"""From templates and texts to answers of the server."""

import hashlib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tintype.study.service import Study
from tintype.web.security import Guard, Session, protect
from tintype.web.settings import Settings
from tintype.web.texts import fill, texts

STATIC: Final = {"study.css": "text/css", "study.js": "text/javascript", "icon.svg": "image/svg+xml"}
"""The files that pages load, with their types."""


class Pages:
    """Writes the pages of one study."""

    def __init__(self, study: Study, settings: Settings, guard: Guard) -> None:
        self.texts: Final = texts(settings.language)
        self.static: Final = {name: _static(name) for name in STATIC}
        self._guard = guard
        loader = PackageLoader("tintype.web", "templates/study")
        self._environment = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._environment.filters["fill"] = fill
        digest = hashlib.sha256(b"".join(self.static.values())).hexdigest()
        self._environment.globals.update(
            t=self.texts,
            name=study.protocol.name,
            contact=settings.contact,
            version=digest[:12],
            person=False,
            parts=("practice", "believe", "rate")[0 if study.protocol.practice else 1 :],
        )

    def page(
        self,
        template: str,
        session: Session,
        values: Mapping[str, Any] | None = None,
        *,
        new: bool = False,
        status: int = 200,
    ) -> Response:
        """A page for a session; a new one gets its cookie with it."""
        common = {"csrf": self._guard.form_token(session), "person": session.person is not None}
        response = HTMLResponse(self._write(template, common | dict(values or {})), status)
        if new:
            self._guard.keep(response, session)
        return response

    def error(self, status: int, seconds: int = 0) -> Response:
        """A page that says what went wrong and what to do; complete with headers."""
        said = self.texts["errors"].get(str(status), self.texts["errors"]["400"])
        response = HTMLResponse(self._write("error.html", {"said": said, "seconds": seconds}), status)
        if seconds:
            response.headers["Retry-After"] = str(seconds)
        protect(response)
        return response

    def _write(self, template: str, values: Mapping[str, Any]) -> str:
        """The text of a page."""
        return self._environment.get_template(template).render(values)


def go(path: str) -> Response:
    """Send the browser on, by GET (303), so that reloading and going back send nothing twice."""
    return RedirectResponse(path, 303)


def _static(name: str) -> bytes:
    """A file that pages load."""
    return files("tintype.web").joinpath("static", name).read_bytes()
