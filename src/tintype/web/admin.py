"""The page for the people who run a study: how far it is."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from tintype.study import records
from tintype.study.export import ANSWERS, cell
from tintype.web.pages import go
from tintype.web.visits import Field, Sending, Visit, Visiting, limit

router: Final = APIRouter()


def _is_admin(visit: Visit) -> bool:
    """Whether this browser gave the admin token."""
    return visit.server.guard.is_admin(visit.request)


@router.get("/admin")
def admin(visit: Visiting) -> Response:
    """Progress, or the form that asks for the token."""
    if not _is_admin(visit):
        return visit.page("login.html", problem=False)
    study = visit.server.study
    facts = list(flat(study.progress()))
    return visit.page("admin.html", facts=facts, sha256=study.protocol_sha256)


@router.post("/admin/login")
def login(visit: Sending, token: Field = "") -> Response:
    """Take the token; attempts are few."""
    limit(visit.server.logins, "all")
    if not visit.server.guard.is_admin_token(token):
        return visit.page("login.html", 403, problem=True)
    response = go("/admin")
    visit.server.guard.admit(response)
    return response


@router.post("/admin/logout")
def logout(visit: Sending) -> Response:
    """Forget that the token was given."""
    response = go("/admin")
    visit.server.guard.forget(response, visit.server.guard.admin_cookie)
    return response


@router.get("/admin/answers.csv")
def download(visit: Visiting) -> Response:
    """All answers, as `tintype study export` writes them."""
    if not _is_admin(visit):
        return go("/admin")
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([column.name for column in ANSWERS])
    for row in records.answers(visit.server.study, scored_only=False):
        writer.writerow([cell(column.value(row)) for column in ANSWERS])
    headers = {"Content-Disposition": 'attachment; filename="answers.csv"'}
    return Response(table.getvalue(), media_type="text/csv", headers=headers)


def flat(facts: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Nested numbers as lines: `answers, believe, truth` and its count."""
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}, ")
        else:
            yield f"{prefix}{name}", value
