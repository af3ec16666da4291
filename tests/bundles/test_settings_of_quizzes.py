"""Everything that a quiz can be set to stands in its file, and what is wrong there is told by line."""

from datetime import UTC, datetime

import pytest

from lms.bundles.bundle import Quiz
from lms.bundles.read import read
from lms.bundles.write import to_files
from lms.quizzes.draws import Draw
from lms.quizzes.settings import Remark, Settings
from tests.bundles.samples import QUIZ, market, problems

CHECK = "01-stalls/03-check"
FULL = (
    QUIZ
    + """\
final = true
per_page = 1
opens_at = 2026-12-01T01:00:00Z
closes_at = 2026-12-08T10:00:00Z
time_limit = 20
pause = 60
counts = "average"
feedback = "done"
answers = "closed"
access_word = "rice"
going_back = false
tries = true
practice = true
blind = true

[[overall]]
from = 80
text.en = "Well done."
text.km = "ល្អ"

[[overall]]
from = 0
text.en = \"\"\"
Read on:

- prices
\"\"\"

[[draw]]
question = "tax"
shared = true

[[draw]]
category = "Budget/Basics"
number = 3
tags = ["law", "rice"]
"""
)


def quiz(text: str) -> Quiz:
    [unit] = read(market({f"{CHECK}.quiz.toml": text})).units
    found = unit.lessons[2]
    assert isinstance(found, Quiz)
    return found


def test_every_setting_is_read() -> None:
    assert quiz(FULL).settings == Settings(
        pass_mark=50,
        attempts=3,
        final=True,
        per_page=1,
        opens_at=datetime(2026, 12, 1, 1, tzinfo=UTC),
        closes_at=datetime(2026, 12, 8, 10, tzinfo=UTC),
        time_limit=20,
        pause=60,
        counts="average",
        feedback="done",
        answers="closed",
        access_word="rice",
        going_back=False,
        tries=True,
        practice=True,
        blind=True,
        overall=(Remark(80, {"en": "Well done.", "km": "ល្អ"}), Remark(0, {"en": "Read on:\n\n- prices"})),
        draws=(Draw("tax", shared=True), Draw(category="Budget/Basics", number=3, tags=("law", "rice"))),
    )


@pytest.mark.parametrize("text", [QUIZ, FULL])
def test_a_file_in_its_plain_form_is_written_as_it_was(text: str) -> None:
    assert to_files(read(market({f"{CHECK}.quiz.toml": text})))[f"{CHECK}.quiz.toml"][:].decode() == text


def test_remarks_are_put_in_order_the_highest_first() -> None:
    text = '\n[[overall]]\nfrom = 0\ntext.en = "Low"\n\n[[overall]]\nfrom = 50\ntext.en = "High"\n'
    assert [remark.least for remark in quiz(QUIZ + text).settings.overall] == [50, 0]


def test_a_quiz_may_have_no_questions_but_those_it_draws() -> None:
    files = {f"{CHECK}.en.gift": None, f"{CHECK}.km.gift": None}
    [unit] = read(market({f"{CHECK}.quiz.toml": FULL, **files})).units
    assert isinstance(unit.lessons[2], Quiz)
    assert unit.lessons[2].questions == {}


WRONG = [
    ("time_limit = -1", 7, "“time_limit” must be a whole number from 0 to 10000."),
    ("pause = 1.5", 7, "“pause” must be a whole number"),
    ('opens_at = "soon"', 7, "“opens_at” must be a moment"),
    ("closes_at = 2026-12-08", 7, "“closes_at” must be a moment"),
    (
        "opens_at = 2026-12-02T00:00:00Z\ncloses_at = 2026-12-02T07:00:00+07:00",
        8,
        "The quiz closes before it opens.",
    ),
    ('counts = "best"', 7, "“counts” must be one of: highest, average, first, last."),
    ('feedback = "later"', 7, "“feedback” must be one of: always, done, closed, never."),
    ("answers = true", 7, "“answers” must be one of"),
    ("answers = []", 7, "“answers” must be one of"),
    ('access_word = ""', 7, "“access_word” is empty."),
    (f'access_word = "{"x" * 81}"', 7, "“access_word” is longer than 80 characters."),
    ('blind = "no"', 7, "“blind” must be true or false"),
    ("overall = 5", 7, "“overall” must be tables that begin with [[overall]]."),
    ("[overall]\nfrom = 5", 7, "“overall” must be tables"),
    ('[[overall]]\ntext.en = "X"', 7, "“overall.from” is missing."),
    ("[[overall]]\nfrom = 5", 7, "“overall.text” is missing"),
    ('[[overall]]\nfrom = 101\ntext.en = "X"', 8, "“overall.from” must be a number from 0 to 100."),
    (
        '[[overall]]\nfrom = 1\ntext.en = "X"\n[[overall]]\nfrom = 1\ntext.en = "Y"',
        11,
        "There are two texts for a score",
    ),
    ('[[overall]]\nfrom = 1\ntext.fr = "X"', 9, "The course has no title in “fr”"),
    ('[[overall]]\nfrom = 1\n[overall.text]\nen = ""', 10, "“overall.text.en” is empty."),
    ('[[draw]]\nquestion = "a"\n[[draw]]\nnumber = 2', 9, "A draw has a “question”, or a “category”"),
    ('[[draw]]\nquestion = "a"\n\n[[draw]]\nquestion = "b"\nnumber = 2', 12, "The key “draw.number” is unknown here."),
    ('[[draw]]\nquestion = "a"\ncategory = "B"', 9, "The key “draw.category” is unknown here."),
    ('[[draw]]\ncategory = "Budget / Basics/"', 8, "Write the category as “Budget/Basics”."),
    ('[[draw]]\ncategory = "B"\nnumber = 0', 9, "“draw.number” must be a whole number from 1 to 1000."),
    ('[[draw]]\ncategory = "B"\ntags = "law"', 9, "“draw.tags” must be a list of texts"),
    ('[[draw]]\ncategory = "B"\ntags = ["a,b"]', 9, "A tag must have a text, without commas."),
    ('[[draw]]\ncategory = "B"\ntags = ["a", "A"]', 9, "A tag stands there twice."),
    ('draw = [{question = "a", shared = 1}]', 7, "“draw.shared” must be true or false"),
]


@pytest.mark.parametrize(("more", "line", "message"), WRONG)
def test_a_wrong_setting_is_told_by_its_line(more: str, line: int, message: str) -> None:
    told = problems(market({f"{CHECK}.quiz.toml": f"{QUIZ}{more}\n"}))
    assert any(one.startswith(f"{CHECK}.quiz.toml:{line}: {message}") for one in told), told


def test_a_draft_keeps_the_settings_as_they_are() -> None:
    settings = quiz(FULL).settings
    assert Settings.from_json(settings.to_json()) == settings
    assert Settings.from_json({"title": {"en": "X"}, "per_page": None}) == Settings()
