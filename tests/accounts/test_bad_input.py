"""What nobody types by hand is refused or made harmless, on both engines, and never a broken page."""

import pytest
from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from tests import factories
from tests.accounts.test_profile import FIELDS
from tests.accounts.test_signing_in import NEW, PASSWORD, people
from tests.conftest import Visitor, reread


@pytest.mark.parametrize("field", ["name", "name_latin", "organisation", "position", "sign_in"])
def test_a_text_that_is_too_long_is_refused_beside_its_field(client: Visitor, field: str) -> None:
    answer = client.submit("/register", **{**NEW, field: "x" * 1500})
    assert answer.status_code == 422
    assert "Please write less than this." in answer.text
    assert people() == 0


def test_a_password_that_is_too_long_is_refused_everywhere(client: Visitor) -> None:
    long = "x" * 1001
    assert "at most 1,000 characters" in client.submit("/register", **{**NEW, "password": long}).text
    assert client.submit("/login", sign_in="012345678", password=long).status_code == 422
    client.submit("/register", **{**NEW, "password": "x" * 1000})
    assert people() == 1


def test_control_and_turning_signs_do_not_get_into_names(client: Visitor) -> None:
    signs = {"name": "ចាន់\x01 សុភា\u202e", "name_latin": "Chan\u200b \x07Sophea", "organisation": "\x01School\x01"}
    assert client.submit("/register", **{**NEW, **signs}).status_code == 302
    reread()
    person = db.session.scalars(select(Person)).one()
    assert (person.name, person.name_latin) == ("ចាន់ សុភា", "Chan Sophea")
    assert person.organisation
    assert person.organisation.name == "School"


@pytest.mark.parametrize("name", ["Ab\x00cd", "a\x00@example.org", "\u202e", "x" * 5000, "+" * 255, "@" * 255])
def test_a_name_to_sign_in_with_can_be_anything(client: Visitor, name: str) -> None:
    assert client.submit("/login", sign_in=name, password=PASSWORD).status_code == 422
    assert client.submit("/password/forgot", sign_in=name).status_code in (200, 422)


@pytest.mark.parametrize("year", ["99999999999999999999", "-5", "1885", "1e3"])
def test_a_year_that_cannot_be_is_refused(client: Visitor, year: str) -> None:
    client.sign_in(factories.person())
    assert client.submit("/me/profile", **{**FIELDS, "birth_year": year}).status_code == 422


def test_a_year_in_khmer_digits_is_a_year(client: Visitor) -> None:
    client.sign_in(factories.person())
    client.submit("/me/profile", **{**FIELDS, "birth_year": "១៩៨៥"})
    reread()
    assert db.session.scalars(select(Person.birth_year)).one() == 1985


@pytest.mark.parametrize("name", ["ចាន់", "Chan សុភា", "Sok \u17b6", "Sok ១២", "Sok 😀", "12 34", "<Chan>"])
def test_a_name_for_certificates_is_in_latin_letters(client: Visitor, name: str) -> None:
    assert "Latin letters, as in a passport" in client.submit("/register", **{**NEW, "name_latin": name}).text
