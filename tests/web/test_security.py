import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from itsdangerous import URLSafeTimedSerializer
from people import answer, begin, hidden, picture_url, play, trial_page
from starlette.routing import Route

from tintype.cli.study_serve import bound, serve
from tintype.errors import ConfigError, StudyError
from tintype.study.place import Place
from tintype.study.records import answers
from tintype.study.service import Study
from tintype.web import admin
from tintype.web import people as people_pages
from tintype.web.keys import keys
from tintype.web.limits import Buckets
from tintype.web.settings import Rate, Rates, Settings
from tintype.web.study import create_app

FORMS = ("/begin", "/questions", "/plates", "/answer", "/round", "/delete", "/admin/login", "/admin/logout")


def another(browser: TestClient) -> TestClient:
    """Another browser at the same server."""
    return TestClient(browser.app, follow_redirects=False)


def test_every_page_that_takes_forms_is_named_here(browser: TestClient) -> None:
    found = {
        route.path
        for router in (people_pages.router, admin.router)
        for route in router.routes
        if isinstance(route, Route) and "POST" in (route.methods or ())
    }
    assert found == set(FORMS)


@pytest.mark.parametrize("csrf", [None, "", "forged", "of another person"])
def test_forms_of_other_sites_are_refused(browser: TestClient, study: Study, csrf: str | None) -> None:
    begin(browser)
    page = trial_page(browser)
    assert page
    fields = {"trial": hidden(page, "/answer")["trial"], "value": "1", "agree": "yes", "round": "1"}
    if csrf == "of another person":
        csrf = hidden(another(browser).get("/"), "/begin")["csrf"]
    for form in FORMS:
        assert browser.post(form, data=fields | ({} if csrf is None else {"csrf": csrf})).status_code == 403
    assert study.progress()["participants"] == 1 and not answers(study, scored_only=False)


