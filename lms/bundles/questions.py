"""The questions of a quiz: GIFT or Moodle XML in each language, and the same questions in all of them."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TypeAlias

from lms.bundles import kinds as files
from lms.bundles.sources import Sources
from lms.i18n import gettext
from lms.quizzes import formats, images
from lms.quizzes.grading import choices
from lms.quizzes.kinds import N_, Kind, Option, Question, number

Numbered: TypeAlias = list[tuple[int, Question]]
"""Questions with the line on which each begins."""


def read_questions(
    sources: Sources, paths: Mapping[str, str], there: Collection[str] | None = None
) -> dict[str, tuple[Question, ...]]:
    """The questions by language, of the texts by language. The first language is the one to hold others to.

    `there` are the unit's files, in which the pictures that questions show must be; not looked at where they are None.
    """
    found = {code: _questions(sources, path, there) for code, path in sorted(paths.items())}
    sound = {paths[code]: questions for code, questions in found.items() if questions}
    for path, questions in list(sound.items())[1:]:
        first_path, first = next(iter(sound.items()))
        for line, message in _differences(first, questions, first_path.rpartition("/")[2]):
            sources.wrong(path, line, message)
    return {code: tuple(question for _line, question in questions) for code, questions in found.items()}


def _questions(sources: Sources, path: str, there: Collection[str] | None) -> Numbered:
    text = sources.text(path)
    if text is None:
        return []
    try:
        questions = list(zip(formats.lines(text), formats.read_text(text), strict=True))
    except formats.FormatError as error:
        for problem in error.problems:
            sources.wrong(path, problem.line, gettext(problem.message, **problem.params))
        return []
    if not questions:
        sources.wrong(path, 0, gettext("The file has no question."))
    for line, question in questions:
        if not question.name:
            sources.wrong(path, line, gettext("The question has no name; begin it with one, as in ::market-fee::."))
        for address in () if there is None else images.paths(question):
            if address not in (there or ()) or files.content_type(address) not in files.PICTURES.values():
                message = gettext("There is no picture “%(address)s” in the unit's folder.", address=address[:120])
                sources.wrong(path, line, message)
    return questions


def _differences(first: Numbered, other: Numbered, file: str) -> Iterator[tuple[int, str]]:
    """Where the questions are not those of the first language. After one that is another, no more are compared."""
    for (_line, one), (line, question) in zip(first, other, strict=False):
        if one.name != question.name:
            values = {"name": question.name, "expected": one.name, "file": file}
            yield line, gettext("Here stands “%(name)s”; in %(file)s it is “%(expected)s”.", **values)
            return
        if message := difference(one, question, file):
            yield line, message
    if len(first) != len(other):
        message = gettext(
            "The number of questions is %(count)s; in %(file)s it is %(expected)s.",
            count=len(other),
            expected=len(first),
            file=file,
        )
        yield 0, message


def difference(one: Question, other: Question, file: str) -> str:
    """Why the two, of which the first stands in that file, are not the same question in two languages; or nothing."""
    said = next((message for key, message in SAME if key(one) != key(other)), "")
    return gettext(said, name=one.name, file=file) if said else ""


def _numbers(options: Sequence[Option]) -> list[object]:
    return [(number(option.text), option.tolerance) for option in options]


def _key(question: Question) -> list[object]:
    """What makes an answer right, in any language: which sides belong together, which number within which limits."""
    if question.kind is Kind.numerical:
        return _numbers(question.options)
    texts = choices(question)
    return [(bool(pair.left), texts.index(pair.right)) for pair in question.pairs]


def _gaps(question: Question) -> list[object]:
    return [(gap.kind, gap.mark, gap.look, gap.shuffle, [one.weight for one in gap.options]) for gap in question.gaps]


SAME: Sequence[tuple[Callable[[Question], object], str]] = (
    (lambda one: one.kind, N_("“%(name)s” is a question of another kind than in %(file)s.")),
    (lambda one: (len(one.options), len(one.pairs)), N_("“%(name)s” has not as many answers as in %(file)s.")),
    (
        lambda one: [option.weight for option in one.options],
        N_("The answers of “%(name)s” have not the same weights as in %(file)s."),
    ),
    (_gaps, N_("The gaps of “%(name)s” are not those of %(file)s: their kinds, marks, and the weights of answers.")),
    (_key, N_("The right answers of “%(name)s” are not those of %(file)s.")),
    (
        lambda one: [_numbers(gap.options) for gap in one.gaps if gap.kind == Kind.numerical],
        N_("The right answers of “%(name)s” are not those of %(file)s."),
    ),
    (
        lambda one: ([unit.factor for unit in one.units], one.unit_penalty),
        N_("The units of “%(name)s” are not those of %(file)s."),
    ),
    (lambda one: one.scoring, N_("The order in “%(name)s” is not scored as in %(file)s.")),
    (lambda one: one.mark, N_("“%(name)s” has not the same mark as in %(file)s.")),
    (lambda one: one.penalty, N_("A wrong try at “%(name)s” does not cost the same as in %(file)s.")),
    (lambda one: len(one.hints), N_("“%(name)s” has not as many hints as in %(file)s.")),
    (lambda one: one.shuffle, N_("The answers of “%(name)s” are shuffled here, or in %(file)s, and not in the other.")),
    (
        lambda one: [[level.points for level in criterion.levels] for criterion in one.rubric],
        N_("The rubric of “%(name)s” has not the same points as in %(file)s."),
    ),
    (lambda one: one.tags, N_("“%(name)s” has not the same tags as in %(file)s.")),
)
"""What is the same in all languages, and what is said where it is not; the first difference is told."""
