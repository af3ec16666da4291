"""Every address as everyone: nothing breaks, nothing opens that should not, nothing changes without a token."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.routing import Rule

from lms.web import csrf
from tests import world
from tests.conftest import Visitor, reread
from tests.pages import Form, Page
from tests.world import World

OUTSIDERS = [role for role in world.ROLES if role not in ("officer", "admin")]
"""Those who may not see what is not published; the trainer looks after other things."""

IN_ANY_DATABASE = pytest.mark.parametrize("engine", ["sqlite"])
"""For what the pages say: that they ask both engines rightly is shown by other tests."""


@pytest.fixture
def small_world(app: Flask) -> World:
    return world.make()


@pytest.fixture(params=world.ROLES)
def role(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def reader(client: Visitor, small_world: World, role: str) -> Visitor:
    return as_role(client, small_world, role)


def as_role(client: Visitor, small_world: World, role: str) -> Visitor:
    reread()
    person = small_world.people[role]
    return client.sign_in(person) if person else client


def access(app: Flask, rule: Rule) -> str | None:
    return getattr(app.view_functions[rule.endpoint], "lms_access", None)


def address(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def walk(app: Flask, small_world: World, method: str) -> list[tuple[Rule, str]]:
    """Every address that takes the method, with all values that lead somewhere."""
    rules = [rule for rule in world.rules(app) if method in (rule.methods or ())]
    return [(rule, address(app, rule, values)) for rule in rules for values in small_world.arguments(rule)]


def test_every_view_says_who_may_come_in(app: Flask) -> None:
    assert [rule.endpoint for rule in world.rules(app) if access(app, rule) is None] == []


def test_no_address_breaks_and_what_is_not_public_is_closed_to_a_visitor(
    app: Flask, small_world: World, reader: Visitor, role: str
) -> None:
    broken = []
    for rule, at in walk(app, small_world, "GET"):
        status = reader.get(at).status_code
        closed = role == "visitor" and access(app, rule) != "public"
        if status >= 500 or (closed and status != 302):
            broken.append((at, status))
    assert broken == []


def test_an_address_that_leads_nowhere_says_so(app: Flask, reader: Visitor) -> None:
    rules = [rule for rule in world.rules(app) if "GET" in (rule.methods or ()) and rule.arguments]
    answers = {rule.rule: reader.get(address(app, rule, world.missing(rule))).status_code for rule in rules}
    assert {rule: status for rule, status in answers.items() if status not in (302, 403, 404, 410)} == {}


@pytest.mark.parametrize("role", OUTSIDERS)
def test_what_is_not_published_is_closed_to_outsiders(
    app: Flask, small_world: World, reader: Visitor, role: str
) -> None:
    opened = []
    before = world.everything()
    for rule in world.rules(app):
        values = world.hidden(rule, small_world)
        if values is None:
            continue
        at = address(app, rule, values)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            data = {"csrf_token": reader.token()} if method == "POST" else {}
            status = reader.open(at, method=method, data=data).status_code
            if status not in (403, 404) and not (role == "visitor" and status == 302):
                opened.append((method, at, status))
    assert opened == []
    assert world.everything() == before


@pytest.mark.parametrize("token", ["none", "made up"])
def test_nothing_changes_without_a_valid_token(app: Flask, small_world: World, reader: Visitor, token: str) -> None:
    before = world.everything()
    data = {} if token == "none" else {"csrf_token": "made-up"}
    tokens = [at for rule, at in walk(app, small_world, "POST") if not csrf.is_signed(rule.endpoint)]
    taken = [at for at in tokens if reader.post(at, data=data).status_code != 409]
    assert taken == []
    assert world.everything() == before


def test_reading_changes_nothing_but_where_one_is(app: Flask, small_world: World, reader: Visitor) -> None:
    """The lesson that was read last, when and for how long, and that one came in to a meeting: all a page may write."""
    before = world.everything()
    for _rule, at in walk(app, small_world, "GET"):
        reader.get(at)
    after = world.everything()
    changed = {table for table in before if before[table] != after[table]}
    assert changed <= {"lms_enrolment", "lms_lesson_progress", "lms_attendance"}


def test_no_form_breaks_when_it_is_sent_empty(app: Flask, small_world: World, reader: Visitor, role: str) -> None:
    broken = []
    for rule, at in walk(app, small_world, "POST"):
        as_role(reader, small_world, role)
        status = reader.submit(at).status_code
        closed = role == "visitor" and access(app, rule) != "public"
        if status >= 500 or (closed and status != 302):
            broken.append((at, status))
    assert broken == []


@IN_ANY_DATABASE
def test_every_link_leads_on(app: Flask, small_world: World, reader: Visitor) -> None:
    """But for the outbox, which shows an administrator what others were sent."""
    read = crawl(app, small_world, reader)
    read.get("/manage/mail", Page("", "")).links.clear()
    ahead = {link: at for at, page in read.items() for link in page.own_links if link not in read}
    dead = {}
    while ahead:
        link, at = ahead.popitem()
        answer = reader.get(link, follow_redirects=True)
        if answer.status_code >= 400:
            dead[link] = (at, answer.status_code)
        elif link not in read:
            read[link] = Page(link, answer.text if answer.mimetype == "text/html" else "")
            ahead |= {more: link for more in read[link].own_links if more not in read}
    assert dead == {}


def test_every_form_carries_a_token_and_can_be_sent_as_it_stands(
    app: Flask, small_world: World, reader: Visitor, role: str
) -> None:
    broken = []
    for at, page in crawl(app, small_world, reader).items():
        for form in page.forms:
            as_role(reader, small_world, role)
            known = app.url_map.bind("localhost").test(urlsplit(form.action).path, form.method.upper())
            protected = ("csrf_token" in form.fields) == (form.method == "post")
            if not known or not protected or send(reader, form) >= 500:
                broken.append((at, form))
    assert broken == []


def send(reader: Visitor, form: Form) -> int:
    if form.method == "get":
        return reader.get(form.action, query_string=form.fields).status_code
    return reader.submit(form.action, **{**form.fields, "csrf_token": reader.token()}).status_code


def crawl(app: Flask, small_world: World, reader: Visitor) -> dict[str, Page]:
    """Every page that is open to the reader, by its address without the host."""
    pages = {}
    for _rule, at in walk(app, small_world, "GET"):
        answer = reader.get(at)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            pages[at] = Page(at, answer.text)
    return pages


@IN_ANY_DATABASE
def test_every_page_has_one_heading_a_title_and_no_id_twice(app: Flask, small_world: World, reader: Visitor) -> None:
    wrong = []
    for at, page in crawl(app, small_world, reader).items():
        twice = {one for one in page.ids if page.ids.count(one) > 1}
        title = page.words["title"].partition("·")[0].strip()
        if page.tags.count("h1") != 1 or not page.words["h1"].strip() or not title or twice:
            wrong.append((at, page.tags.count("h1"), title, twice))
    assert wrong == []
