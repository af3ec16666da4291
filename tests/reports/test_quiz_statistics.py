"""What the attempts at a quiz say about its questions: the page, its plain words, its files, and what it costs."""

import re
from random import Random
from typing import Any

import pytest
from flask import Flask

from lms import db
from lms.courses.models import Course
from lms.i18n import in_language
from lms.quizzes import kinds
from lms.quizzes.models import Question, Quiz, Response
from lms.quizzes.statistics import Choice, ItemFigures, Part
from lms.reports.quizzes import charts, entries, findings, remarks
from lms.reports.quizzes.findings import Finding
from lms.reports.quizzes.remarks import Tone
from tests import factories
from tests.conftest import Visitor, counted_queries, reread
from tests.reports import crowd, quiz_crowd
from tests.reports.quiz_crowd import choice, questions, take
from tests.reports.test_large_lists import growth
from tests.reports.test_quiz_results import HALF, RIGHT, WRONG, drawn

STATISTICS = "/manage/courses/innovation/quizzes/quiz/statistics"


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course(lessons=0)


@pytest.fixture
def trainer(client: Visitor, course: Course) -> Visitor:
    return client.sign_in(factories.trainer(course))


def quiz_of(course: Course, *names: str, **values: Any) -> Quiz:
    return factories.quiz(course, [choice(name) for name in names or ("one", "two")], **values)


@pytest.mark.parametrize("file", ["", ".csv", ".xlsx"])
def test_who_may_see_it(file: str, client: Visitor, course: Course) -> None:
    quiz_of(course)
    others = factories.trainer(factories.course("another"))
    people = (factories.learner(), others, factories.trainer(course), factories.officer(), factories.admin())
    assert [client.sign_in(one).get(STATISTICS + file).status_code for one in people] == [403, 403, 200, 200, 200]


def test_a_quiz_that_nobody_took_says_so(trainer: Visitor, course: Course) -> None:
    quiz_of(course)
    page = trainer.get(STATISTICS).text
    assert "Nobody has handed in this quiz yet" in page
    assert "<svg" not in page


def test_first_attempts_count_unless_all_are_asked_for(trainer: Visitor, course: Course) -> None:
    quiz, dara = quiz_of(course), factories.person("Dara")
    take(course, quiz, [WRONG, WRONG], dara)
    take(course, quiz, [RIGHT, RIGHT], dara)
    take(course, quiz, [RIGHT, HALF], factories.person("Bora"))
    first, everything = findings.of(quiz), findings.of(quiz, everything=True)
    assert (first.quiz.attempts, first.quiz.mean) == (2, 37.5)
    assert (everything.quiz.attempts, round(everything.quiz.mean, 3)) == (3, 58.333)
    page = trainer.get(f"{STATISTICS}?attempts=all").text
    assert "3 attempts" in page
    assert "may mislead" in page
    assert "may mislead" not in trainer.get(STATISTICS).text
    assert "statistics.csv?attempts=all" in page


def test_attempts_that_wait_for_a_grader_are_left_out_and_counted(trainer: Visitor, course: Course) -> None:
    quiz, dara = quiz_of(course), factories.person("Dara")
    take(course, quiz, [RIGHT, RIGHT], dara, score_percent=None, ungraded=1)
    take(course, quiz, [WRONG, WRONG], dara)  # the second one does not stand in for the first
    take(course, quiz, [RIGHT, HALF])
    take(course, quiz, [RIGHT, HALF], submitted_at=None)
    found = findings.of(quiz)
    assert (found.quiz.attempts, found.waiting) == (1, 1)
    assert "1 attempt waits to be graded" in trainer.get(STATISTICS).text


def test_where_all_wait_for_a_grader_the_page_leads_to_grading(
    client: Visitor, trainer: Visitor, course: Course
) -> None:
    take(course, quiz_of(course), [RIGHT, RIGHT], score_percent=None, ungraded=1)
    page = trainer.get(STATISTICS).text
    assert "waits to be graded. Then you see here" in page
    assert "Nobody has handed in this quiz yet" not in page
    grading = f'class="btn btn-primary" href="{STATISTICS.replace("statistics", "grading")}"'
    assert grading in page
    assert grading not in client.sign_in(factories.officer()).get(STATISTICS).text


