import re
from html import unescape
from importlib.resources import files

import pytest
from fastapi.testclient import TestClient
from people import answer, begin, hidden, picture_url, play, trial_page, value_for

from tintype.errors import ConfigError
from tintype.study.protocol import AGE_BANDS, COLOR_VISIONS, STARS
from tintype.study.records import answers
from tintype.study.service import Study
from tintype.web import plates
from tintype.web.settings import Settings
from tintype.web.study import create_app
from tintype.web.texts import languages, texts

TEMPLATES = sorted(
    (file.name, file.read_text()) for file in files("tintype.web").joinpath("templates", "study").iterdir()
)
ENGLISH = texts("en")


def shape(value: object) -> object:
    """A text's place-holders, at each place of the tree of texts."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return sorted(set(re.findall(r"\{\w+\}", str(value))))


@pytest.mark.parametrize(("name", "template"), TEMPLATES, ids=[name for name, _ in TEMPLATES])
def test_no_template_holds_text_of_its_own(name: str, template: str) -> None:
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<!doctype html>", " ", template, flags=re.DOTALL)
    for attribute in ("alt", "aria-label", "placeholder", "title"):
        assert not re.findall(rf'\s{attribute}="[^"]*\w', bare)
    assert not re.findall(r"[^\W\d_]+", re.sub(r"<[^>]*>", " ", bare))


def test_the_script_holds_no_text_of_its_own() -> None:
    script = files("tintype.web").joinpath("static", "study.js").read_text()
    code = re.sub(r"//.*", "", script)
    assert not [text for text in re.findall(r'"([^"]*)"', code) if " " in text and text != "use strict"]


@pytest.mark.parametrize("language", languages())
def test_a_translation_has_all_texts_and_all_place_holders(language: str) -> None:
    assert shape(texts(language)) == shape(ENGLISH)
    assert texts(language)["language"] == language


def test_an_unknown_language_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="choose from en"):
        texts("tlh")


def test_the_english_texts_say_of_the_stars_what_the_protocol_says() -> None:
    assert tuple(meaning.lower() for meaning in ENGLISH["rate"]["meanings"]) == STARS


def test_the_texts_name_each_age_band_and_each_color_vision() -> None:
    assert tuple(ENGLISH["questions"]["ages"]) == AGE_BANDS
    assert tuple(ENGLISH["questions"]["visions"]) == COLOR_VISIONS


def test_a_whole_session_by_plain_forms(browser: TestClient, study: Study) -> None:
    begin(browser)
    assert play(browser) == 13
    assert "of 5 pictures right" in browser.get("/thanks").text
    assert browser.post("/round", data=hidden(browser.get("/thanks"), "/round")).is_redirect
    assert play(browser) == 10
    thanks = browser.get("/thanks").text
    assert "of 10 pictures right" in thanks and 'action="/round"' not in thanks
    stored = answers(study, scored_only=False)
    assert len(stored) == 23 and {row.response_ms for row in stored} == {1234}
    assert len({row.picture for row in stored}) == 23


def test_nobody_takes_part_without_agreeing(browser: TestClient, study: Study) -> None:
    refused = browser.post("/begin", data=hidden(browser.get("/"), "/begin"))
    assert refused.status_code == 400 and "tick the box" in refused.text
    assert browser.get("/study").headers["location"] == "/"
    assert study.progress()["participants"] == 0


def test_begin_sent_twice_is_one_person(browser: TestClient, study: Study) -> None:
    fields = hidden(browser.get("/"), "/begin") | {"agree": "yes"}
    before = dict(browser.cookies)
    browser.post("/begin", data=fields)
    browser.cookies.update(before)
    browser.post("/begin", data=fields)
    browser.post("/begin", data=fields)
    assert study.progress()["participants"] == 1


def test_an_answer_sent_twice_counts_once_and_the_first_stays(browser: TestClient, study: Study) -> None:
    begin(browser)
    page = trial_page(browser)
    assert page
    assert answer(browser, page, 1).status_code == 303
    assert answer(browser, page, 0).status_code == 303
    assert [row.answer for row in answers(study, scored_only=False)] == [1]


def test_going_back_and_on_shows_the_open_picture(browser: TestClient) -> None:
    begin(browser)
    first = trial_page(browser)
    assert first and picture_url(trial_page(browser)) == picture_url(first)  # type: ignore[arg-type]
    answer(browser, first, 1)
    second = trial_page(browser)
    assert second and picture_url(second) != picture_url(first)


def test_practice_tells_what_was_right_and_the_parts_do_not(browser: TestClient) -> None:
    begin(browser)
    for part in ("practice", "practice", "believe"):
        page = trial_page(browser)
        assert page
        told = answer(browser, page, value_for(page)).headers["location"]
        assert told.startswith("/feedback/") == (part == "practice")
        if part == "practice":
            said = browser.get(told).text
            assert ("This is a real" in said) != ("was colored by a program" in said)
        else:
            token = hidden(page, "/answer")["trial"]
            assert browser.get(f"/feedback/{token}").status_code == 404


@pytest.mark.parametrize(
    ("ms", "stored"), [("", None), ("abc", None), ("-5", None), ("1e3", None), ("77", 77)]
)
def test_a_response_time_that_is_none_does_not_lose_the_answer(
    browser: TestClient, study: Study, ms: str, stored: int | None
) -> None:
    begin(browser)
    page = trial_page(browser)
    assert page
    answer(browser, page, 1, ms)
    assert [row.response_ms for row in answers(study, scored_only=False)] == [stored]


@pytest.mark.parametrize("value", [7, -1, 100])
def test_an_answer_that_is_none_is_refused(browser: TestClient, study: Study, value: int) -> None:
    begin(browser)
    page = trial_page(browser)
    assert page
    assert answer(browser, page, value).status_code in (400, 404)
    assert not answers(study, scored_only=False)


def test_a_form_sent_again_begins_no_further_round(browser: TestClient) -> None:
    begin(browser)
    play(browser)
    form = hidden(browser.get("/thanks"), "/round")
    for _ in range(3):
        browser.post("/round", data=form)
    assert play(browser) == 10
    browser.post("/round", data=form)
    assert trial_page(browser) is None


def test_what_a_person_tells_is_stored_with_what_the_plates_say(browser: TestClient, study: Study) -> None:
    browser.post("/begin", data=hidden(browser.get("/"), "/begin") | {"agree": "yes"})
    told = {"age": "30-44", "vision": "normal"}
    browser.post("/questions", data=hidden(browser.get("/questions"), "/questions") | told)
    nonce = browser.app.state.server.guard.session(  # type: ignore[attr-defined]
        type("Request", (), {"cookies": dict(browser.cookies)})
    ).nonce
    numbers = plates.numbers(b"k" * 43, nonce)
    form = hidden(browser.get("/plates"), "/plates")
    for read, found in (
        ((True, False, False, False), "unsure"),
        ((True,) * 4, "normal"),
        ((True,) * 4, "normal"),
    ):
        typed = [str(number) if seen else "" for number, seen in zip(numbers, read, strict=True)]
        assert browser.post("/plates", data=form | {"plate": typed}).status_code == 303
        play(browser)
        assert {(row.age_band, row.color_vision) for row in answers(study)} == {("30-44", found)}


def test_words_that_no_form_offers_are_refused(browser: TestClient) -> None:
    browser.post("/begin", data=hidden(browser.get("/"), "/begin") | {"agree": "yes"})
    form = hidden(browser.get("/questions"), "/questions")
    assert browser.post("/questions", data=form | {"age": "108"}).status_code == 400


def test_deleting_takes_answers_and_cookie_away(browser: TestClient, study: Study) -> None:
    begin(browser)
    play(browser)
    assert browser.post("/delete", data=hidden(browser.get("/delete"), "/delete")).is_redirect
    assert not answers(study, scored_only=False) and not browser.cookies
    assert browser.get("/study").headers["location"] == "/"
    assert "nothing to delete" in browser.get("/delete").text


def test_the_contact_is_shown_as_it_is_and_not_as_html(study: Study) -> None:
    settings = Settings("k" * 43, "token", contact="<b>Lab</b>")
    with TestClient(create_app(study, settings)) as browser:
        assert "<b>" not in browser.get("/").text
        assert "<b>Lab</b>" in unescape(browser.get("/about").text)
