"""The pages for the people who take part, from welcome to thanks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

from fastapi import APIRouter, Form
from starlette.responses import Response

from tintype.errors import StudyError
from tintype.study.service import AGE_BANDS, COLOR_VISIONS, Participant, Trial
from tintype.web import plates
from tintype.web.pages import go
from tintype.web.pictures import disguised
from tintype.web.settings import SESSION_DAYS
from tintype.web.visits import Field, Refused, Sending, Visit, Visiting, limit

router: Final = APIRouter()

LONGEST_MS: Final = 24 * 3600 * 1000
"""A response time above this is none."""


def _welcome(visit: Visit, *, problem: bool = False) -> Response:
    """The first page."""
    protocol = visit.server.study.protocol
    return visit.page(
        "welcome.html",
        400 if problem else 200,
        problem=problem,
        person=visit.participant() is not None,
        practice=protocol.practice,
        part_one=protocol.part_one,
        part_two=protocol.part_two,
    )


@router.get("/")
def welcome(visit: Visiting) -> Response:
    """What the study is, and whether one agrees."""
    return _welcome(visit)


@router.post("/begin")
def begin(visit: Sending, agree: Field = "") -> Response:
    """Take part; sent twice, it is still one person."""
    if visit.participant():
        return go("/study")
    if agree != "yes":
        return _welcome(visit, problem=True)
    limit(visit.server.begins, visit.server.address(visit.request))
    return visit.keep(go("/study"), person=visit.server.beginners.enrol(visit.session), asked=0, said=None)


def _unasked(visit: Visit, participant: Participant) -> str | None:
    """The page of questions that comes next, if one does: none after the first answer."""
    protocol = visit.server.study.protocol
    if any(participant.answered.values()):
        return None
    if visit.session.asked < 1 and (protocol.ask_age or protocol.ask_color_vision):
        return "/questions"
    return "/plates" if visit.session.asked < 2 and protocol.ask_color_vision else None


@router.get("/questions")
def questions(visit: Visiting) -> Response:
    """Age band and color vision, both optional."""
    participant = visit.participant()
    if participant is None:
        return go("/")
    protocol, text = visit.server.study.protocol, visit.server.pages.texts["questions"]
    groups = (
        ("age", protocol.ask_age, text["age"], text["ages"], participant.age_band),
        ("vision", protocol.ask_color_vision, text["vision"], text["visions"], visit.session.said),
    )
    return visit.page("questions.html", groups=groups)


@router.post("/questions")
def describe(visit: Sending, age: Field = "", vision: Field = "") -> Response:
    """Store what was told."""
    if age not in ("", *AGE_BANDS) or vision not in ("", *COLOR_VISIONS):
        raise Refused(400)
    visit.server.study.describe(visit.token, age or None, vision or None)
    return visit.keep(go("/study"), asked=1, said=vision or None)


@router.get("/plates")
def show_plates(visit: Visiting) -> Response:
    """The disks of dots."""
    if visit.participant() is None:
        return go("/")
    return visit.page("plates.html", of=len(plates.SCHEMES))


@router.get("/plates/{position}")
def plate(visit: Visiting, position: int) -> Response:
    """One disk of dots; which number is on it, only the server's key tells."""
    if visit.new or not 1 <= position <= len(plates.SCHEMES):
        raise Refused(404)
    index = position - 1
    number = _plate_numbers(visit)[index]
    png = plates.draw(number, plates.SCHEMES[index], index % plates.LAYOUTS)
    return Response(png, media_type="image/png")


@router.post("/plates")
def read_plates(
    visit: Sending, plate: Annotated[list[str], Form(default_factory=list)], skip: Field = ""
) -> Response:
    """Store what the disks say together with what the person said; nothing if they were passed over."""
    participant = visit.participant()
    if participant is None:
        return go("/")
    shown = _plate_numbers(visit)
    if not skip and any(text.strip() for text in plate):
        if len(plate) != len(shown):
            raise Refused(400)
        found = plates.together(visit.session.said, plates.judge(plate, shown))
        visit.server.study.describe(visit.token, participant.age_band, found)
    return visit.keep(go("/study"), asked=2)


def _plate_numbers(visit: Visit) -> tuple[int, ...]:
    """The numbers on this session's plates."""
    return plates.numbers(visit.server.settings.cookie_key.encode(), visit.session.nonce)


