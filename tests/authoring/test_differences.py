from hypothesis import given, strategies as st

from lms.authoring.differences import differences

TEXTS = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=12).map("\n".join)


def test_texts_that_are_the_same_do_not_differ() -> None:
    assert differences("a\nb", "a\nb") == []


def test_what_differs_is_shown_with_a_little_around_it() -> None:
    lines = [str(number) for number in range(20)]
    found = differences("\n".join(lines), "\n".join([*lines[:10], "new", *lines[11:]]))
    assert [(line.whose, line.text) for line in found] == [
        ("both", "8"),
        ("both", "9"),
        ("theirs", "10"),
        ("mine", "new"),
        ("both", "11"),
        ("both", "12"),
    ]


def test_between_two_changes_far_apart_there_is_a_gap() -> None:
    lines = [str(number) for number in range(30)]
    found = differences("\n".join(lines), "\n".join(["x", *lines[1:-1], "y"]))
    assert [line.whose for line in found].count("gap") == 1


@given(TEXTS, TEXTS)
def test_no_line_of_either_is_lost(theirs: str, mine: str) -> None:
    found = differences(theirs, mine)
    if theirs == mine:
        return
    kept = {"theirs": theirs.split("\n"), "mine": mine.split("\n")}
    for whose, lines in kept.items():
        shown = [line.text for line in found if line.whose in (whose, "both")]
        rest = iter(lines)
        assert all(line in rest for line in shown)
    removed = [line for line in kept["theirs"] if line not in kept["mine"]]
    assert all(any(line.text == text and line.whose == "theirs" for line in found) for text in removed)