def test_figures_come_from_the_stored_answers(course: Course) -> None:
    quiz = quiz_of(course)
    for chosen in ([RIGHT, RIGHT], [RIGHT, HALF], [HALF, WRONG], [WRONG, None]):
        take(course, quiz, chosen)
    one, two = findings.of(quiz).questions
    assert (one.figures.asked, one.figures.facility, two.figures.facility) == (4, 62.5, 37.5)
    assert one.guess == 50
    assert [(each.text, each.count) for each in two.parts[0].choices] == [("Right", 1), ("Half", 1), ("Wrong", 1)]
    assert (two.blank, two.parts[0].blank) == (1, 1)
    assert [each.figures.intended_weight for each in (one, two)] == [50, 50]
    assert one.figures.discrimination > 80


def test_an_earlier_wording_has_figures_of_its_own(trainer: Visitor, course: Course) -> None:
    quiz = quiz_of(course)
    first, second = questions(quiz)
    take(course, quiz, [RIGHT, WRONG])
    with db.transaction():
        second.retired = True
    newer = factories._kept(
        Question(quiz_id=quiz.lesson_id, name="two", position=2, body={"en": choice("two").to_json()})
    )
    for chosen in (RIGHT, HALF):
        take(course, quiz, [RIGHT, chosen], asked=[first, newer])
    found = findings.of(quiz)
    assert [(one.entry.number, one.is_old, one.figures.asked) for one in found.questions] == [
        (1, False, 3),
        (2, False, 2),
        (2, True, 1),
    ]
    assert found.quiz.consistency is not None
    page = trainer.get(STATISTICS).text
    assert "An earlier wording" in page
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_a_drawn_question_is_known_by_those_who_were_asked_it(trainer: Visitor, course: Course) -> None:
    quiz = quiz_of(course, "own")
    own = questions(quiz)
    x, y, always = (drawn(course, quiz, name) for name in ("x", "y", "z"))
    for at, chosen in enumerate(([RIGHT] * 3, [RIGHT, WRONG, RIGHT], [WRONG, HALF, HALF], [WRONG] * 3)):
        take(course, quiz, chosen, asked=[*own, x if at % 2 else y, always])
    found = findings.of(quiz)
    assert [(one.row.name, one.figures.asked, one.figures.drawn) for one in found.questions] == [
        ("own", 4, False),
        ("x", 2, True),
        ("y", 2, True),
        ("z", 4, False),
    ]
    assert found.drawn_weight
    page = trainer.get(STATISTICS).text
    assert "Drawn at random" in page
    assert "together they carry" in page


def test_a_question_that_all_left_open_counts_as_nothing(course: Course) -> None:
    quiz = quiz_of(course, "own")
    own, x = questions(quiz), drawn(course, quiz, "x")
    take(course, quiz, [RIGHT, None], asked=[*own, x])
    found = findings.of(quiz)
    assert found.quiz.mean == 50
    assert [(one.figures.asked, one.figures.facility) for one in found.questions] == [(1, 100), (1, 0)]


def test_a_question_that_was_taken_away_unanswered_is_not_listed(course: Course) -> None:
    quiz = quiz_of(course, "one", "two")
    with db.transaction():
        questions(quiz)[1].retired = True
    assert [one.row.name for one in findings.of(quiz).questions] == ["one"]


