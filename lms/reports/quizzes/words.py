"""What the codes of a quiz's reports are called in the reader's language."""

from lms.i18n import lazy_gettext as _l
from lms.reports.quizzes.results import NOT_PASSED, PASSED, WAITING
from lms.reports.words import Words

RESULTS: Words = {PASSED: _l("Passed"), NOT_PASSED: _l("Not passed"), WAITING: _l("Waits to be graded")}
ATTEMPTS: Words = {"": _l("The one that counts, of each learner"), "all": _l("All")}
FIRST_OR_ALL: Words = {"": _l("The first one of each learner"), "all": _l("All")}
