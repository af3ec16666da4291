"""The questions of a quiz: GIFT in each language, and the same questions in all of them."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from lms.bundles.sources import Sources
from lms.i18n import gettext
from lms.quizzes import gift
from lms.quizzes.grading import choices
from lms.quizzes.kinds import Kind, Question, number

Numbered: TypeAlias = list[tuple[int, Question]]
"""Questions with the line on which each begins."""


def read_questions(sources: Sources, paths: Mapping[str, str]) -> dict[str, tuple[Question, ...]]:
    """The questions by language, of the GIFT files by language. The first language is the one to hold others to."""
    found = {code: _questions(sources, path) for code, path in sorted(paths.items())}
    sound = {paths[code]: questions for code, questions in found.items() if questions}
    for path, questions in list(sound.items())[1:]:
        first_path, first = next(iter(sound.items()))
        for line, message in _differences(first, questions, first_path.rpartition("/")[2]):
            sources.wrong(path, line, message)
    return {code: tuple(question for _line, question in questions) for code, questions in found.items()}


def _questions(sources: Sources, path: str) -> Numbered:
    text = sources.text(path)
    if text is None:
        return []
    try:
        questions = list(zip(gift.lines(text), gift.parse(text), strict=True))
    except gift.GiftError as error:
        for problem in error.problems:
            sources.wrong(path, problem.line, gettext(problem.message, **problem.params))
        return []
    if not questions:
        sources.wrong(path, 0, gettext("The file has no question."))
    for line, question in questions:
        if not question.name:
            sources.wrong(path, line, gettext("The question has no name; begin it with one, as in ::market-fee::."))
    return questions


def _differences(first: Numbered, other: Numbered, file: str) -> Iterator[tuple[int, str]]:
    """Where the questions are not those of the first language. After one that is another, no more are compared."""
    for (_line, one), (line, question) in zip(first, other, strict=False):
        if one.name != question.name:
            values = {"name": question.name, "expected": one.name, "file": file}
            yield line, gettext("Here stands “%(name)s”; in %(file)s it is “%(expected)s”.", **values)
            return
        if difference := _difference(one, question, file):
            yield line, difference
    if len(first) != len(other):
        message = gettext(
            "The number of questions is %(count)s; in %(file)s it is %(expected)s.",
            count=len(other),
            expected=len(first),
            file=file,
        )
        yield 0, message


def _difference(one: Question, other: Question, file: str) -> str:
    values = {"name": one.name, "file": file}
    if one.kind is not other.kind:
        return gettext("“%(name)s” is a question of another kind than in %(file)s.", **values)
    if len(one.options) != len(other.options) or len(one.pairs) != len(other.pairs):
        return gettext("“%(name)s” has not as many answers as in %(file)s.", **values)
    if [option.weight for option in one.options] != [option.weight for option in other.options]:
        return gettext("The answers of “%(name)s” have not the same weights as in %(file)s.", **values)
    if _key(one) != _key(other):
        return gettext("The right answers of “%(name)s” are not those of %(file)s.", **values)
    return ""


def _key(question: Question) -> list[object]:
    """What makes an answer right, in any language: which sides belong together, which number within which limits."""
    if question.kind is Kind.numerical:
        return [(number(option.text), option.tolerance) for option in question.options]
    texts = choices(question)
    return [(bool(pair.left), texts.index(pair.right)) for pair in question.pairs]