def test_all_kinds_of_questions_can_be_shown(trainer: Visitor, course: Course) -> None:
    gap = kinds.Gap(kinds.Kind.single, (kinds.Option("a", 100), kinds.Option("b", 0)))
    typed = kinds.Gap(kinds.Kind.short_answer, (kinds.Option("rice", 100),))
    pairs = (kinds.Pair("cow", "grass"), kinds.Pair("cat", "mouse"))
    made = {
        "one": (choice("one"), 0),
        "several": (kinds.Question("several", kinds.Kind.multiple, "?", quiz_crowd.OPTIONS), [0, 2]),
        "truth": (factories_truth(), 1),
        "word": (kinds.Question("word", kinds.Kind.short_answer, "?", (kinds.Option("rice", 100),)), "<b>corn</b>"),
        "count": (kinds.Question("count", kinds.Kind.numerical, "?", (kinds.Option("4", 100),)), "5"),
        "pairs": (kinds.Question("pairs", kinds.Kind.matching, "?", pairs=pairs), [1, None]),
        "order": (kinds.Question("order", kinds.Kind.ordering, "?", quiz_crowd.OPTIONS), [2, 0, 1]),
        "gaps": (kinds.Question("gaps", kinds.Kind.gaps, "[[1]] [[2]]", gaps=(gap, typed)), [1, "corn"]),
        "essay": (kinds.Question("essay", kinds.Kind.essay, "?"), "Because."),
    }
    quiz = factories.quiz(course, [question for question, _given in made.values()])
    asked = questions(quiz)
    for _learner in range(6):
        attempt = take(course, quiz, [None] * len(asked))
        for row in asked:
            value = {"given": made[row.name][1]}
            factories._kept(
                Response(attempt_id=attempt.id, question_id=row.id, value=value, saved_at=crowd.NOON, fraction=0.5)
            )
    page = trainer.get(STATISTICS)
    assert page.status_code == 200
    assert "<b>corn" not in page.text
    for words in ("Gap 2", "Place 3", "cow", "&lt;b&gt;corn", "False", "Left open"):
        assert words in page.text


def factories_truth() -> kinds.Question:
    return kinds.Question("truth", kinds.Kind.true_false, "?", (kinds.Option("true", 100), kinds.Option("false", 0)))


def test_few_attempts_are_said_to_be_unsure(trainer: Visitor, course: Course) -> None:
    quiz = quiz_of(course)
    quiz_crowd.crowd(course, quiz, 29, Random(1))
    assert "figures are unsure" in trainer.get(STATISTICS).text
    take(course, quiz, [RIGHT, WRONG])
    assert "figures are unsure" not in trainer.get(STATISTICS).text


def test_the_file_has_a_row_for_each_question(trainer: Visitor, course: Course) -> None:
    quiz = quiz_of(course, "one", "=2")
    for chosen in ([RIGHT, RIGHT], [RIGHT, HALF], [HALF, WRONG], [WRONG, None]):
        take(course, quiz, chosen)
    answer = trainer.get(f"{STATISTICS}.csv")
    assert answer.data.startswith(b"\xef\xbb\xbfnumber,question,kind,")
    assert answer.headers["Cache-Control"] == "no-store"
    rows = crowd.read_csv(answer)
    assert [(row["number"], row["question"], row["kind"], row["asked"]) for row in rows] == [
        ("1", "one", "single", "4"),
        ("2", "=2", "single", "4"),
    ]
    names = ("facility_index", "random_guess_score", "intended_weight")
    assert [rows[0][name] for name in names] == ["62.5", "50", "50"]
    assert ",'=2," in answer.text
    assert crowd.read_xlsx(trainer.get(f"{STATISTICS}.xlsx")) == rows


def test_the_spreadsheet_has_the_quiz_and_the_answers_on_sheets_of_their_own(trainer: Visitor, course: Course) -> None:
    quiz = quiz_of(course, "one", "=2")
    for chosen in ([RIGHT, RIGHT], [RIGHT, HALF], [HALF, WRONG], [WRONG, None]):
        take(course, quiz, chosen)
    answer = trainer.get(f"{STATISTICS}.xlsx")
    figures = {row["figure"]: row["value"] for row in crowd.read_xlsx(answer, sheet="quiz")}
    assert (figures["attempts"], figures["attempts_waiting"], figures["mean_percent"]) == ("4", "0", "50")
    assert figures["standard_deviation"] == f"{round(findings.of(quiz).quiz.deviation, 2):g}"
    counts = [
        (row["number"], row["answer"], row["worth_percent"], row["given"])
        for row in crowd.read_xlsx(answer, sheet="answers")
    ]
    assert counts == [
        *[
            ("1", "Right", "100", "2"),
            ("1", "Half", "50", "1"),
            ("1", "Wrong", "0", "1"),
            ("1", "(left open)", "", "0"),
        ],
        *[
            ("2", "Right", "100", "1"),
            ("2", "Half", "50", "1"),
            ("2", "Wrong", "0", "1"),
            ("2", "(left open)", "", "1"),
        ],
    ]


