"""What the ready-made site says when something is not there, not taken, or broken."""

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from tests import factories
from tests.conftest import Visitor


def test_an_unknown_address_says_so_in_the_reader_s_language(app: Flask) -> None:
    answer = app.test_client().get("/no-such-page", headers={"Accept-Language": "km"})
    assert answer.status_code == 404
    assert '<html lang="km">' in answer.text


def test_an_unknown_address_keeps_the_menu_of_who_is_signed_in(client: Visitor) -> None:
    page = client.sign_in(factories.learner()).get("/no-such-page").text
    assert "My page" in page


def test_a_method_that_is_not_taken_says_which_are(client: Visitor) -> None:
    answer = client.get("/courses/innovation/withdraw")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert "Not possible here" in answer.text


def test_too_large_a_form_is_refused_in_words(app: Flask, client: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    answer = client.submit("/login", sign_in="x" * 2000)
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_a_fault_is_owned_up_to_even_while_the_database_is_away(
    app: Flask, client: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(app.extensions["lms"], "identity", away)
    answer = client.get("/courses/")
    assert answer.status_code == 500
    assert "The fault is on our side" in answer.text


def test_signing_in_from_the_sign_in_page_does_not_lead_back_to_it(client: Visitor) -> None:
    assert 'href="/login?next=/me/"' in client.get("/login?next=/me/").text
    assert 'href="/login"' in client.get("/register").text


@pytest.mark.parametrize("address", ["/login", "/courses/?x=1"])
def test_the_language_switch_comes_back_to_the_same_page(client: Visitor, address: str) -> None:
    assert f'name="next" value="{address}"' in client.get(address).text


def test_the_language_switch_goes_nowhere_that_cannot_be_read(client: Visitor) -> None:
    client.sign_in(factories.learner())
    assert 'name="next" value=""' in client.submit("/courses/no-such/withdraw").text
