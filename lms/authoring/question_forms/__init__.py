"""The form of a question of any kind, in all languages side by side: of a quiz, and of the question bank.

Its fields are shown by `templates/lms/authoring/_question_form.html`, which wants what `shown` gives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from lms.authoring.question_forms.gaps import KINDS as GAP_KINDS, LOOKS
from lms.authoring.question_forms.question import MOST_ROWS, grown, read_question, rows, show_question
from lms.authoring.question_forms.typed import Typed, Versions, plain
from lms.i18n import gettext
from lms.quizzes.kinds import Kind

__all__ = ["Picture", "Typed", "Versions", "grown", "plain", "read_question", "show_question", "shown"]


@dataclass(frozen=True, slots=True)
class Picture:
    """One that the texts of the question can show."""

    path: str
    """As texts have it, e.g. `images/map.png`."""
    address: str
    """Where the page finds it."""

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name


def shown(
    kind: Kind, typed: Typed, versions: Versions | None = None, pictures: Sequence[Picture] = ()
) -> dict[str, Any]:
    """What the template wants, beside `codes`; `versions` is the question as it is kept, if it is."""
    markup = next((version.format for version in (versions or {}).values()), "markdown")
    return {
        "kind": kind,
        "typed": typed,
        "rows": rows(kind, typed),
        "most": MOST_ROWS,
        "gap_kinds": GAP_KINDS,
        "looks": LOOKS,
        "markup": markup,
        "pictures": [(picture, _as_text(picture, markup)) for picture in pictures],
    }


def _as_text(picture: Picture, markup: str) -> str:
    """What to write to show it."""
    said = gettext("What the picture shows")
    return f"![{said}]({picture.path})" if markup == "markdown" else f'<img src="{picture.path}" alt="{said}">'
