"""The server of a study: `create_app` puts pages, pictures and protection together."""

import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import FastAPI, Path, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from tintype.errors import StudyError
from tintype.study.service import Study
from tintype.web import admin, people
from tintype.web.limits import refusal
from tintype.web.pages import STATIC
from tintype.web.pictures import common_length
from tintype.web.security import protect
from tintype.web.settings import BODY_BYTES, Settings
from tintype.web.visits import Refused, Server

LOG: Final = logging.getLogger(__name__)
ANOTHER_SITE: Final = "cross-site"
"""What browsers say in Sec-Fetch-Site when a form comes from a page of another site."""


def create_app(study: Study, settings: Settings) -> FastAPI:
    """The pages of a study as an ASGI application; whoever opened the study closes it."""
    app = FastAPI(title="Tintype study", docs_url=None, redoc_url=None, openapi_url=None)
    server = app.state.server = Server(study, settings, common_length(study.folder / "images"))
    app.include_router(people.router)
    app.include_router(admin.router)
    _serve_files(app, server)
    _show_errors(app, server)

    @app.middleware("http")
    async def check(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        """Refuse what is too much before anything reads it; protect every answer."""
        refused = _refusal(server, request)
        response = server.pages.error(*refused) if refused else await call(request)
        protect(response)
        return response

    return app


def _refusal(server: Server, request: Request) -> tuple[int, int] | None:
    """Status and seconds of the error for a request that is not let in, or None."""
    seconds = server.by_address.wait(server.address(request))
    if seconds:
        return 429, int(seconds) + 1
    status = refusal(request.method, request.headers.get("content-length"), BODY_BYTES)
    if status:
        return status, 0
    foreign = request.headers.get("sec-fetch-site") == ANOTHER_SITE
    return (403, 0) if foreign and request.method not in ("GET", "HEAD") else None


def _serve_files(app: FastAPI, server: Server) -> None:
    """Add what pages load, and the sign of life."""

    @app.get("/static/{name}")
    def static(name: Annotated[str, Path()]) -> Response:
        """A style sheet, a script or a picture of the pages; their URLs change with their content."""
        if name not in STATIC:
            raise Refused(404)
        headers = {"Cache-Control": "public, max-age=86400, immutable"}
        return Response(server.pages.static[name], media_type=STATIC[name], headers=headers)

    @app.get("/healthz")
    def healthz() -> Response:
        """`ok` when the database answers."""
        server.study.participant("healthz")
        return PlainTextResponse("ok\n")


def _show_errors(app: FastAPI, server: Server) -> None:
    """Answer errors by pages for people; of faults of ours the server logs the traceback."""

    def show(_: Request, error: Exception) -> Response:
        if isinstance(error, StudyError):
            LOG.error("%s", error)
        return server.pages.error(*_status(error))

    for kind in (Refused, StudyError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, show)


def _status(error: Exception) -> tuple[int, int]:
    """Status and seconds of the page for an error."""
    match error:
        case Refused():
            return error.status, error.seconds
        case HTTPException():
            return error.status_code, 0
        case RequestValidationError():
            return 400, 0
        case _:
            return 500, 0