@router.get("/study")
def study(visit: Visiting, ready: str = "") -> Response:
    """Whatever comes next for this person; a part begins with a page that says what it asks."""
    participant = visit.participant()
    if participant is None:
        return go("/")
    unasked = _unasked(visit, participant)
    if unasked:
        return go(unasked)
    trial = visit.server.study.next_trial(visit.token)
    if trial is None:
        return go("/thanks")
    if trial.position == 0 and ready != trial.part:
        return _intro(visit, trial)
    return visit.page("trial.html", trial=trial)


def _intro(visit: Visit, trial: Trial) -> Response:
    """What a part asks."""
    text = visit.server.pages.texts[trial.part]
    title = text["title_one"] if trial.part == "practice" and trial.of == 1 else text["title"]
    return visit.page("intro.html", trial=trial, title=title, lead=text["lead"].format(of=trial.of))


@contextmanager
def _own_trial(visit: Visit) -> Iterator[None]:
    """Turn the error for a trial that is not this person's into a page, but not one of the database."""
    try:
        yield
    except StudyError as error:
        visit.participant()
        raise Refused(404) from error


@router.get("/picture/{trial_token}")
def picture(visit: Visiting, trial_token: str) -> Response:
    """The picture of one of the person's own trials, disguised; all of them have the same headers."""
    if visit.session.person is None:
        raise Refused(404)
    with _own_trial(visit):
        file = visit.server.study.image_file(visit.token, trial_token)
    png = disguised(file.read_bytes(), visit.server.picture_length)
    return Response(png, media_type="image/png", headers={"Cache-Control": "no-store, no-transform"})


@router.post("/answer")
def answer(visit: Sending, trial: Field, value: Field, ms: Field = "", question: Field = "") -> Response:
    """Store an answer, then send the browser on: whoever sees the next page, has their answer on the disk."""
    if not (value.isascii() and value.isdigit() and len(value) < 3):
        raise Refused(400)
    with _own_trial(visit):
        visit.server.study.answer(visit.token, trial, int(value), _milliseconds(ms))
    try:
        visit.server.study.practice_truth(visit.token, trial)
    except StudyError:
        return go("/study")
    asked = "rate" if question == "rate" else "believe"
    return go(f"/feedback/{trial}?question={asked}&said={int(value)}")


def _milliseconds(text: str) -> int | None:
    """A response time that the page measured; None without JavaScript."""
    known = text.isascii() and text.isdigit() and len(text) < 12
    return int(text) if known and int(text) <= LONGEST_MS else None


@router.get("/feedback/{trial_token}")
def feedback(visit: Visiting, trial_token: str, said: int = 0, question: str = "believe") -> Response:
    """After a practice trial: what the picture was."""
    with _own_trial(visit):
        real = visit.server.study.practice_truth(visit.token, trial_token)
    text, rate = visit.server.pages.texts["feedback"], visit.server.pages.texts["rate"]
    verdict, told = text["right"] if said == real else text["wrong"], ""
    if question == "rate":
        verdict = text["thanks"]
        told = text["rated"].format(stars=rate["stars"][said - 1]) if 1 <= said <= len(rate["stars"]) else ""
    truth = text["real"] if real else text["colorized"]
    return visit.page("feedback.html", token=trial_token, verdict=verdict, told=told, truth=truth)


@router.get("/thanks")
def thanks(visit: Visiting) -> Response:
    """The end of a round, with one's own score."""
    participant = visit.participant()
    if participant is None or not participant.round_over:
        return go("/study")
    score = visit.server.study.score(visit.token)
    return visit.page("thanks.html", score=score, more=participant.may_start_round, round=participant.round)


@router.post("/round")
def another_round(visit: Sending, round: Field) -> Response:
    """Begin another round, unless the form is of a round before the last."""
    participant = visit.participant()
    if participant and round == str(participant.round):
        visit.server.study.start_round(visit.token)
    return go("/study")


@router.get("/about")
def about(visit: Visiting) -> Response:
    """What is stored, and what for."""
    return visit.page("about.html", days=SESSION_DAYS)


@router.get("/delete")
def ask_to_delete(visit: Visiting) -> Response:
    """Whether one really wants to delete one's answers."""
    return visit.page("delete.html", person=visit.participant() is not None)


@router.post("/delete")
def delete(visit: Sending) -> Response:
    """Delete the person's answers, and the cookie."""
    if visit.participant():
        visit.server.study.withdraw(visit.token)
    response = go("/deleted")
    visit.server.guard.forget(response, visit.server.guard.cookie)
    return response


@router.get("/deleted")
def deleted(visit: Visiting) -> Response:
    """That nothing is left."""
    return visit.page("deleted.html")