def test_khmer_readers_have_khmer_digits(client: Visitor, course: Course) -> None:
    quiz_crowd.crowd(course, quiz_of(course), 12, Random(1))
    page = client.sign_in(factories.trainer(course, language="km")).get(STATISTICS).text
    assert "១២" in page


# --- What it costs


def test_queries_do_not_grow_with_the_attempts(trainer: Visitor, course: Course) -> None:
    def queries() -> list[int]:
        reread()
        counts = []
        for address in (STATISTICS, f"{STATISTICS}?attempts=all", f"{STATISTICS}.csv"):
            with counted_queries() as seen:
                assert trainer.get(address).status_code == 200
            counts.append(len(seen))
        return counts

    quiz = quiz_of(course)
    quiz_crowd.crowd(course, quiz, 10, Random(1))
    few = queries()
    quiz_crowd.crowd(course, quiz, 990, Random(2))
    assert queries() == few
    assert max(few) <= 9


def test_five_thousand_attempts_need_little_memory(trainer: Visitor, course: Course) -> None:
    quiz = quiz_of(course, *(f"question {number}" for number in range(20)))
    quiz_crowd.crowd(course, quiz, 100, Random(1))
    trainer.get(STATISTICS)
    quiz_crowd.crowd(course, quiz, 4900, Random(2))
    reread()
    with growth() as grown:
        page = trainer.get(STATISTICS)
    assert "5000 attempts" in page.text
    assert grown.peak < 60_000_000


# --- Plain words


def finding(question: kinds.Question, parts: list[Part], guess: float | None = 25, **figures: Any) -> Finding:
    defaults = {"asked": 40, "drawn": False, "facility": 50.0, "discrimination": 40.0, "efficiency": 60.0}
    row = Question(quiz_id=1, name=question.name, position=1, body={"en": question.to_json()})
    entry = entries.Entry(1, question.name, [row])
    return Finding(entry, row, question, ItemFigures(**{**defaults, **figures}), guess, parts, False)


def options(right: int, *wrong: int, blank: int = 0) -> list[Part]:
    others = [Choice(f"wrong {number}", 0, count) for number, count in enumerate(wrong, 1)]
    return [Part("", [Choice("right", 100, right), *others], blank)]


def told(one: Finding) -> list[str]:
    with in_language("en"):
        return [remark.text for remark in remarks.on_question(one)]


SINGLE = choice("one")
FAILS = "Those who know the rest fail here: the question is probably wrong."
ALIKE = "It does not tell learners apart: all got the same, here or in the rest."
STEPS = {
    5: "Extremely difficult", 6: "Very difficult", 11: "Difficult", 21: "Moderately", 35: "About right", 65: "Fairly",
    81: "Easy", 90: "Very easy", 95: "Extremely easy",
}  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "figures", "words"),
    [
        (options(20, 10, 10), {}, "About right for the average learner."),
        (options(2, 38), {"facility": 5.0}, "Nearly everyone answered “wrong 1”, which is wrong. Is the key right?"),
        (options(15, 25), {"facility": 37.5}, "More answered “wrong 1”, which is wrong, than what is right."),
        (options(20, 20, 0), {}, "Nobody chose “wrong 2”: no real choice."),
        (options(0, 0, blank=40), {"facility": 0.0}, "Nobody answered. Can it be seen, and be understood?"),
        (options(20, 10, blank=10), {}, "25\u00a0% left it open."),
        (options(39, 1), {"facility": 97.5}, "Extremely easy: too easy to tell who knows more."),
        (options(1, 1, 1), {"facility": 4.0}, "Extremely difficult, or something is wrong with the question."),
        (options(20, 20), {"discrimination": -3.0}, FAILS),
        (options(20, 20), {"discrimination": 12.0}, "It hardly tells those who know the rest from those who do not."),
        (options(20, 20), {"discrimination": 25.0}, "It tells a little of who knows the rest."),
        (options(20, 20), {"discrimination": 50.0}, "It tells well enough who knows the rest."),
        (options(20, 20), {"discrimination": 51.0}, "It tells very well who knows the rest."),
        (options(40), {"discrimination": None}, ALIKE),
        (options(20, 20), {"guess": 50}, "Guessing alone brings 50\u00a0%."),
        (options(2, 2), {"asked": 4}, "Too few answers to tell anything yet."),
        (options(0, 0), {"asked": 0, "facility": None}, "Nobody has been asked this question yet."),
    ],
)
def test_a_question_is_judged_in_words(app: Flask, parts: list[Part], figures: dict[str, Any], words: str) -> None:
    assert words in told(finding(SINGLE, parts, **figures))


