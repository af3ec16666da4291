"""Pictures written into a text as `data:` addresses: taken out, as files that the text names."""

import binascii
import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

from lms.quizzes.imported import Item
from lms.quizzes.kinds import Option, Question

ENDINGS = {"png": "png", "jpeg": "jpg", "jpg": "jpg", "gif": "gif", "webp": "webp", "svg+xml": "svg"}
ADDRESS = re.compile(rf"data:image/({'|'.join(map(re.escape, ENDINGS))});base64,([A-Za-z0-9+/]+={{0,2}})")
TEXTS = ("text", "feedback", "right_feedback", "partly_feedback", "wrong_feedback", "grader_notes")


def taken_out(item: Item) -> Item:
    """The same with a file for each picture that its texts hold."""
    if item.question is None:
        return item
    found: dict[str, bytes] = {}

    def placed(match: re.Match[str]) -> str:
        try:
            data = binascii.a2b_base64(match[2])
        except binascii.Error:
            return match[0]
        name = f"images/picture-{sha256(data).hexdigest()[:12]}.{ENDINGS[match[1]]}"
        found[name] = data
        return name

    question = _each_text(item.question, lambda text: ADDRESS.sub(placed, text))
    return replace(item, question=question, files={**item.files, **found}) if found else item


def _each_text(question: Question, change: Callable[[str], str]) -> Question:
    """The question with every text changed that may hold a picture."""

    def changed(options: tuple[Option, ...]) -> tuple[Option, ...]:
        return tuple(replace(one, text=change(one.text), feedback=change(one.feedback)) for one in options)

    texts: dict[str, Any] = {name: change(getattr(question, name)) for name in TEXTS}
    return replace(
        question,
        options=changed(question.options),
        pairs=tuple(replace(pair, left=change(pair.left)) for pair in question.pairs),
        hints=tuple(map(change, question.hints)),
        gaps=tuple(replace(gap, options=changed(gap.options)) for gap in question.gaps),
        **texts,
    )
