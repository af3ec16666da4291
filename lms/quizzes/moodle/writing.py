"""Writing Moodle XML: the same questions give the same bytes, and read back as they were.

What Moodle has no place for is in elements that it passes over: of Moodle's own names where another kind of question
has the field, otherwise with the prefix `lms`.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePosixPath
from types import MappingProxyType
from xml.sax.saxutils import escape, quoteattr

from lms.quizzes import categories
from lms.quizzes.imported import Item
from lms.quizzes.kinds import ANYTHING, FULL, Criterion, Kind, Option, Question, Unit, number
from lms.quizzes.moodle import cloze
from lms.quizzes.moodle.kinds import SCORINGS
from lms.quizzes.moodle.texts import NAMES, embedded

HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n<quiz xmlns:lms="urn:flask-lms:questions">\n'
FOOTER = "</quiz>\n"
NOTHING: Mapping[str, bytes] = MappingProxyType({})
FORBIDDEN = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""
TYPES = {
    Kind.single: "multichoice",
    Kind.multiple: "multichoice",
    Kind.true_false: "truefalse",
    Kind.short_answer: "shortanswer",
    Kind.numerical: "numerical",
    Kind.matching: "matching",
    Kind.ordering: "ordering",
    Kind.gaps: "cloze",
    Kind.essay: "essay",
}
COMBINED = frozenset({Kind.single, Kind.multiple, Kind.matching, Kind.ordering})
"""Kinds that have feedback on how right an answer was in Moodle too."""


@dataclass(frozen=True, slots=True)
class Element:
    tag: str
    content: "str | Sequence[Element]" = ""
    attributes: Mapping[str, str] = field(default_factory=dict)

    def lines(self, depth: int) -> Iterator[str]:
        blank = "  " * depth
        opening = self.tag + "".join(f" {name}={quoteattr(value)}" for name, value in self.attributes.items())
        if not self.content:
            yield f"{blank}<{opening}/>"
        elif isinstance(self.content, str):
            yield f"{blank}<{opening}>{_characters(self.content)}</{self.tag}>"
        else:
            yield f"{blank}<{opening}>"
            for element in self.content:
                yield from element.lines(depth + 1)
            yield f"{blank}</{self.tag}>"


def _characters(text: str) -> str:
    """In CDATA where the text has markup of its own, so that people can read it."""
    text = FORBIDDEN.sub("", text)
    if not re.search("[<&]", text):
        return escape(text)
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def write(questions: Iterable[Question]) -> str:
    """Write questions as Moodle XML that `parse`, and Moodle, read back."""
    return write_items(Item(0, question) for question in questions)


def write_items(items: Iterable[Item], files: Mapping[str, bytes] = NOTHING) -> str:
    """Write questions with their categories. Their own files, and `files`, are embedded where a text names them, e.g.
    `images/map.png`.
    """
    written: list[str] = []
    category: tuple[str, ...] = ()
    for item in items:
        if item.category != category:
            category = item.category
            written.append(_text(_category(category)))
        if item.question:
            written.append(_text(_question(item.question, item.idnumber, {**files, **item.files})))
    return join(written)


def join(questions: Iterable[str], rest: str = "") -> str:
    """A file of questions as `write_one` or `split` has them."""
    parts = [part.strip("\n") for part in (*questions, rest)]
    return HEADER + "".join(f"\n{part}\n" for part in parts if part) + f"\n{FOOTER}"


def write_one(question: Question) -> str:
    """The element of one question, without the file around it."""
    return _text(_question(question, "", NOTHING))


def _text(element: Element) -> str:
    return "\n".join(element.lines(1))


def _category(category: tuple[str, ...]) -> Element:
    return Element("question", [Element("category", [_words(categories.write(category))])], {"type": "category"})


def _question(question: Question, idnumber: str, files: Mapping[str, bytes]) -> Element:
    return Element("question", list(_Writer(question, files).parts(idnumber)), {"type": TYPES[question.kind]})


def _words(text: str) -> Element:
    return Element("text", text)


@dataclass(frozen=True, slots=True)
class _Writer:
    question: Question
    files: Mapping[str, bytes]

    def parts(self, idnumber: str) -> Iterator[Element]:
        question = self.question
        yield Element("name", [_words(question.name)])
        yield self.formatted("questiontext", self.text)
        yield self.formatted("generalfeedback", question.feedback)
        yield Element("defaultgrade", plain(question.mark))
        yield Element("penalty", hundredth(question.penalty))
        yield Element("hidden", "0")
        yield Element("idnumber", idnumber)
        yield from WRITERS[question.kind](self)
        yield from self.combined()
        yield from (self.formatted("hint", hint) for hint in question.hints)
        if question.tags:
            yield Element("tags", [Element("tag", [_words(tag)]) for tag in question.tags])

    @property
    def text(self) -> str:
        question = self.question
        if question.kind is not Kind.gaps:
            return question.text
        return cloze.write(question.text, question.gaps, question.format)

    def formatted(
        self, tag: str, text: str, more: Iterable[Element] = (), attributes: Mapping[str, str] = MappingProxyType({})
    ) -> Element:
        text, files = embedded(text, self.files)
        content = [_words(text), *(_file(path, data) for path, data in files.items()), *more]
        return Element(tag, content, {**attributes, "format": NAMES[self.question.format]})

    def combined(self) -> Iterator[Element]:
        question = self.question
        texts = {
            "correctfeedback": question.right_feedback,
            "partiallycorrectfeedback": question.partly_feedback,
            "incorrectfeedback": question.wrong_feedback,
        }
        for tag, text in texts.items():
            if text or question.kind in COMBINED:
                yield self.formatted(tag, text)
        if not question.shuffle or question.kind in (Kind.single, Kind.multiple, Kind.matching):
            yield Element("shuffleanswers", "true" if question.shuffle else "false")

    def choices(self) -> Iterator[Element]:
        yield Element("single", "true" if self.question.kind is Kind.single else "false")
        yield Element("answernumbering", "abc")
        for option in self.question.options:
            yield self.formatted("answer", option.text, [self.feedback(option)], _fraction(option))

    def typed(self) -> Iterator[Element]:
        if self.question.kind is Kind.short_answer:
            yield Element("usecase", "1" if self.question.case else "0")
        for option in self.question.options:
            yield self.answer(option)

    def answer(self, option: Option, more: Iterable[Element] = ()) -> Element:
        """One whose text has no format."""
        attributes = {**_fraction(option), "format": "moodle_auto_format"}
        return Element("answer", [_words(option.text), *more, self.feedback(option)], attributes)

    def numbers(self) -> Iterator[Element]:
        question = self.question
        for option in question.options:
            tolerance = [] if option.text == ANYTHING else [Element("tolerance", plain(option.tolerance))]
            yield self.answer(option, tolerance)
        if question.units:
            yield Element("units", [_unit(unit) for unit in question.units])
        yield Element("unitgradingtype", "2" if question.unit_penalty else "0")
        yield Element("unitpenalty", hundredth(question.unit_penalty))
        yield Element("showunits", "0" if question.units else "3")
        yield Element("unitsleft", "0")

    def pairs(self) -> Iterator[Element]:
        for pair in self.question.pairs:
            yield self.formatted("subquestion", pair.left, [Element("answer", [_words(pair.right)])])

    def order(self) -> Iterator[Element]:
        graded = next(theirs for theirs, ours in SCORINGS.items() if ours == self.question.scoring)
        yield Element("layouttype", "VERTICAL")
        yield Element("selecttype", "ALL")
        yield Element("selectcount", "0")
        yield Element("gradingtype", graded)
        yield Element("showgrading", "SHOW")
        yield Element("numberingstyle", "none")
        for at, option in enumerate(self.question.options, 1):
            yield self.formatted("answer", option.text, (), {"fraction": str(at)})

    def gaps(self) -> Iterator[Element]:
        order = cloze.order(self.question.text)
        if order != sorted(order):
            yield Element("lms:gaps", "", {"order": " ".join(map(str, order))})

    def essay(self) -> Iterator[Element]:
        question = self.question
        yield Element("responseformat", "editor")
        yield Element("responserequired", "1")
        yield Element("responsefieldlines", "15")
        for tag, words in {"minwordlimit": question.min_words, "maxwordlimit": question.max_words}.items():
            if words:
                yield Element(tag, str(words))
        yield Element("attachments", "0")
        yield Element("attachmentsrequired", "0")
        yield self.formatted("graderinfo", question.grader_notes)
        yield Element("responsetemplate", [_words(question.template)], {"format": NAMES["plain"]})
        if question.rubric:
            yield Element("lms:rubric", [_criterion(criterion) for criterion in question.rubric])

    def feedback(self, option: Option) -> Element:
        return self.formatted("feedback", option.feedback)


WRITERS: Mapping[Kind, Callable[[_Writer], Iterable[Element]]] = {
    Kind.single: _Writer.choices,
    Kind.multiple: _Writer.choices,
    Kind.true_false: _Writer.typed,
    Kind.short_answer: _Writer.typed,
    Kind.numerical: _Writer.numbers,
    Kind.matching: _Writer.pairs,
    Kind.ordering: _Writer.order,
    Kind.gaps: _Writer.gaps,
    Kind.essay: _Writer.essay,
}


def _criterion(criterion: Criterion) -> Element:
    levels = (Element("lms:level", [_words(level.text)], {"points": plain(level.points)}) for level in criterion.levels)
    return Element("lms:criterion", [_words(criterion.text), *levels])


def _fraction(option: Option) -> dict[str, str]:
    return {"fraction": plain(option.weight)}


def _file(path: str, data: bytes) -> Element:
    folder, name = PurePosixPath("/", path).parent, PurePosixPath(path).name
    attributes = {"name": name, "path": f"{folder}/".replace("//", "/"), "encoding": "base64"}
    return Element("file", b64encode(data).decode(), attributes)


def _unit(unit: Unit) -> Element:
    return Element("unit", [Element("multiplier", _multiplier(unit.factor)), Element("unit_name", unit.name)])


def _multiplier(factor: float) -> str:
    """As short as it can be to come back as the same factor."""
    multiplier = 1 / Decimal(repr(factor))
    for digits in range(1, 29):
        text = f"{multiplier:.{digits}g}"
        if (back := number(text)) and float(1 / back) == factor:
            return text
    return str(multiplier)


def plain(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def hundredth(percent: float) -> str:
    """A percentage as the fraction that Moodle has for it."""
    return f"{Decimal(repr(float(percent))) / int(FULL):f}".rstrip("0").rstrip(".") or "0"
