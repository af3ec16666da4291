"""What no browser sends breaks no page, on either engine, and changes nothing."""

import pytest
from flask import Flask

from tests import factories, world
from tests.conftest import Visitor

HUGE = "9" * 12
LARGER_THAN_ANY_COLUMN = [HUGE, "9" * 25, "9" * 5000]


@pytest.fixture
def admin(client: Visitor) -> Visitor:
    small_world = world.make()
    return client.sign_in(small_world.people["admin"])


@pytest.mark.parametrize("odd", ["%00", "a%00b", *LARGER_THAN_ANY_COLUMN])
def test_an_address_that_nothing_can_have_leads_nowhere(app: Flask, admin: Visitor, odd: str) -> None:
    rules = [rule for rule in world.rules(app) if rule.arguments and rule.endpoint != "lms.sign_in.reset"]
    answers = {}
    for rule in rules:
        values = world.missing(rule)
        address = app.url_map.bind("localhost").build(rule.endpoint, values)
        for value in map(str, values.values()):
            address = address.replace(f"/{value}", f"/{odd}")
        for method in (rule.methods or set()) & {"GET", "POST"}:
            data = {"csrf_token": admin.token()} if method == "POST" else {}
            answers[method, address] = admin.open(address, method=method, data=data).status_code
    # 405: what is no number may still be the path of a file, which is only read.
    assert {at: status for at, status in answers.items() if status not in (404, 405)} == {}


@pytest.mark.parametrize("number", LARGER_THAN_ANY_COLUMN)
def test_no_attempt_has_so_large_a_number(client: Visitor, number: str) -> None:
    client.sign_in(world.make().people["learner"])
    quiz = "/courses/innovation/lessons/quiz"
    assert client.get(f"{quiz}/attempts/{number}/").status_code == 404
    for act in ("answers", "submit"):
        assert client.submit(f"{quiz}/{act}", attempt=number, asked=number).status_code == 404


@pytest.mark.parametrize("number", [*LARGER_THAN_ANY_COLUMN, "-" + HUGE])
def test_ticks_of_no_registration_are_passed_over(admin: Visitor, number: str) -> None:
    assert admin.submit("/manage/events/held/attendance", shown=number, present=number).status_code == 302


@pytest.mark.parametrize("page", [*LARGER_THAN_ANY_COLUMN, "-1", "\0", "x", ""])
@pytest.mark.parametrize("address", ["/events/", "/manage/", "/manage/mail", "/manage/courses/innovation/learners"])
def test_a_page_that_no_list_has_breaks_nothing(admin: Visitor, address: str, page: str) -> None:
    status = admin.get(address, query_string={"page": page}).status_code
    assert status == (422 if page == "\0" else 200)


def test_a_field_with_what_no_database_keeps_is_refused(client: Visitor) -> None:
    small_world = world.make()
    client.sign_in(small_world.people["admin"])
    before = world.everything()
    answer = client.submit(f"/certificates/{small_world.certificate}/revoke", reason="a\0b")
    assert answer.status_code == 422
    assert "A value could not be taken." in answer.text
    assert world.everything() == before


def test_a_page_to_come_back_to_may_be_no_address_at_all(client: Visitor) -> None:
    factories.course()
    answer = client.post(
        "/courses/innovation/enrol", data={"csrf_token": client.token()}, headers={"Referer": "http://["}
    )
    assert (answer.status_code, answer.location) == (302, "/login?next=%2F")
