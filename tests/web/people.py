"""People who take part by plain forms, as a browser without JavaScript sends them."""

import re
from html import unescape

from fastapi.testclient import TestClient
from httpx2 import Response

FORM = re.compile(r"<form[^>]*>.*?</form>", re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def hidden(page: Response, action: str) -> dict[str, str]:
    """The hidden fields of the form with an action on a page."""
    form = next(form for form in FORM.findall(page.text) if f'action="{action}"' in form)
    return {name: unescape(value) for name, value in HIDDEN.findall(form)}


def begin(browser: TestClient) -> Response:
    """Agree to take part, tell nothing, and come to the first page of the practice."""
    fields = hidden(browser.get("/"), "/begin")
    assert browser.post("/begin", data=fields | {"agree": "yes"}).headers["location"] == "/study"
    assert browser.post("/questions", data=hidden(browser.get("/questions"), "/questions")).is_redirect
    skipped = browser.post("/plates", data=hidden(browser.get("/plates"), "/plates") | {"skip": "yes"})
    assert skipped.headers["location"] == "/study"
    return browser.get("/study")


def trial_page(browser: TestClient) -> Response | None:
    """The page with the picture that waits for an answer; None at the end of the round."""
    page = browser.get("/study")
    if page.is_redirect:
        assert page.headers["location"] == "/thanks"
        return None
    start = re.search(r'href="(/study\?ready=\w+)"', page.text)
    return browser.get(start[1]) if start else page


def picture_url(page: Response) -> str:
    """Where the picture on a page comes from."""
    found = re.search(r'<img id="picture" src="(/picture/[\w-]+)"', page.text)
    assert found
    return found[1]


def answer(browser: TestClient, page: Response, value: int, ms: str = "1234") -> Response:
    """Send an answer."""
    return browser.post("/answer", data=hidden(page, "/answer") | {"value": str(value), "ms": ms})


def value_for(page: Response) -> int:
    """An answer that fits the question of a page: "real", or three stars."""
    return 3 if hidden(page, "/answer")["question"] == "rate" else 1


def play(browser: TestClient) -> int:
    """Answer all that is left of a round; gives how many answers that were."""
    count = 0
    while page := trial_page(browser):
        assert answer(browser, page, value_for(page)).is_redirect
        count += 1
    return count
