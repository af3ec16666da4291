"""The questions of a draft are one list in all its languages; a change to one leaves the others as they are written."""

import pytest

from lms.authoring import questions
from lms.quizzes import gift
from lms.quizzes.kinds import Kind, Option, Question

EN = "// why\n::a:: Is A right?  {T}\n\n::b:: Is B right? {F}\n\n::c:: Is C right? {T}\n"
KM = "::a:: ក ត្រូវ? {T}\n\n::c:: គ ត្រូវ? {T}\n"
BOTH = {"en": EN, "km": KM}


def names(text: str) -> list[str]:
    return [question.name for question in gift.parse(text)]


def truth(text: str) -> Question:
    return Question("", Kind.true_false, text, (Option("true", 100), Option("false", 0)))


def test_a_question_that_is_not_translated_stands_where_the_other_language_has_it() -> None:
    assert [(item.name, sorted(item.versions)) for item in questions.read(BOTH)] == [
        ("a", ["en", "km"]),
        ("b", ["en"]),
        ("c", ["en", "km"]),
    ]
    assert [item.name for item in questions.read({"km": KM, "en": EN})] == ["a", "b", "c"]


def test_what_only_one_language_has_stands_before_what_follows_it_there_or_last() -> None:
    items = questions.read({"en": "::a:: A? {T}\n\n::b:: B? {T}", "km": "::x:: X? {T}\n\n::b:: B? {T}\n\n::y:: Y? {T}"})
    assert [item.name for item in items] == ["a", "x", "b", "y"]


def test_questions_without_names_are_joined_by_their_place() -> None:
    items = questions.read({"en": "One? {T}\n\nTwo? {F}", "km": "មួយ? {T}\n\nពីរ? {F}"})
    assert [sorted(item.versions) for item in items] == [["en", "km"], ["en", "km"]]
    assert len({item.key for item in items}) == 2


def test_moving_a_question_moves_it_in_all_languages() -> None:
    moved = questions.move(BOTH, "c", -1)
    assert names(moved["en"]) == ["a", "c", "b"]
    moved = questions.move(moved, "c", -1)
    assert (names(moved["en"]), names(moved["km"])) == (["c", "a", "b"], ["c", "a"])


@pytest.mark.parametrize(("key", "by"), [("a", -1), ("c", 1), ("gone", 1)])
def test_at_the_ends_of_the_list_nothing_moves(key: str, by: int) -> None:
    assert questions.move(BOTH, key, by) == BOTH


def test_deleting_a_question_leaves_the_others_as_they_are_written() -> None:
    left = questions.remove(BOTH, "c")
    assert left == {"en": "// why\n::a:: Is A right?  {T}\n\n::b:: Is B right? {F}\n", "km": "::a:: ក ត្រូវ? {T}\n"}
    assert questions.remove({"km": "::a:: ក? {T}"}, "a") == {}


def test_a_copy_stands_below_under_a_name_of_its_own() -> None:
    copied = questions.copy(questions.copy(BOTH, "a"), "a")
    assert names(copied["en"]) == ["a", "a-3", "a-2", "b", "c"]
    assert names(copied["km"]) == ["a", "a-3", "a-2", "c"]


def test_a_changed_question_keeps_its_name_its_place_and_its_comments() -> None:
    changed = questions.put(BOTH, "a", {"en": truth("Is A still right?")})
    assert changed["en"].startswith("// why\n::a::[markdown]Is A still right? {\n\tTRUE\n}\n\n::b:: Is B right? {F}")
    assert names(changed["km"]) == ["c"]


def test_a_language_that_has_not_changed_stays_as_it_is_written() -> None:
    item = questions.read(BOTH)[0]
    changed = questions.put(BOTH, "a", {"km": item.versions["km"], "en": truth("Anew?")})
    assert changed["km"] == KM


def test_a_new_question_is_the_last_and_named_after_its_words() -> None:
    added = questions.put(BOTH, "", {"km": truth("ថ្មី?"), "en": truth("What is new in Kampot?")})
    assert names(added["en"])[-1] == names(added["km"])[-1] == "what-is-new-in-kampot"
    assert names(questions.put({}, "", {"km": truth("ថ្មី?")})["km"]) == ["question"]


def test_a_question_that_somebody_has_deleted_comes_back_at_the_end() -> None:
    assert names(questions.put(BOTH, "gone", {"en": truth("Gone?")})["en"]) == ["a", "b", "c", "gone"]


def test_questions_without_a_name_get_the_same_in_each_language() -> None:
    named = questions.name_all({"en": "One? {T}\n\n::two:: Two? {F}", "km": "មួយ? {T}\n\n::two:: ពីរ? {F}"})
    assert names(named["en"]) == names(named["km"]) == ["one", "two"]


ORDER = Question("", Kind.ordering, "What comes first?", (Option("sow", 0), Option("reap", 0)))


def test_a_question_that_gift_cannot_hold_makes_the_text_of_its_language_xml() -> None:
    added = questions.put(BOTH, "", {"en": ORDER})
    assert added["km"] == KM
    assert [item.name for item in questions.read(added)] == ["a", "b", "c", "what-comes-first"]
    assert "<!-- why -->" in added["en"]


def test_questions_in_xml_are_moved_copied_changed_and_deleted_too() -> None:
    texts = questions.put(BOTH, "", {"en": ORDER})
    texts = questions.copy(questions.move(texts, "what-comes-first", -3), "b")
    texts = questions.remove(questions.put(texts, "a", {"en": truth("Anew?")}), "c")
    items = questions.read(texts)
    assert [item.name for item in items] == ["what-comes-first", "a", "b", "b-2"]
    assert items[1].versions["en"].text == "Anew?"
    assert texts["en"].count("<!-- why -->") == 1
    for item in items:
        texts = questions.remove(texts, item.key)
    assert texts == {}


def test_a_name_is_not_made_of_html() -> None:
    named = questions.name_all({"en": "[html]<p>Is it so?</p> {T}"})
    assert names(named["en"]) == ["is-it-so"]
