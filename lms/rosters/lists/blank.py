"""The list to fill in: a workbook with the headings alone, in which phone numbers keep their zero."""

from io import BytesIO

import xlsxwriter

from lms.accounts import forms, provinces
from lms.rosters.lists import headings

ROWS = 2_000
"""For how many the cells are prepared."""


def workbook() -> BytesIO:
    """In the reader's language."""
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet, choices = book.add_worksheet(), book.add_worksheet()
        bold, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
        offered = {
            "sex": [str(choice.label) for choice in forms.SEXES],
            "province": [name for _code, name in provinces.choices()],
            "stakeholder_type": [str(choice.label) for choice in forms.STAKEHOLDER_TYPES],
        }
        for at, field in enumerate(headings.LABELS):
            sheet.set_column(at, at, 24, text)
            sheet.write_string(0, at, headings.label(field), bold)
            for row, word in enumerate(offered.get(field, ())):
                choices.write_string(row, at, word)
            if field in offered:
                column = chr(ord("A") + at)
                source = f"={choices.get_name()}!${column}$1:${column}${len(offered[field])}"
                rule = {"validate": "list", "source": source, "error_type": "warning"}
                sheet.data_validation(1, at, ROWS, at, rule)
        sheet.freeze_panes(1, 0)
        choices.hide()
    made.seek(0)
    return made
