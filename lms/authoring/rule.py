"""A completion rule in words, as a trainer reads it while building it."""

from collections.abc import Mapping
from typing import Any

from lms.i18n import gettext, ngettext, number, percent


def conditions(rule: Mapping[str, Any]) -> list[str]:
    """One sentence for each thing that is asked."""
    found = [_share(rule.get("lessons"), _pages), _share(rule.get("quizzes"), _quizzes)]
    if rule.get("minutes"):
        minutes = int(rule["minutes"])
        found.append(ngettext("Spend %(num)s minute in the course.", "Spend %(num)s minutes in the course.", minutes))
    if rule.get("score") is not None:
        found.append(gettext("Reach a score of %(score)s over all quizzes.", score=percent(rule["score"])))
    if rule.get("approval"):
        found.append(gettext("Be approved by a trainer."))
    return [one for one in found if one]


def _share(share: Any, words: Any) -> str:
    return "" if share in (None, "none") else str(words(share))


def _pages(share: Any) -> str:
    if share == "all":
        return gettext("Read all pages.")
    return ngettext("Read %(num)s page.", "Read %(num)s pages.", int(share))


def _quizzes(share: Any) -> str:
    if share == "all":
        return gettext("Pass all quizzes.")
    return ngettext("Pass %(num)s quiz.", "Pass %(num)s quizzes.", int(share))


def beginning(rule: Mapping[str, Any]) -> str:
    """What stands before the conditions."""
    need = rule.get("need", "all")
    if need == "all":
        return gettext("To complete the course, a learner has to do all of this:")
    return gettext("To complete the course, a learner has to do %(count)s of this:", count=number(need))
