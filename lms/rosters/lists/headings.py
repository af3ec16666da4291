"""What columns are called, in English and Khmer offices and in our own files."""

import re
import unicodedata
from collections.abc import Sequence

from lms import i18n
from lms.accounts import names
from lms.i18n import lazy_gettext as _l
from lms.rosters.lists.lines import Cell

LABELS = {
    "name": _l("Name"),
    "name_latin": _l("Name in Latin letters"),
    "sex": _l("Sex"),
    "province": _l("Province"),
    "organisation": _l("Organisation"),
    "stakeholder_type": _l("Kind of organisation"),
    "email": _l("E-mail"),
    "phone": _l("Phone number"),
    "position": _l("Position"),
    "birth_year": _l("Year of birth"),
}
"""The columns that are read, by the names that they have in our own files."""
ALIASES = {
    "name": """
        full name, name of participant, participant, khmer name, name in khmer, name khmer,
        ឈ្មោះ, ឈ្មោះពេញ, ឈ្មោះខ្មែរ, ឈ្មោះជាភាសាខ្មែរ, ឈ្មោះជាអក្សរខ្មែរ, នាមត្រកូលនិងនាមខ្លួន, នាមត្រកូលនាមខ្លួន,
        គោត្តនាមនិងនាម, គោត្តនាមនាម, នាមនិងគោត្តនាម
    """,
    "name_latin": """
        latin name, english name, name in english, name english, name in latin,
        ឈ្មោះឡាតាំង, ឈ្មោះជាអក្សរឡាតាំង, ឈ្មោះជាឡាតាំង, អក្សរឡាតាំង, ឈ្មោះអង់គ្លេស, ឈ្មោះជាភាសាអង់គ្លេស
    """,
    "sex": "gender, ភេទ",
    "province": """
        province or capital, capital province, city province, province city,
        ខេត្ត, រាជធានីខេត្ត, ខេត្តក្រុង, ខេត្តរាជធានី
    """,
    "organisation": """
        organization, institution, office, workplace, place of work, employer, ministry, department,
        អង្គភាព, ស្ថាប័ន, អង្គការ, ស្ថាប័នអង្គភាព, អង្គភាពស្ថាប័ន, កន្លែងធ្វើការ
    """,
    "stakeholder_type": """
        kind of organization, type of organisation, type of organization, organisation type, organization type, sector,
        ប្រភេទស្ថាប័ន, ប្រភេទអង្គភាព, ប្រភេទអង្គការ
    """,
    "email": "e mail, mail, email address, e mail address, អ៊ីមែល, អ៊ីម៉ែល, អុីមែល, សារអេឡិចត្រូនិក",
    "phone": """
        phone, phone no, tel, tel no, telephone, telephone number, mobile, mobile phone, mobile number, contact number,
        ទូរស័ព្ទ, ទូរសព្ទ, លេខទូរស័ព្ទ, លេខទូរសព្ទ, ទូរស័ព្ទដៃ, ទូរសព្ទដៃ
    """,
    "position": "job title, title, role, function, តួនាទី, មុខតំណែង, មុខងារ",
    "birth_year": """
        birthyear, birth date, birthdate, date of birth, birthday, dob,
        ឆ្នាំកំណើត, ថ្ងៃខែឆ្នាំកំណើត, ថ្ងៃកំណើត, ថ្ងៃខែកំណើត
    """,
}
_PARTS = re.compile(r"[/|()\[\]\r\n]+")


def fields(cells: Sequence[Cell]) -> list[tuple[int, str]]:
    """Which of the columns are known: their places and fields."""
    known = _known()
    found = ((at, _field(cell, known)) for at, cell in enumerate(cells) if isinstance(cell, str))
    return [(at, field) for at, field in found if field]


def is_heading(cells: Sequence[Cell]) -> bool:
    """A list has to say how each person is reached."""
    return any(field in ("email", "phone") for _at, field in fields(cells))


def label(field: str) -> str:
    return str(LABELS[field]) if field in LABELS else field


def _known() -> dict[str, str]:
    words = {_plain(alias): field for field, aliases in ALIASES.items() for alias in aliases.split(",")}
    for code in i18n.locales():
        with i18n.in_language(code):
            words |= {_plain(str(text)): field for field, text in LABELS.items()}
    return words | {_plain(field): field for field in LABELS}


def _field(cell: str, known: dict[str, str]) -> str | None:
    """Of a heading in two languages, `ឈ្មោះ / Name`, either part will do."""
    if len(cell) > 100:
        return None
    return next((known[word] for word in map(_plain, [cell, *_PARTS.split(cell)]) if word in known), None)


def _plain(text: str) -> str:
    """Letters, their marks and digits alone."""
    return "".join(sign for sign in names.folded(text) if unicodedata.category(sign)[0] in "LMN")
