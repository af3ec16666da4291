"""What kinds of question are called in the reader's language."""

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from lms.i18n import lazy_gettext as _l
from lms.quizzes.kinds import Kind

KINDS: Mapping[str, LazyString] = {
    Kind.single: _l("One right answer"),
    Kind.multiple: _l("Several right answers"),
    Kind.true_false: _l("True or false"),
    Kind.short_answer: _l("A word or a few, typed"),
    Kind.numerical: _l("A number"),
    Kind.matching: _l("Matching pairs"),
    Kind.ordering: _l("Things to put in order"),
    Kind.gaps: _l("Gaps to fill in"),
    Kind.essay: _l("A longer text"),
}