def test_a_form_that_a_browser_says_is_from_another_site_is_refused(browser: TestClient) -> None:
    fields = hidden(browser.get("/"), "/begin") | {"agree": "yes"}
    assert browser.post("/begin", data=fields, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.post("/begin", data=fields, headers={"Sec-Fetch-Site": "same-origin"}).is_redirect


@pytest.mark.parametrize("how", ["changed", "signed with another key", "of the admin", "nonsense"])
def test_forged_cookies_are_nobodys(browser: TestClient, study: Study, how: str) -> None:
    begin(browser)
    real = browser.cookies["study"]
    held = {"nonce": "n", "person": "guess", "asked": 0, "said": None}
    forged = {
        "changed": ("a" if real[0] != "a" else "b") + real[1:],
        "signed with another key": str(URLSafeTimedSerializer("x" * 43, salt="session").dumps(held)),
        "of the admin": str(URLSafeTimedSerializer("k" * 43, salt="admin").dumps(held)),
        "nonsense": "%00é",
    }[how]
    stranger = another(browser)
    page = stranger.get("/study", headers={"Cookie": f"study={forged}".encode()})
    assert page.headers["location"] == "/"


@pytest.mark.parametrize("held", ["text", 5, [], {"nonce": "n", "more": 1}])
def test_a_cookie_of_another_shape_is_nobodys(browser: TestClient, held: object) -> None:
    forged = str(URLSafeTimedSerializer("k" * 43, salt="session").dumps(held))
    assert browser.get("/study", headers={"Cookie": f"study={forged}"}).headers["location"] == "/"


def test_pictures_and_answers_of_other_people_are_out_of_reach(browser: TestClient, study: Study) -> None:
    begin(browser)
    page = trial_page(browser)
    assert page
    stranger = another(browser)
    begin(stranger)
    own = trial_page(stranger)
    assert own and stranger.get(picture_url(own)).status_code == 200
    assert stranger.get(picture_url(page)).status_code == 404
    stolen = hidden(own, "/answer") | {"trial": hidden(page, "/answer")["trial"], "value": "1"}
    assert stranger.post("/answer", data=stolen).status_code == 404
    assert another(browser).get(picture_url(page)).status_code == 404
    assert not answers(study, scored_only=False)


def test_neither_page_nor_headers_nor_length_tell_what_a_picture_is(
    browser: TestClient, study: Study
) -> None:
    begin(browser)
    told: dict[str, set[tuple[object, ...]]] = {}
    sources: dict[str, set[str]] = {}
    while page := trial_page(browser):
        token = hidden(page, "/answer")["trial"]
        picture = browser.get(picture_url(page))
        names = tuple((name, value) for name, value in picture.headers.items())
        answer(browser, page, 3 if hidden(page, "/answer")["question"] == "rate" else 0)
        kind = answers(study, scored_only=False)[-1].kind
        told.setdefault(kind, set()).add((len(picture.content), names))
        source = re.sub(r"[Pp]icture \d of \d", "", page.text.replace(token, ""))
        sources.setdefault(source, set()).add(kind)
        seen = page.text.replace(token, "") + str(names)
        assert not re.search(r"\b(truth|cnn|fusion|gan|rainbow|gray|attention|png)\b(?<!image/png)", seen)
        assert b"tEXt" not in picture.content and b"tIME" not in picture.content
    assert {"truth", "cnn", "fusion", "gan"} <= set(told)
    assert len({answer for answers in told.values() for answer in answers}) == 1
    assert len(sources) == 4  # the two questions of practice, part one and part two
    assert sum(len(kinds) > 2 for kinds in sources.values()) == 2


def test_pictures_are_neither_stored_nor_changed_on_the_way(browser: TestClient) -> None:
    begin(browser)
    page = trial_page(browser)
    assert page
    picture = browser.get(picture_url(page))
    assert picture.headers["cache-control"] == "no-store, no-transform"
    assert not {"etag", "last-modified", "content-disposition"} & set(picture.headers)


@pytest.mark.parametrize("path", ["/", "/about", "/nothing", "/admin", "/healthz", "/static/study.css"])
def test_every_answer_carries_the_protecting_headers(browser: TestClient, path: str) -> None:
    headers = browser.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"].startswith("public" if path.startswith("/static") else "no-store")


def test_errors_of_ours_carry_the_headers_and_tell_nothing(
    study: Study, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Study, "participant", lambda self, token: 1 / 0)
    browser = TestClient(create_app(study, settings), raise_server_exceptions=False)
    failed = browser.get("/healthz")
    assert failed.status_code == 500 and "content-security-policy" in failed.headers
    assert "ZeroDivisionError" not in failed.text and "Something went wrong" in failed.text


def test_trouble_with_the_database_is_no_missing_picture(
    study: Study, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = TestClient(create_app(study, settings), raise_server_exceptions=False, follow_redirects=False)
    begin(browser)
    page = trial_page(browser)
    assert page

    def broken(*_: object) -> None:
        raise StudyError("the database cannot be reached; start it")

    for name in ("participant", "answer", "image_file"):
        monkeypatch.setattr(Study, name, broken)
    assert answer(browser, page, 1).status_code == 500
    assert browser.get(picture_url(page)).status_code == 500
    assert browser.get("/healthz").status_code == 500


def test_cookies_are_for_the_server_alone(study: Study, settings: Settings) -> None:
    plain = TestClient(create_app(study, settings)).get("/").headers["set-cookie"]
    assert plain.startswith("study=") and "HttpOnly" in plain and "SameSite=lax" in plain
    assert "Secure" not in plain
    proxied = TestClient(create_app(study, replace(settings, behind_proxy=True))).get("/")
    secure = proxied.headers["set-cookie"]
    assert secure.startswith("__Host-study=") and "; Secure" in secure and "HttpOnly" in secure


def test_a_body_larger_than_any_form_is_refused_unread(browser: TestClient) -> None:
    fields = hidden(browser.get("/"), "/begin") | {"agree": "y" * 20_000}
    assert browser.post("/begin", data=fields).status_code == 413


def test_a_body_of_unknown_length_is_refused(browser: TestClient) -> None:
    assert browser.post("/begin", content=iter([b"a=b"])).status_code == 411


@pytest.mark.parametrize("length", ["-1", "1e3", "", "٣"])
def test_a_length_that_is_no_number_is_refused(browser: TestClient, length: str) -> None:
    refused = browser.post("/begin", content=b"", headers={"Content-Length": length.encode()})  # type: ignore[dict-item]
    assert refused.status_code == 413


def limited(study: Study, settings: Settings, **rates: Rate) -> TestClient:
    """A browser at a server with narrow limits."""
    app = create_app(study, replace(settings, rates=replace(Rates(), **rates)))
    return TestClient(app, follow_redirects=False)


def test_one_address_cannot_ask_without_end(study: Study, settings: Settings) -> None:
    browser = limited(study, settings, address=Rate(3, 0.01))
    assert [browser.get("/healthz").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert int(browser.get("/healthz").headers["retry-after"]) > 30


def test_behind_a_proxy_each_client_has_its_own_limit(study: Study, settings: Settings) -> None:
    browser = limited(study, replace(settings, behind_proxy=True), address=Rate(1, 0.01))

    def ask(forwarded: str) -> int:
        return browser.get("/healthz", headers={"X-Forwarded-For": forwarded}).status_code

    assert [ask("1.1.1.1"), ask("2.2.2.2"), ask("1.1.1.1")] == [200, 200, 429]
    assert ask("9.9.9.9, 1.1.1.1") == 429  # what the client wrote itself does not count


def test_all_addresses_of_one_ipv6_network_share_a_limit(study: Study, settings: Settings) -> None:
    browser = limited(study, replace(settings, behind_proxy=True), address=Rate(1, 0.01))
    addresses = ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1")
    asked = [browser.get("/healthz", headers={"X-Forwarded-For": address}) for address in addresses]
    assert [answered.status_code for answered in asked] == [200, 429, 200]


def test_without_a_proxy_a_forged_address_does_not_count(study: Study, settings: Settings) -> None:
    browser = limited(study, settings, address=Rate(1, 0.01))
    headers = [{"X-Forwarded-For": address} for address in ("1.1.1.1", "2.2.2.2")]
    assert [browser.get("/healthz", headers=each).status_code for each in headers] == [200, 429]


def test_one_person_cannot_ask_without_end(study: Study, settings: Settings) -> None:
    browser = limited(study, settings, session=Rate(3, 0.01))
    assert browser.get("/").status_code == 200
    assert [browser.get("/about").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert another(browser).get("/about").status_code == 200


def test_one_address_cannot_enrol_without_end(study: Study, settings: Settings) -> None:
    browser = limited(study, settings, begin=Rate(1, 0.01))
    begin(browser)
    stranger = another(browser)
    fields = hidden(stranger.get("/"), "/begin") | {"agree": "yes"}
    assert stranger.post("/begin", data=fields).status_code == 429
    assert study.progress()["participants"] == 1


def test_buckets_fill_again_and_forget() -> None:
    now = [0.0]
    buckets = Buckets(Rate(2, 0.5), clock=lambda: now[0])
    assert [buckets.wait("a"), buckets.wait("a"), buckets.wait("a")] == [0, 0, 2]
    now[0] = 2.0
    assert [buckets.wait("a"), buckets.wait("a"), buckets.wait("b")] == [0, 2, 0]


def test_the_admin_page_opens_by_the_token_alone(study: Study, settings: Settings) -> None:
    browser = limited(study, settings, login=Rate(3, 0.01))
    begin(browser)
    play(browser)
    assert "Admin token" in browser.get("/admin").text
    form = hidden(browser.get("/admin"), "/admin/login")
    assert browser.post("/admin/login", data=form | {"token": "guess"}).status_code == 403
    assert browser.post("/admin/login", data=form).status_code == 403
    assert browser.post("/admin/login", data=form | {"token": settings.admin_token}).is_redirect
    page = browser.get("/admin").text
    assert "answers, believe, truth" in page and study.protocol_sha256 in page
    assert another(browser).get("/admin").text != page
    table = browser.get("/admin/answers.csv")
    assert table.headers["content-type"].startswith("text/csv") and table.text.count("\n") == 14
    assert another(browser).get("/admin/answers.csv").headers["location"] == "/admin"
    assert browser.post("/admin/login", data=form | {"token": "guess"}).status_code == 429
    browser.post("/admin/logout", data=form)
    assert "Admin token" in browser.get("/admin").text


def test_a_new_admin_token_shuts_out_who_gave_the_old_one(study: Study, settings: Settings) -> None:
    browser = TestClient(create_app(study, settings), follow_redirects=False)
    form = hidden(browser.get("/admin"), "/admin/login") | {"token": settings.admin_token}
    browser.post("/admin/login", data=form)
    later = TestClient(create_app(study, replace(settings, admin_token="another")), cookies=browser.cookies)
    assert "Admin token" in later.get("/admin").text


def test_secrets_are_not_shown_when_settings_are_printed(settings: Settings) -> None:
    assert settings.cookie_key not in repr(settings) and settings.admin_token not in repr(settings)


def test_the_keys_are_made_once_and_for_their_owner_alone(folder: Path) -> None:
    made = keys(Place(folder))
    assert keys(Place(folder)) == made
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600
    assert made.cookie_key != made.admin_token and len(made.cookie_key) > 40


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"cookie_key": "", "admin_token": ""}', '{"cookie_key": 5}']
)
def test_damaged_keys_are_an_error_that_says_what_to_do(folder: Path, content: str) -> None:
    (folder / "secrets.json").write_text(content)
    with pytest.raises(StudyError, match="restore it from a back-up"):
        keys(Place(folder))


def test_the_server_listens_on_this_computer_alone_unless_told() -> None:
    assert serve.__defaults__ and serve.__defaults__[0] == "127.0.0.1"


def test_a_taken_port_is_an_error_that_says_what_to_do() -> None:
    with bound("127.0.0.1", 0) as taken:
        taken.listen()
        with pytest.raises(ConfigError, match="give another --host or --port"):
            bound("127.0.0.1", taken.getsockname()[1])


def test_an_address_of_another_computer_is_an_error() -> None:
    with pytest.raises(ConfigError, match="give another --host or --port"):
        bound("192.0.2.1", 0)
