"""The name that one signs in with: a phone number or an e-mail address, each in one spelling. Pure functions."""

import re
import unicodedata
from typing import Literal

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from lms.i18n import LATIN_DIGITS

Kind = Literal["email", "phone"]
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
"""Control signs, which PostgreSQL does not keep, and signs without width, which could turn a name around on paper."""
_IN_LATIN_NAMES = re.compile("[0-9 '’ʼ`.,()/&·-]")


def sign_in_name(text: str, country: str = "KH") -> tuple[Kind, str] | None:
    """What it is, and in its one spelling; None for neither."""
    if "@" in text:
        email = normalised_email(text)
        return ("email", email) if email else None
    phone = normalised_phone(text, country)
    return ("phone", phone) if phone else None


def normalised_email(text: str) -> str | None:
    """In lower case, as the mailboxes of people are in practice."""
    try:
        return validate_email(tidy(text), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None


def normalised_phone(text: str, country: str = "KH") -> str | None:
    """E.164, e.g. `+85512345678`, from any usual spelling, in Khmer digits too; None when it is no number."""
    typed = tidy(text).translate(LATIN_DIGITS)
    prefix = str(phonenumbers.country_code_for_region(country))
    if typed.startswith(f"00{prefix}"):
        typed = f"+{typed[2:]}"  # the usual way to write a plus; within some countries one dials something else
    spellings = [typed, f"+{typed}"] if typed.startswith(prefix) else [typed]
    for spelling in spellings:
        try:
            number = phonenumbers.parse(spelling, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number) and not number.extension:
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def tidy(text: str) -> str:
    """NFC, without invisible signs, blanks folded."""
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split())


def folded(text: str) -> str:
    """What two spellings of one name have in common."""
    return tidy(tidy(text).casefold())


def is_latin(text: str) -> bool:
    """Whether a certificate can print it in Latin letters: these with their accents, blanks and the signs of names."""
    return any(map(_is_latin_letter, text)) and all(
        _is_latin_letter(sign) or _IN_LATIN_NAMES.match(sign) or "\u0300" <= sign <= "\u036f" for sign in text
    )


def _is_latin_letter(sign: str) -> bool:
    return sign.isalpha() and unicodedata.name(sign, "").startswith("LATIN ")
