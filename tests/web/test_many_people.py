from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from httpx2 import Client, HTTPError
from people import begin, hidden, picture_url, trial_page
from served import Served

from tintype.study.records import Answer, answers
from tintype.study.service import Study

PEOPLE = 50
ANSWERS = 13
"""Of a round: two for practice, five and five, and an attention check."""


def browser_at(url: str) -> Client:
    """A browser without JavaScript."""
    return Client(base_url=url, timeout=60, follow_redirects=False)


def stored(folder: Path) -> dict[int, list[Answer]]:
    """What the study holds, by person and in order."""
    with Study.open(folder) as study:
        people: dict[int, list[Answer]] = {}
        for row in answers(study, scored_only=False):
            people.setdefault(row.participant, []).append(row)
    return people


def take_part(url: str, person: int) -> list[int]:
    """Go through a round, each answer sent twice at once; gives the answers."""
    with browser_at(url) as browser, ThreadPoolExecutor(1) as another:
        begin(browser)
        sent = []
        while page := trial_page(browser):
            assert browser.get(picture_url(page)).status_code == 200
            fields = hidden(page, "/answer")
            value = (person + len(sent)) % 2 + (2 if fields["question"] == "rate" else 0)
            form = fields | {"value": str(value), "ms": str(1000 + person)}
            again = another.submit(browser.post, "/answer", data=form)
            assert browser.post("/answer", data=form).status_code == 303
            assert again.result().status_code == 303
            sent.append(value)
        assert browser.get("/thanks").status_code == 200
    return sent


def test_fifty_people_at_once_lose_no_answer_and_double_none(folder: Path) -> None:
    with Served.start(folder) as served, ThreadPoolExecutor(PEOPLE) as pool:
        sent = list(pool.map(lambda person: take_part(served.url, person), range(PEOPLE)))
    people = stored(folder)
    assert sorted(people) == list(range(1, PEOPLE + 1))
    by_time = {rows[0].response_ms: [row.answer for row in rows] for rows in people.values()}
    assert by_time == {1000 + person: values for person, values in enumerate(sent)}
    for rows in people.values():
        assert len(rows) == ANSWERS
        assert len({row.picture for row in rows}) == ANSWERS


def answer_until_it_ends(browser: Client, enough: Event, many: int) -> list[int]:
    """Answer until server or round ends, set `enough` after so many, and give the confirmed answers."""
    confirmed: list[int] = []
    try:
        while page := trial_page(browser):  # type: ignore[arg-type]
            fields = hidden(page, "/answer")
            value = 1 + len(confirmed) % 2 if fields["question"] == "rate" else len(confirmed) % 2
            if browser.post("/answer", data=fields | {"value": str(value)}).status_code == 303:
                confirmed.append(value)
            if len(confirmed) == many:
                enough.set()
    except HTTPError:
        pass
    return confirmed


def test_a_killed_server_loses_no_answer_that_it_confirmed(folder: Path) -> None:
    enough = Event()
    with Served.start(folder) as served, ThreadPoolExecutor(4) as pool:
        browsers = [browser_at(served.url) for _ in range(4)]
        for browser in browsers:
            begin(browser)  # type: ignore[arg-type]
        results = [pool.submit(answer_until_it_ends, browser, enough, 6) for browser in browsers]
        assert enough.wait(60)
        served.kill()
        confirmed = [result.result() for result in results]
    held = stored(folder)
    for person, values in enumerate(confirmed, start=1):
        kept = [row.answer for row in held.get(person, [])]
        assert kept[: len(values)] == values
        assert len(kept) <= len(values) + 1  # one may be stored whose confirmation did not arrive
    with Served.start(folder) as served:
        for browser in browsers:
            browser.base_url = served.url
            answer_until_it_ends(browser, enough, -1)
            browser.close()
    assert {len(rows) for rows in stored(folder).values()} == {ANSWERS}