@pytest.mark.parametrize(("facility", "words"), STEPS.items())
def test_facility_has_the_steps_of_the_guide(app: Flask, facility: float, words: str) -> None:
    assert any(text.startswith(words) for text in told(finding(SINGLE, options(20, 20), facility=facility)))


def test_a_part_is_named_where_there_are_several(app: Flask) -> None:
    parts = [Part("1", [Choice("a", 100, 30)], 10), Part("2", [Choice("a", 100, 1), Choice("b", 0, 39)], 0)]
    gaps = kinds.Question("gaps", kinds.Kind.gaps, "[[1]] [[2]]")
    assert "Gap 2: Nearly everyone answered “b”, which is wrong. Is the key right?" in told(finding(gaps, parts))


def test_statements_are_quoted_in_words(app: Flask) -> None:
    parts = [Part("", [Choice("true", 100, 2), Choice("false", 0, 38)], 0)]
    assert "Nearly everyone answered “False”, which is wrong. Is the key right?" in told(
        finding(factories_truth(), parts)
    )


@pytest.mark.parametrize(
    ("figures", "parts", "checked"),
    [
        ({}, options(20, 20), False),
        ({"efficiency": 14.0}, options(20, 20), True),
        ({"efficiency": None}, options(20, 20), False),
        ({}, options(5, 35), True),
        ({"efficiency": -50.0, "discrimination": -30.0, "asked": 3}, options(1, 2), False),
    ],
)
def test_what_to_look_at_first_is_marked(app: Flask, figures: dict[str, Any], parts: list[Part], checked: bool) -> None:
    with in_language("en"):
        assert remarks.needs_checking(finding(SINGLE, parts, **figures)) is checked


@pytest.mark.parametrize(
    ("told_of", "values"),
    [
        (remarks.on_mean, {49.9: Tone.plain, 50: Tone.good, 75: Tone.good, 75.1: Tone.plain}),
        (remarks.on_deviation, {11.9: Tone.plain, 12: Tone.good, 18: Tone.good, 18.1: Tone.plain}),
        (remarks.on_skewness, {-1.1: Tone.plain, -1: Tone.good, 1: Tone.good, 1.1: Tone.plain}),
        (remarks.on_kurtosis, {-0.1: Tone.plain, 0: Tone.good, 1: Tone.good, 1.1: Tone.plain}),
        (remarks.on_consistency, {63.9: Tone.bad, 64: Tone.plain, 75: Tone.good}),
        (remarks.on_error_ratio, {50: Tone.good, 50.1: Tone.bad}),
        (remarks.on_standard_error, {8: Tone.good, 8.1: Tone.plain}),
    ],
)
def test_the_quiz_is_judged_by_the_guide(app: Flask, told_of: Any, values: dict[float, Tone]) -> None:
    with in_language("en"):
        assert {value: told_of(value).tone for value in values} == values


def test_scores_stand_in_ten_columns() -> None:
    bins = charts.histogram([0, 9.999, 10, 55, 59.9999999, 99, 100])
    assert [one.attempts for one in bins] == [2, 1, 0, 0, 0, 1, 1, 0, 0, 2]
    assert (bins[0].low, bins[0].high, bins[-1].high) == (0, 10, 100)
    assert max(one.height for one in bins) == charts.HEIGHT
    assert [one.attempts for one in charts.histogram([])] == [0] * 10
