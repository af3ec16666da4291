"""What is another in a new version, told by title."""

from dataclasses import replace

from hypothesis import given, settings, strategies as st

from lms.bundles.bundle import Bundle, Page
from lms.bundles.changes import _moved, between
from lms.bundles.read import read
from tests.bundles.samples import COURSE, GIFT, PAGE, QUIZ, SVG, UNIT, bundles, market, picture

PLAIN = PAGE.partition("![")[0]
OLD = read(market())


def what(changes: dict[str, str | bytes | None]) -> list[str]:
    """The changes to the sample, each with its English title."""
    return [f"{change['what']}: {change['title']['en']}" for change in between(OLD, read(market(changes)))]


def test_a_first_version_has_no_changes() -> None:
    assert between(None, OLD) == []


def test_what_a_course_says_of_itself_and_its_rule() -> None:
    assert what({"course.toml": COURSE.replace("A market", "Markets")}) == ["course changed: Markets"]
    assert what({"course.toml": COURSE + "minutes = 5\n"}) == ["rule changed: A market"]
    assert what({"course.toml": COURSE + 'need = "all"\n'}) == ["rule changed: A market"]


def test_lessons_that_came_changed_and_went() -> None:
    new = {"01-stalls/09-new.en.md": PLAIN.replace("Who sells here?", "New")}
    gone = dict.fromkeys(("01-stalls/02-prices.en.md", "01-stalls/02-prices.km.md"))
    edited = {"01-stalls/01-who-sells.en.md": PAGE.replace("Who sells here?", "Who sells?")}
    assert what({**new, **gone, **edited}) == [
        "lesson changed: Who sells?",
        "lesson added: New",
        "lesson removed: Who sells here?",
    ]


def test_a_translation_is_a_change() -> None:
    assert what({"01-stalls/02-prices.km.md": None}) == ["lesson changed: Who sells here?"]


def test_a_quiz_changes_with_its_settings_and_its_questions() -> None:
    assert what({"01-stalls/03-check.quiz.toml": QUIZ.replace("= 3", "= 0")}) == ["quiz changed: Check"]
    text = GIFT.replace("Is there a fee?", "Any fee?")
    assert what({"01-stalls/03-check.en.gift": text}) == ["quiz changed: Check"]


def test_a_picture_that_a_question_shows_changes_its_quiz() -> None:
    shown = {"01-stalls/03-check.en.gift": GIFT.replace("Is there", "![Map](images/map.svg) Is there")}
    other = {**shown, "01-stalls/images/map.svg": SVG.replace("#fff", "#000")}
    changes = between(read(market(shown)), read(market(other)))
    assert [change["what"] for change in changes] == ["quiz changed"]


def test_what_a_quiz_draws_and_when_it_opens_changes_it() -> None:
    for more in ("opens_at = 2027-01-01T00:00:00Z\n", '[[draw]]\nquestion = "tax"\n'):
        assert what({"01-stalls/03-check.quiz.toml": QUIZ + more}) == ["quiz changed: Check"]


def test_units_that_came_changed_and_went() -> None:
    more = {"02-more/unit.toml": 'title.en = "More"\n', "02-more/01-x.en.md": PLAIN.replace("Who sells here?", "X")}
    assert what({"01-stalls/unit.toml": UNIT.replace("Stalls", "Stands")}) == ["unit changed: Stands"]
    assert what(more) == ["unit added: More", "lesson added: X"]
    back = between(read(market(more)), OLD)
    assert [change["what"] for change in back] == ["unit removed", "lesson removed"]


def test_a_picture_changes_the_lessons_that_show_it_and_any_other_file_its_unit() -> None:
    assert what({"01-stalls/images/map.png": picture("PNG", (9, 9))}) == ["lesson changed: Who sells here?"] * 2
    assert what({"01-stalls/images/map.svg": None}) == ["unit changed: Stalls"]


def test_one_lesson_that_goes_to_the_end_is_the_only_one_that_moved() -> None:
    [unit] = OLD.units
    first, *others = unit.lessons
    turned = replace(unit, lessons=(*others, replace(first, number=99)))
    assert [change["what"] for change in between(OLD, replace(OLD, units=(turned,)))] == ["lesson moved"]


def test_other_numbers_in_the_same_order_are_no_change() -> None:
    [unit] = OLD.units
    later = tuple(replace(lesson, number=lesson.number * 10) for lesson in unit.lessons)
    assert between(OLD, replace(OLD, units=(replace(unit, number=7, lessons=later),))) == []


def test_a_lesson_that_goes_to_another_unit_moved() -> None:
    more = {"02-more/unit.toml": 'title.en = "More"\n', "02-more/01-x.en.md": PLAIN, "02-more/02-prices.en.md": PLAIN}
    before = read(market({**more, "01-stalls/02-prices.km.md": None, "01-stalls/02-prices.en.md": None}))
    first, second = before.units
    prices = second.lessons[1]
    assert isinstance(prices, Page)
    moved = (replace(first, lessons=(*first.lessons, prices)), replace(second, lessons=second.lessons[:1]))
    assert [change["what"] for change in between(before, replace(before, units=moved))] == ["lesson moved"]


@given(st.permutations(list("abcdef")))
def test_those_that_stayed_are_in_their_old_order_and_none_could_be_added(order: list[str]) -> None:
    stayed = [name for name in order if name not in _moved("abcdef", order)]
    assert stayed == sorted(stayed)
    longest = max(len(run) for run in _runs(order))
    assert len(stayed) == longest


def _runs(order: list[str]) -> list[list[str]]:
    """Every rising run."""
    runs: list[list[str]] = [[]]
    for name in order:
        runs += [[*run, name] for run in runs if not run or run[-1] < name]
    return runs


@settings(deadline=None, max_examples=30)
@given(bundles())
def test_nothing_changed_where_nothing_did(bundle: Bundle) -> None:
    assert between(bundle, bundle) == []
