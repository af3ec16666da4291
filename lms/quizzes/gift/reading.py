"""Reading GIFT: each block of a text as a question, or why it is none."""

from collections.abc import Iterator
from dataclasses import replace

from lms.quizzes import categories
from lms.quizzes.gift import answers
from lms.quizzes.gift.pieces import CATEGORY, Block, Piece, blocks
from lms.quizzes.imported import FormatError, Item, checked, long_name, short_name, sound_tags, strict
from lms.quizzes.kinds import N_, TITLE_LENGTH, Kind, Question, tidy
from lms.quizzes.markup import Markup

GAP = "_____"


def parse(text: str) -> list[Question]:
    """Read the questions of a quiz's own text, in which categories mean nothing and a text is markdown.

    Raises FormatError, which holds all the problems.
    """
    return strict(items(text))


def items(text: str, markup: str = "markdown") -> Iterator[Item]:
    """Read all that a GIFT text holds; `markup` is the format of texts that do not name theirs."""
    return (_item(block, markup) for block in blocks(text))


def lines(text: str) -> list[int]:
    """The line on which each question of a sound GIFT text begins."""
    return [block.numbers[0] for block in blocks(text)]


def last_lines(text: str) -> list[int]:
    """The line on which each of them ends."""
    return [block.numbers[-1] for block in blocks(text)]


def _item(block: Block, markup: str) -> Item:
    title, rest = _title(_whole(block))
    name = tidy(title.text) if title else ""
    item = Item(
        line=block.numbers[0],
        category=categories.read(block.category),
        title=(name or " ".join(tidy(rest.part(0, 4 * TITLE_LENGTH).text).split()))[:TITLE_LENGTH],
        idnumber=next(iter(block.remarks("id")), ""),
    )
    try:
        return replace(item, question=_question(block, markup), notes=tuple(long_name(block.numbers[0], name)))
    except FormatError as error:
        return replace(item, problems=error.problems, kind=error.kind)


def _question(block: Block, markup: str) -> Question:
    title, rest = _title(_whole(block))
    _check_opening(title, rest)
    before, body, after = _braces(rest)
    named, before = answers.marker(before)
    body, general = body.cut("####")
    own = named or markup
    for target in (own, "html"):
        texts = Markup(own, target)
        draft = answers.read(body, texts)
        question = Question(
            name=short_name(title.text) if title else "",
            kind=draft.kind,
            text=texts.read(_around(before, after, draft.kind)),
            options=draft.options,
            pairs=draft.pairs,
            feedback=answers.formatted(general, texts) if general else "",
            format=target,
            tags=sound_tags(block.remarks("tag")),
        )
        if not texts.mixed:
            break
    return checked(question, rest.line, draft.lines)


def _around(before: Piece, after: Piece, kind: Kind) -> str:
    """The text, with a line to write on where the answer stands within it."""
    if after.blank:
        return before.text
    return before.text + ("\n\n" if kind is Kind.essay else GAP) + after.text


def _whole(block: Block) -> Piece:
    start = len(block.text) - len(block.text.lstrip())
    return Piece(block, start, len(block.text))


def _title(whole: Piece) -> tuple[Piece | None, Piece]:
    if not whole.mask.startswith("::"):
        return None, whole
    title, rest = whole.after(2).cut("::")
    return (title, rest) if rest else (None, whole)


def _check_opening(title: Piece | None, rest: Piece) -> None:
    if title is None and rest.mask.startswith("::"):
        raise rest.wrong(N_("The title does not end with two colons."))
    if title is None and rest.raw.startswith(CATEGORY):
        raise rest.wrong(N_("A category stands on a line of its own, above its questions."))


def _braces(piece: Piece) -> tuple[Piece, Piece, Piece]:
    """What stands before, between and after the braces."""
    opened, closed = piece.mask.count("{"), piece.mask.count("}")
    start, stop = piece.mask.find("{"), piece.mask.find("}")
    if not opened and not closed:
        message = N_("This is a description: it has no braces with answers. Descriptions are not supported.")
        raise piece.wrong(message, kind="description")
    if opened != closed or stop < start:
        raise piece.wrong(N_("The braces are not balanced. A brace in a text is written with a backslash before it."))
    if opened > 1:
        message = N_(
            "There is more than one set of braces. Put an empty line between two questions; "
            "a question with several gaps needs Moodle XML."
        )
        raise piece.after(piece.mask.find("{", start + 1)).wrong(message)
    return piece.part(0, start), piece.part(start + 1, stop), piece.after(stop + 1)
