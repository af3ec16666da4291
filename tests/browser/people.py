"""Filling in who somebody is."""

from tests.browser.conftest import Phone


def fill_in(phone: Phone, name: str, latin: str, sign_in: str) -> None:
    """The part of a form that makes an account; its button is still to be tapped."""
    phone.field("Name").first.fill(name)
    phone.field("Name in Latin letters").fill(latin)
    phone.field("Sex").select_option("female")
    phone.field("Province").select_option("KH-7")
    phone.field("Kind of organisation").select_option("government")
    phone.field("Phone number or e-mail").fill(sign_in)
    phone.field("Password").fill("a sentence of mine")
    phone.field("I have read the privacy notice and agree to it.").check()
