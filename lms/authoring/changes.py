"""What publishing changes, in words."""

from collections.abc import Mapping
from typing import Any

from lms.i18n import gettext, lazy_gettext as _l, pick

WORDS = {
    "course changed": _l("The course's own texts or settings are changed."),
    "rule changed": _l("The completion rule is changed."),
    "unit added": _l("Unit “%(title)s”: new"),
    "unit changed": _l("Unit “%(title)s”: changed"),
    "unit moved": _l("Unit “%(title)s”: in another place"),
    "unit removed": _l("Unit “%(title)s”: no longer in the course"),
    "lesson added": _l("“%(title)s”: new"),
    "lesson changed": _l("“%(title)s”: changed"),
    "lesson moved": _l("“%(title)s”: in another place"),
    "lesson removed": _l("“%(title)s”: no longer in the course"),
    "quiz changed": _l("Quiz “%(title)s”: changed"),
}
"""By `what` of `bundles.changes.between`."""


def in_words(change: Mapping[str, Any]) -> str:
    words = WORDS.get(change["what"])
    return str(words) % {"title": pick(change["title"])} if words else gettext("Something else is changed.")
