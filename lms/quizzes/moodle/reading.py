"""Reading Moodle XML: each question, or why it is none."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from typing import Any

from lms.quizzes import categories
from lms.quizzes.imported import FormatError, Item, checked, long_name, short_name, sound_tags, strict
from lms.quizzes.kinds import N_, TITLE_LENGTH, Kind, Question, tidy
from lms.quizzes.markup import Markup
from lms.quizzes.moodle import tree
from lms.quizzes.moodle.kinds import KINDS, TAG, is_true, value
from lms.quizzes.moodle.texts import USUAL, Files, Texts, format_of
from lms.quizzes.moodle.tree import Node


def parse(text: str) -> list[Question]:
    """Read the questions of a quiz's own text, in which categories mean nothing.

    Raises FormatError, which holds all the problems.
    """
    return strict(items(text))


def items(text: str) -> Iterator[Item]:
    """Read all that a file holds. Raises FormatError where it is no sound XML, also after the first items."""
    category: tuple[str, ...] = ()
    files = Files()
    for node in tree.read(encoded(text)):
        kind = node.get("type").lower() if node.tag == "question" else f"<{node.tag}>"
        if kind == "category":
            category = categories.read(node.value("category"))
        else:
            yield _item(node, kind[:TITLE_LENGTH], category, files)


def encoded(text: str) -> bytes:
    return text.removeprefix("\ufeff").encode("utf-8", "ignore")


def _item(node: Node, kind: str, category: tuple[str, ...], files: Files) -> Item:
    name = node.value("name")
    item = Item(
        line=node.line,
        category=category,
        title=short_name(name)[:TITLE_LENGTH] or _beginning(node),
        idnumber=node.value("idnumber"),
    )
    try:
        question, texts = _question(node, kind, files)
    except FormatError as error:
        return replace(item, problems=error.problems, kind=error.kind)
    notes = (*long_name(node.line, name), *texts.notes)
    return replace(item, question=question, notes=notes, files=texts.mine)


def _beginning(node: Node) -> str:
    return " ".join(TAG.sub(" ", node.value("questiontext")[: 10 * TITLE_LENGTH]).split())[:TITLE_LENGTH]


def _question(node: Node, kind: str, files: Files) -> tuple[Question, Texts]:
    if not kind:
        raise node.wrong(N_("The question does not say of what kind it is."))
    if kind not in KINDS:
        raise node.wrong(N_("“%(type)s” is a kind of question that is not supported."), kind, type=kind)
    own = format_of(node.child("questiontext"), USUAL)
    for target in (own, "html"):
        texts = Texts(Markup(own, target), files)
        draft = KINDS[kind](node, texts)
        fields = {**_common(node, texts, draft.kind), **draft.fields}
        question = Question(kind=draft.kind, format=target, **fields)
        if not texts.markup.mixed:
            break
    return checked(question, node.line, draft.lines), texts


def _common(node: Node, texts: Texts, kind: Kind) -> dict[str, Any]:
    """What every kind of question has."""
    hints = [] if kind is Kind.essay else [tidy(texts.read(hint)) for hint in node.all("hint")]
    tags = [tag.words for tags in node.all("tags") for tag in tags.all("tag")]
    penalty = value(node, "penalty", "0.3333333") * 100
    return {
        "name": short_name(node.value("name")),
        "text": "" if kind is Kind.gaps else texts.read(node.child("questiontext")) + _picture(node, texts),
        "feedback": texts.read(node.child("generalfeedback")),
        "mark": float(value(node, "defaultgrade", "1")),
        "hints": tuple(filter(None, hints)),
        "penalty": float(penalty),
        "right_feedback": texts.read(node.child("correctfeedback")),
        "partly_feedback": texts.read(node.child("partiallycorrectfeedback")),
        "wrong_feedback": texts.read(node.child("incorrectfeedback")),
        "shuffle": is_true(node, "shuffleanswers", default=True),
        "tags": sound_tags(tags),
    }


def _picture(node: Node, texts: Texts) -> str:
    """The one picture of a question that Moodle had before version 2."""
    name, data = node.value("image"), node.value("image_base64")
    if not data:
        return ""
    try:
        kept = texts.files.keep(re.split(r"[/\\]", name)[-1] or "picture", binascii.a2b_base64(data))
    except ValueError:
        raise node.wrong(N_("The embedded file “%(file)s” is damaged."), file=name[:TITLE_LENGTH]) from None
    texts.mine[kept] = texts.files.kept[kept]
    return f"\n\n![]({kept})" if texts.markup.target == "markdown" else f'\n<p><img src="{escape(kept)}" alt=""></p>'
