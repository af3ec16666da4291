"""Writing GIFT: one answer a line. The format is always named, because Moodle takes a text without one for its own."""

import re
from collections.abc import Iterable

from lms.quizzes import categories
from lms.quizzes.gift.answers import MARKER
from lms.quizzes.gift.pieces import CATEGORY
from lms.quizzes.imported import Item
from lms.quizzes.kinds import ANYTHING, FULL, Kind, Option, Pair, Question

KINDS = frozenset(
    {
        Kind.single,
        Kind.multiple,
        Kind.true_false,
        Kind.short_answer,
        Kind.numerical,
        Kind.matching,
        Kind.essay,
    }
)
"""What GIFT can hold."""
SPECIAL = re.compile(r"[\\~=#{}:]")


def holds(question: Question) -> bool:
    """Whether GIFT can hold all that this question has; the rest needs Moodle XML."""
    held = Question(
        name=question.name,
        kind=question.kind,
        text=question.text,
        options=question.options,
        pairs=question.pairs,
        feedback=question.feedback,
        format=question.format,
        tags=question.tags,
    )
    return question.kind in KINDS and question == held


def write(questions: Iterable[Question]) -> str:
    """Write questions as GIFT that `parse`, and Moodle, read back as the same questions."""
    return write_items(Item(0, question) for question in questions)


def write_items(items: Iterable[Item]) -> str:
    """Write questions with their categories."""
    written: list[str] = []
    category: tuple[str, ...] = ()
    for item in items:
        if item.category != category:
            category = item.category
            written.append(f"{CATEGORY} {categories.write(category)}\n")
        if item.question:
            written.append(_write_remarks(item) + _write_question(item.question))
    return "\n".join(written)


def _write_remarks(item: Item) -> str:
    """Moodle's way to keep what the format has no place for: in a comment."""
    remarks = [f"[id:{_in_brackets(item.idnumber)}]"] if item.idnumber else []
    remarks += [f"[tag:{_in_brackets(tag)}]" for tag in (item.question.tags if item.question else ())]
    return f"// {' '.join(remarks)}\n" if remarks else ""


def _in_brackets(text: str) -> str:
    return re.sub(r"[\]\\]", r"\\\g<0>", text)


def _write_question(question: Question) -> str:
    title = f"::{_escape(question.name)}::" if question.name else ""
    opening = "{#" if question.kind is Kind.numerical else "{"
    lines = [f"{title}[{question.format}]{_escape(question.text)} {opening}", *_write_body(question)]
    if question.feedback:
        lines.append("####" + _write_formatted(question.feedback, question.format))
    return "\n\t".join(lines) + "\n}\n"


def _write_body(question: Question) -> Iterable[str]:
    if question.kind is Kind.essay:
        return []
    if question.kind is Kind.true_false:
        return [_write_truth(question)]
    if question.kind is Kind.matching:
        return [_write_pair(pair, question.format) for pair in question.pairs]
    write_option = {
        Kind.single: _write_choice,
        Kind.multiple: _write_choice,
        Kind.short_answer: _write_short_answer,
        Kind.numerical: _write_number,
    }[question.kind]
    return [
        write_option(option, question) + _write_feedback(option.feedback, question.format)
        for option in question.options
    ]


def _write_choice(option: Option, question: Question) -> str:
    text = _write_formatted(option.text, question.format)
    if question.kind is Kind.single and option.weight == FULL:
        return _write_answer("=", FULL, text)
    return _write_answer("~", option.weight, text)


def _write_short_answer(option: Option, _: Question) -> str:
    return _write_answer("=", option.weight, _escape_arrows(_escape(option.text)))


def _write_number(option: Option, _: Question) -> str:
    if option.text == ANYTHING:
        return "~"
    return _write_answer("=", option.weight, f"{option.text}:{_write_float(option.tolerance)}")


def _write_answer(sign: str, weight: float, text: str) -> str:
    implied = weight == (FULL if sign == "=" else 0)
    # A text that begins like a weight needs one before it.
    return f"{sign}{text}" if implied and not text.startswith("%") else f"{sign}%{_write_float(weight)}%{text}"


def _write_truth(question: Question) -> str:
    true, false = question.options
    verdict, right, wrong = ("TRUE", true, false) if true.weight else ("FALSE", false, true)
    if not right.feedback:
        return verdict + _write_feedback(wrong.feedback, question.format)
    comments = (_write_formatted(option.feedback, question.format) for option in (wrong, right))
    return "#".join([verdict, *comments])


def _write_pair(pair: Pair, markup: str) -> str:
    left = _escape_arrows(_write_formatted(pair.left, markup))
    return f"={left} -> {_escape_arrows(_escape(pair.right))}"


def _write_feedback(text: str, markup: str) -> str:
    return "#" + _write_formatted(text, markup) if text else ""


def _write_formatted(text: str, markup: str) -> str:
    # A text that begins like a format marker needs one before it.
    return f"[{markup}]{_escape(text)}" if MARKER.match(text) else _escape(text)


def _write_float(value: float) -> str:
    return repr(value).removesuffix(".0")


def _escape(text: str) -> str:
    return SPECIAL.sub(r"\\\g<0>", text).replace("\n", r"\n")


def _escape_arrows(text: str) -> str:
    return text.replace("->", r"-\>")
