"""What every list says of a person."""

from typing import Any

from sqlalchemy import ColumnElement, case
from sqlalchemy.orm import InstrumentedAttribute

from lms.accounts.models import Organisation, Person
from lms.accounts.provinces import PROVINCES
from lms.i18n import lazy_gettext as _l
from lms.reports.columns import Column, by_code_point, filled


def plain(code: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    return by_code_point(code)


def _by_english_name() -> ColumnElement[int | None]:
    """The provinces in the order of their English names, which is how files name them."""
    ordered = sorted(PROVINCES, key=_english_name)
    return case({code: number for number, code in enumerate(ordered)}, value=Person.province, else_=None)


def _english_name(code: str) -> str:
    return PROVINCES[code]["en"] if code in PROVINCES else code


COLUMNS = (
    Column("name", _l("Name"), Person.name, filled(Person.name), reach=1, width=28),
    Column("name_latin", _l("Name in Latin letters"), Person.name_latin, filled(Person.name_latin), reach=1, width=28),
    Column("sex", _l("Sex"), Person.sex, plain(Person.sex), reach=1, width=10),
    Column("province", _l("Province"), Person.province, _by_english_name(), reach=1, in_file=_english_name, width=18),
    Column("organisation", _l("Organisation"), Organisation.name, filled(Organisation.name), reach=2, width=34),
    Column(
        "stakeholder_type",
        _l("Kind of organisation"),
        Person.stakeholder_type,
        filled(Person.stakeholder_type),
        reach=1,
        width=16,
    ),
    Column("email", _l("E-mail"), Person.email, filled(Person.email), reach=1, width=34),
    Column("phone", _l("Phone"), Person.phone, filled(Person.phone), reach=1, width=17),
)
