"""The settings of a quiz: what a form sends is read, or refused where it stands; what is kept is shown again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings as hypothesis, strategies as st
from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from lms.authoring import quiz_settings_form as form, quiz_settings_words as words
from lms.authoring.models import DraftPart
from lms.authoring.question_forms import Typed
from lms.courses.models import Course
from lms.i18n import in_language
from lms.quizzes.draws import Draw
from lms.quizzes.models import Counts, Shows
from lms.quizzes.services import bank
from lms.quizzes.settings import USUAL, Remark, Settings
from tests import factories
from tests.conftest import Visitor, counted_queries, reread

QUIZ = "/manage/courses/innovation/edit/quizzes/quiz"
CODES = ["en", "km"]
SENT = {"title-en": "Quiz", "pass_mark": "60", "per_page": "5"}


@pytest.fixture(autouse=True)
def _in_english(app: Flask) -> Iterator[None]:
    with in_language("en"):
        yield


def read(**values: str) -> tuple[Settings, Typed]:
    typed = Typed({**SENT, **{name.replace("__", "-"): value for name, value in values.items()}})
    return Settings.from_json(form.read_settings(typed, {}, CODES)), typed


def wrong(values: dict[str, str]) -> list[str]:
    typed = Typed({**SENT, **values})
    form.read_settings(typed, {}, CODES)
    return list(typed.errors)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title-en", ""),
        ("title-en", "x" * 201),
        ("pass_mark", ""),
        ("pass_mark", "101"),
        ("attempts", "1.5"),
        ("attempts", "-1"),
        ("per_page", "0"),
        ("minutes", "long"),
        ("minutes", "1e9"),
        ("pause", "-5"),
        ("time_limit", "10001"),
        ("opens_at", "tomorrow"),
        ("closes_at", "0001-01-01T00:00"),
        ("access_word", "x" * 81),
        ("from-0", "101"),
        ("category-0", "x" * 256),
        ("number-0", "0"),
    ],
)
def test_settings_that_cannot_be_are_refused_at_their_field(name: str, value: str) -> None:
    assert name in wrong({name: value})


def test_a_quiz_does_not_close_before_it_opens() -> None:
    assert wrong({"opens_at": "2027-01-02T08:00", "closes_at": "2027-01-02T08:00"}) == ["closes_at"]


def test_days_and_times_are_those_of_the_site() -> None:
    found, _ = read(opens_at="2027-01-02T08:00", closes_at="២០២៧-០១-០៣ ១៧:៣០")
    assert found.opens_at == datetime(2027, 1, 2, 1, tzinfo=UTC)
    assert found.closes_at == datetime(2027, 1, 3, 10, 30, tzinfo=UTC)


def test_what_is_left_empty_is_as_usual() -> None:
    found, typed = read(per_page="", counts="odd", feedback="")
    assert typed.errors == {}
    assert (found.per_page, found.counts, found.feedback, found.attempts) == (5, "highest", "always", 0)


def test_feedback_on_the_score_stands_from_the_highest_down() -> None:
    found, typed = read(
        overall="3",
        **{"from-0": "0", "remark-0-en": "Again", "from-2": "៨០", "remark-2-km": "ល្អ", "remark-2-en": "Good"},
    )
    assert typed.errors == {}
    assert found.overall == (Remark(80, {"en": "Good", "km": "ល្អ"}), Remark(0, {"en": "Again"}))


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"from-0": "50"}, ["remark-0-en"]),
        ({"remark-0-en": "Good"}, ["from-0"]),
        ({"from-0": "5", "remark-0-en": "A", "from-1": "5.0", "remark-1-en": "B"}, ["from-1"]),
    ],
)
def test_feedback_on_the_score_needs_a_score_and_a_text(values: dict[str, str], names: list[str]) -> None:
    assert wrong({"overall": "2", **values}) == names


def test_questions_are_drawn_from_a_category_or_taken_by_name() -> None:
    found, typed = read(
        draws="3",
        **{"category-0": " Budget / Basics/", "number-0": "3", "tags-0": "easy, Easy, new", "question-2": "q1"},
        **{"bank-2": "shared"},
    )
    assert typed.errors == {}
    assert found.draws == (
        Draw(category="Budget/Basics", number=3, tags=("easy", "new")),
        Draw(question="q1", shared=True),
    )


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"category-0": "Budget", "question-0": "q1"}, ["question-0"]),
        ({"number-0": "3"}, ["category-0"]),
        ({"tags-0": "easy"}, ["category-0"]),
        ({"category-0": "Budget", "number-0": "many"}, ["number-0"]),
    ],
)
def test_a_draw_is_one_thing_or_the_other(values: dict[str, str], names: list[str]) -> None:
    assert wrong(values) == names


WORDS = st.text("abកខ &<\"'", min_size=1, max_size=8).map(lambda text: " ".join(text.split())).filter(bool)
MOMENTS = st.none() | st.integers(0, 10**8).map(lambda minutes: datetime.fromtimestamp(minutes * 60, UTC))
TAGS = st.lists(WORDS, max_size=2, unique_by=str.casefold).map(tuple)
CATEGORIES = st.lists(WORDS, min_size=1, max_size=2).map("/".join)
DRAWS = st.builds(Draw, category=CATEGORIES, number=st.integers(1, 9), tags=TAGS, shared=st.booleans()) | st.builds(
    Draw, question=WORDS, shared=st.booleans()
)
REMARKS = st.dictionaries(
    st.integers(0, 1000).map(lambda tenths: tenths / 10),
    st.dictionaries(st.sampled_from(CODES), WORDS, min_size=1),
    max_size=3,
).map(lambda found: tuple(Remark(least, found[least]) for least in sorted(found, reverse=True)))
SETTINGS = st.builds(
    Settings,
    pass_mark=st.integers(0, 1000).map(lambda tenths: tenths / 10),
    attempts=st.integers(0, 9),
    shuffle=st.booleans(),
    final=st.booleans(),
    per_page=st.integers(1, 9),
    opens_at=MOMENTS,
    time_limit=st.integers(0, 90),
    pause=st.integers(0, 90),
    counts=st.sampled_from([str(one) for one in Counts]),
    feedback=st.sampled_from([str(one) for one in Shows]),
    answers=st.sampled_from([str(one) for one in Shows]),
    access_word=WORDS,
    going_back=st.booleans(),
    tries=st.booleans(),
    practice=st.booleans(),
    blind=st.booleans(),
    overall=REMARKS,
    draws=st.lists(DRAWS, max_size=3).map(tuple),
)


@hypothesis(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SETTINGS)
def test_whatever_is_set_is_the_same_after_the_form(wanted: Settings) -> None:
    content: dict[str, Any] = {"title": {"en": "Quiz"}, "minutes": 5, "gift": {"en": "x"}, **wanted.to_json()}
    typed = form.show_settings(content)
    assert form.read_settings(typed, content, CODES) == content
    assert typed.errors == {}
    assert len(words.in_words(content)) >= len(words.LABELS)


def test_what_other_languages_say_stays() -> None:
    overall = (Remark(50, {"fr": "Bien", "en": "Good"}),)
    content = {"title": {"fr": "Jeu", "en": "Quiz"}, **Settings(overall=overall).to_json()}
    typed = form.show_settings(content)
    typed.values["remark-0-en"] = "Better"
    found = form.read_settings(typed, content, CODES)
    assert found["title"] == {"fr": "Jeu", "en": "Quiz"}
    assert found["overall"] == [{"from": 50, "text": {"fr": "Bien", "en": "Better"}}]


def test_only_what_is_not_as_usual_is_opened() -> None:
    usual = form.show_settings({"title": {"en": "Quiz"}, **USUAL.to_json()})
    assert [group for group in form.GROUPS if form.is_open(usual, group)] == []
    usual.values |= {"pause": "10", "category-0": "Budget"}
    assert [group for group in form.GROUPS if form.is_open(usual, group)] == ["attempts", "draws"]


# The page


@pytest.fixture
def course(app: Flask) -> Course:
    made = factories.course()
    factories.quiz(made)
    return made


@pytest.fixture
def tola(course: Course, client: Visitor) -> Person:
    made = factories.trainer(of=course)
    client.sign_in(made)
    client.get(QUIZ)
    return made


def part() -> DraftPart:
    reread()
    return db.session.scalars(select(DraftPart).where(DraftPart.slug == "quiz")).one()


def send(client: Visitor, seen: int | None = None, **fields: str) -> Any:
    return client.submit(QUIZ, seen=part().version if seen is None else seen, **{**SENT, **fields})


def put(owner: Course | None, name: str, *tags: str) -> None:
    with db.transaction():
        bank.add(owner, "Budget", {"en": replace(factories.choice(name), tags=tags)}, None)


def test_all_settings_are_saved_and_shown_again(tola: Person, client: Visitor) -> None:
    fields = {"time_limit": "30", "counts": "last", "answers": "never", "tries": "1", "closes_at": "2030-01-31T17:00"}
    assert send(client, **fields).status_code == 302
    found = Settings.from_json(part().content)
    assert (found.time_limit, found.counts, found.answers, found.tries) == (30, "last", "never", True)
    page = client.get(QUIZ).text
    assert 'value="2030-01-31T17:00"' in page
    assert '<option value="last" selected>' in page
    assert "Phnom Penh time" in page


def test_a_row_says_how_many_questions_there_are_to_draw_from(tola: Person, client: Visitor, course: Course) -> None:
    put(course, "one", "easy")
    put(course, "two")
    put(None, "three")
    fields = {"draws": "3", "category-0": "Budget", "number-0": "2", "category-1": "Budget", "number-1": "4"}
    send(client, **fields, **{"bank-1": "shared", "question-2": "gone"})
    page = client.get(QUIZ).text
    assert "2 questions to draw from." in page
    assert "There is only 1 question to draw from." in page
    assert "There is no such question." in page
    assert '<option value="Budget"></option>' in page


def test_one_more_row_keeps_what_was_typed_and_saves_nothing(tola: Person, client: Visitor) -> None:
    before = part().version
    page = send(client, go="more-draws", draws="1", **{"title-en": "Typed", "category-0": "Budget"})
    assert page.status_code == 200
    assert 'name="category-1"' in page.text
    assert "Typed</textarea>" in page.text
    assert 'value="Budget"' in page.text
    assert part().version == before


def test_who_is_slower_sees_each_setting_that_is_saved_now(tola: Person, client: Visitor) -> None:
    seen = part().version
    send(client, pause="45", access_word="lotus", **{"category-0": "Budget", "tags-0": "easy"})
    page = send(client, seen, pause="15")
    assert page.status_code == 409
    assert '<dt>Pause between two attempts</dt><dd class="pre-line">45</dd>' in page.text
    assert "lotus" in page.text
    assert "1 × Budget, easy, from the bank of this course" in page.text
    assert 'value="15"' in page.text


def test_many_draws_take_as_many_queries_as_one(tola: Person, client: Visitor, course: Course) -> None:
    put(course, "one")
    send(client, **{"category-0": "Budget"})
    with counted_queries() as few:
        client.get(QUIZ)
    send(client, draws="9", **{f"category-{at}": "Budget" for at in range(9)})
    with counted_queries() as many:
        client.get(QUIZ)
    assert len(many) == len(few)
