"""The pages in Chromium, at a server in a process of its own."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from served import Served

from tintype.study.records import Answer, answers
from tintype.study.service import Study

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="these tests need a browser: sudo apt-get install chromium"
)
DESK = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
UNCAGED = ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
"""Chromium has no sandbox for root."""
FINGER = 44
"""Pixels that a touch target has at least (WCAG 2.2, 2.5.5)."""
FEWER_THAN = 60
"""Presses of Tab within which everything on a page is reached."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=UNCAGED)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(made_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served") / "study"
    with Served.start(Path(shutil.copytree(made_study, folder))) as server:
        yield server


@pytest.fixture
def context(chromium: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A fresh browser window; its settings are the parameter."""
    window = chromium.new_context(base_url=served.url, **getattr(request, "param", DESK))
    window.set_default_timeout(20_000)
    yield window
    window.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def newest(served: Served) -> list[Answer]:
    """The answers of the person who came last."""
    with Study.open(served.folder) as study:
        rows = answers(study, scored_only=False)
    return [row for row in rows if row.participant == max(row.participant for row in rows)]


def begin(page: Page) -> None:
    """Agree, tell nothing, and come to the page before the practice."""
    page.goto("/")
    page.get_by_role("checkbox").check()
    for name in ("Begin", "Next", "Skip this page"):
        follow(page, page.get_by_role("button", name=name))
    expect(page.get_by_role("heading", level=1)).to_contain_text("practice")


def press_on(page: Page) -> bool:
    """Follow the one link that leads on, if the page has one."""
    link = page.locator("main a.button")
    if link.count() == 1 and not page.locator("form").count():
        follow(page, link)
        return True
    return False


def follow(page: Page, target: Locator) -> None:
    """Click, and wait for the page that comes."""
    with page.expect_navigation():
        target.click()


def agree(page: Page) -> None:
    """Answer "real", or four stars."""
    perfect = page.get_by_role("button", name="Perfect")
    follow(page, perfect if perfect.count() else page.get_by_role("button", name="Real photograph"))


def play(page: Page) -> int:
    """Answer all that is left of a round, by mouse or finger; gives how many answers that were."""
    count = 0
    while not page.url.endswith("/thanks"):
        if not press_on(page):
            agree(page)
            count += 1
    return count


def test_a_whole_session_by_mouse(page: Page, served: Served) -> None:
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    begin(page)
    sizes = set()
    count = 0
    while not page.url.endswith("/thanks"):
        if press_on(page):
            continue
        picture = page.locator("#picture")
        expect(picture).to_have_js_property("complete", True)
        box = picture.bounding_box()
        assert box
        sizes.add((box["x"], box["width"], box["height"]))
        page.wait_for_timeout(50)
        agree(page)
        count += 1
    assert count == 13
    expect(page.locator("main")).to_contain_text(re.compile(r"You told \d of 5 pictures right"))
    page.get_by_role("button", name="Another round").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Part one")
    stored = newest(served)
    assert len(stored) == 13
    assert all(row.response_ms is not None and 30 <= row.response_ms < 20_000 for row in stored)
    assert len(sizes) == 1, "pictures are all shown at one size and place"
    assert not said
    assert {url for url in asked if not url.startswith(served.url)} == set()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the thing of a name has the focus, which must be visible."""
    for _ in range(FEWER_THAN):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and name in (focused.text_content() or focused.get_attribute("name") or ""):
            assert focused.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
            return
    raise AssertionError(f"Tab does not reach {name}")


def test_a_whole_session_by_keyboard_alone(page: Page, served: Served) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_class("skip")
    tab_to_box = page.get_by_role("checkbox")
    for _ in range(FEWER_THAN):
        page.keyboard.press("Tab")
        if tab_to_box.evaluate("e => e === document.activeElement"):
            break
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    tab_to(page, "Next")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plates")
    tab_to(page, "Skip this page")
    page.keyboard.press("Enter")
    page.wait_for_url("**/study")
    tab_to(page, "Start practice")
    page.keyboard.press("Enter")
    page.wait_for_url("**/study?ready=practice")
    tab_to(page, "Colored by a program")
    page.keyboard.press("Space")
    page.wait_for_url("**/feedback/**")
    keys = {"believe": "r", "rate": "2"}
    while not page.url.endswith("/thanks"):
        if page.locator("main a.button").count():
            tab_to(page, page.locator("main a.button").inner_text())
            key = "Enter"
        else:
            expect(page.locator("kbd").first).to_be_visible()
            key = keys[page.locator("[name=question]").get_attribute("value") or ""]
        with page.expect_navigation():
            page.keyboard.press(key)
    stored = newest(served)
    assert len(stored) == 13 and stored[0].answer == 0
    assert {row.answer for row in stored if row.part == "believe"} == {1}
    assert {row.answer for row in stored if row.part == "rate"} == {2}


def test_keys_can_be_switched_off_and_stay_off(page: Page) -> None:
    begin(page)
    press_on(page)
    page.get_by_role("button", name="Keyboard shortcuts: on").click()
    expect(page.locator("kbd")).to_have_count(0)
    before = page.locator("[name=trial]").get_attribute("value")
    page.keyboard.press("r")
    page.reload()
    page.keyboard.press("c")
    expect(page.get_by_role("button", name="Keyboard shortcuts: off")).to_be_visible()
    assert page.locator("[name=trial]").get_attribute("value") == before


TOO_SMALL = """least => [...document.querySelectorAll("a, button, label.choice, input:not([type=hidden])")]
  .filter(each => each.checkVisibility() && !(each.tagName === "INPUT" && each.closest("label")))
  .map(each => [each.getBoundingClientRect(), each])
  .filter(([box]) => Math.min(box.width, box.height) < least)
  .map(([, each]) => each.outerHTML)"""
UNSEEN = """() => [...document.querySelectorAll(".buttons button")]
  .filter(each => each.getBoundingClientRect().bottom > innerHeight).map(each => each.outerHTML)"""


def assert_fits_a_phone(page: Page) -> None:
    """No scrolling sideways, nothing to touch that is smaller than a finger, answers beside the picture."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(TOO_SMALL, FINGER) == []
    assert page.evaluate(UNSEEN) == []


@pytest.mark.parametrize("context", [PHONE], indirect=True)
def test_a_whole_session_on_a_phone(page: Page) -> None:
    page.goto("/")
    assert_fits_a_phone(page)
    page.get_by_role("checkbox").tap()
    with page.expect_navigation():
        page.get_by_role("button", name="Begin").tap()
    assert_fits_a_phone(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Next").tap()
    assert_fits_a_phone(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Skip this page").tap()
    while not page.url.endswith("/thanks"):
        assert_fits_a_phone(page)
        buttons = page.locator(".buttons button")
        with page.expect_navigation():
            (buttons.last if buttons.count() else page.locator("main a.button")).tap()
    for path in ("/thanks", "/about", "/delete", "/admin", "/nothing"):
        page.goto(path)
        assert_fits_a_phone(page)


@pytest.mark.parametrize("context", [DESK | {"java_script_enabled": False}], indirect=True)
def test_a_whole_session_without_javascript(page: Page, served: Served) -> None:
    begin(page)
    assert play(page) == 13
    assert [row.response_ms for row in newest(served)] == [None] * 13
    page.get_by_role("link", name="Delete my answers").click()
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers are deleted")


def test_who_leaves_comes_back_to_the_same_picture(page: Page, chromium: Browser, served: Served) -> None:
    begin(page)
    press_on(page)
    agree(page)
    press_on(page)
    left = page.locator("[name=trial]").get_attribute("value")
    state = page.context.storage_state()
    page.context.close()
    with chromium.new_context(base_url=served.url, storage_state=state) as window:
        again = window.new_page()
        again.goto("/")
        again.get_by_role("link", name="Go on where you left").click()
        assert again.locator("[name=trial]").get_attribute("value") == left
        agree(again)
    assert [row.part for row in newest(served)] == ["practice", "practice"]


def test_double_clicks_and_the_back_button_lose_and_double_nothing(page: Page, served: Served) -> None:
    begin(page)
    press_on(page)
    page.get_by_role("button", name="Real photograph").dblclick()
    page.wait_for_url("**/feedback/**")
    press_on(page)
    agree(page)
    page.go_back()
    expect(page.get_by_role("button", name="Perfect").or_(page.locator("main a.button"))).to_have_count(1)
    play(page)
    stored = newest(served)
    assert len(stored) == 13 and stored[0].answer == 1


@pytest.mark.parametrize(
    "context", [DESK, DESK | {"color_scheme": "dark"}], indirect=True, ids=["light", "dark"]
)
def test_axe_finds_nothing_on_any_page(page: Page, served: Served) -> None:
    axe, seen = Axe(), set()

    def check() -> None:
        found = axe.run(page)
        assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
        seen.add(page.url.removeprefix(served.url).split("/")[1].split("?")[0])

    page.goto("/")
    check()
    page.locator("[name=agree]").evaluate("e => e.required = false")
    follow(page, page.get_by_role("button", name="Begin"))
    check()
    page.get_by_role("checkbox").check()
    follow(page, page.get_by_role("button", name="Begin"))
    check()
    follow(page, page.get_by_role("button", name="Next"))
    check()
    follow(page, page.get_by_role("button", name="Skip this page"))
    checked = set()
    while not page.url.endswith("/thanks"):
        title = re.sub(r"\d", "", page.title())
        if title not in checked:
            check()
            checked.add(title)
        if not press_on(page):
            agree(page)
    check()
    for path in ("/", "/about", "/nothing", "/delete", "/admin"):
        page.goto(path)
        check()
    page.get_by_label("Admin token").fill("wrong")
    follow(page, page.get_by_role("button", name="Log in"))
    check()
    page.get_by_label("Admin token").fill(re.findall(r'admin_token": "(.*)"', served_secrets(served))[0])
    follow(page, page.get_by_role("button", name="Log in"))
    expect(page.get_by_role("table")).to_be_visible()
    check()
    page.goto("/delete")
    follow(page, page.get_by_role("button", name="Delete everything"))
    check()
    assert seen >= {"", "begin", "questions", "plates", "study", "feedback", "thanks", "about", "delete"}


def served_secrets(served: Served) -> str:
    """The server's keys, as they lie on the disk."""
    return (served.folder / "secrets.json").read_text()
