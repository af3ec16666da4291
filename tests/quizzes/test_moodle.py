"""Moodle XML read: each kind of question, and what all kinds have."""

from collections.abc import Callable

import pytest

from lms.quizzes import moodle
from lms.quizzes.imported import FormatError, Item
from lms.quizzes.kinds import Criterion, Gap, Kind, Level, Option, Pair, Question, Unit

ANSWERS = '<answer fraction="100"><text>Mekong</text></answer><answer fraction="0"><text>Bassac</text></answer>'
TOPPED = (
    '<name><text>{name}</text></name><questiontext format="{format}"><text><![CDATA[{text}]]></text></questiontext>'
)


def xml(*questions: str) -> str:
    return '<?xml version="1.0"?>\n<quiz>\n' + "\n".join(questions) + "\n</quiz>"


def element(kind: str, more: str, text: str = "So?", name: str = "q", markup: str = "html") -> str:
    return f'<question type="{kind}">{TOPPED.format(name=name, text=text, format=markup)}{more}</question>'


def item(question: str) -> Item:
    [found] = moodle.items(xml(question))
    return found


def one(kind: str, more: str, text: str = "So?", markup: str = "html") -> Question:
    found = item(element(kind, more, text, markup=markup))
    assert found.problems == ()
    assert found.question
    return found.question


def problems(question: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.message % problem.params) for problem in item(question).problems]


def notes(kind: str, more: str) -> list[str]:
    return [note.message % note.params for note in item(element(kind, more)).notes]


# Kinds


def test_a_choice_of_one() -> None:
    question = one("multichoice", f"<single>true</single>{ANSWERS}")
    assert (question.kind, question.text, question.format) == (Kind.single, "So?", "html")
    assert question.options == (Option("Mekong", 100), Option("Bassac", 0))


def test_a_choice_of_several_with_weights_and_feedback() -> None:
    question = one(
        "multichoice",
        """<single>false</single>
        <answer fraction="50"><text>a</text><feedback format="html"><text>Good</text></feedback></answer>
        <answer fraction="50"><text>b</text></answer><answer fraction="-33.33333"><text>c</text></answer>""",
    )
    assert question.kind is Kind.multiple
    assert question.options == (Option("a", 50, "Good"), Option("b", 50), Option("c", -33.33333))


def test_a_statement_with_its_answers_in_any_order() -> None:
    question = one(
        "truefalse",
        """<answer fraction="0" format="moodle_auto_format"><text>false</text>
        <feedback><text>No.</text></feedback></answer>
        <answer fraction="100" format="moodle_auto_format"><text>true</text></answer>""",
    )
    assert (question.kind, question.format) == (Kind.true_false, "html")
    assert question.options == (Option("true", 100), Option("false", 0, "No."))


@pytest.mark.parametrize(
    ("said", "case"), [("<usecase>1</usecase>", True), ("<usecase>0</usecase>", False), ("", False)]
)
def test_a_short_answer(said: str, case: bool) -> None:
    question = one("shortanswer", f'{said}<answer fraction="100"><text>*Phnom Penh*</text></answer>')
    assert (question.kind, question.case) == (Kind.short_answer, case)
    assert question.options == (Option("*Phnom Penh*", 100),)


def test_a_number_with_tolerances_and_one_answer_for_all_others() -> None:
    question = one(
        "numerical",
        """<answer fraction="100"><text>23</text><tolerance>0.5</tolerance></answer>
        <answer fraction="0"><text>*</text>
        <feedback><text>Count again.</text></feedback><tolerance>0</tolerance></answer>""",
    )
    assert question.options == (Option("23", 100, tolerance=0.5), Option("*", 0, "Count again."))


UNITS = """<answer fraction="100"><text>5</text><tolerance>0</tolerance></answer><units>
    <unit><multiplier>1000</multiplier><unit_name>g</unit_name></unit>
    <unit><multiplier>1</multiplier><unit_name>kg</unit_name></unit></units>"""


def test_units_are_turned_round_and_that_of_the_answer_comes_first() -> None:
    assert one("numerical", UNITS).units == (Unit("kg", 1), Unit("g", 0.001))


@pytest.mark.parametrize(("graded", "penalty"), [("0", 0), ("1", 20), ("2", 20)])
def test_what_a_wrong_unit_costs(graded: str, penalty: float) -> None:
    more = f"<unitgradingtype>{graded}</unitgradingtype><unitpenalty>0.2</unitpenalty>"
    assert one("numerical", UNITS + more).unit_penalty == penalty


def test_a_unit_to_choose_becomes_one_to_type_and_that_is_said() -> None:
    assert notes("numerical", UNITS + "<showunits>1</showunits>") == [
        "Learners will type the unit; in Moodle they choose it."
    ]


def test_a_penalty_within_an_answer_that_is_partly_right_is_said_to_differ() -> None:
    more = "<unitgradingtype>1</unitgradingtype><unitpenalty>0.2</unitpenalty>"
    partly = '<answer fraction="50"><text>6</text></answer>'
    assert len(notes("numerical", UNITS + partly + more)) == 1
    assert notes("numerical", UNITS + more) == []


def test_a_unit_without_size_is_refused() -> None:
    assert "cannot be 0" in problems(element("numerical", UNITS.replace("1000", "0")))[0][1]


@pytest.mark.parametrize("kind", ["matching", "match"])
def test_pairs_and_right_sides_without_a_left_one(kind: str) -> None:
    question = one(
        kind,
        """<subquestion><text>cow</text><answer><text>grass</text></answer></subquestion>
        <subquestion><text>cat</text><answer><text>mouse</text></answer></subquestion>
        <subquestion><text></text><answer><text>stone</text></answer></subquestion>""",
    )
    assert question.pairs == (Pair("cow", "grass"), Pair("cat", "mouse"), Pair("", "stone"))


ITEMS = '<answer fraction="1"><text>sow</text></answer><answer fraction="2"><text>reap</text></answer>'


@pytest.mark.parametrize(
    ("grading", "scoring"),
    [
        ("ABSOLUTE_POSITION", "place"),
        ("0", "place"),
        ("RELATIVE_NEXT_INCLUDE_LAST", "neighbour"),
        ("2", "neighbour"),
        ("ALL_OR_NOTHING", "whole"),
        ("-1", "whole"),
    ],
)
def test_an_order_and_how_it_is_scored(grading: str, scoring: str) -> None:
    found = item(element("ordering", f"<gradingtype>{grading}</gradingtype>{ITEMS}"))
    assert found.question
    assert (found.question.options, found.question.scoring) == ((Option("sow", 0), Option("reap", 0)), scoring)
    assert found.notes == ()


@pytest.mark.parametrize(
    ("grading", "scoring"), [("RELATIVE_NEXT_EXCLUDE_LAST", "neighbour"), ("LONGEST_ORDERED_SUBSET", "place")]
)
def test_another_way_to_score_an_order_is_named_and_the_nearest_is_taken(grading: str, scoring: str) -> None:
    more = f"<gradingtype>{grading}</gradingtype>{ITEMS}"
    assert one("ordering", more).scoring == scoring
    assert notes("ordering", more) == [f"Moodle scores this order in another way ({grading})."]


def test_an_order_of_some_of_the_items_becomes_one_of_all_and_that_is_said() -> None:
    assert len(notes("ordering", f"<selecttype>RANDOM</selecttype><selectcount>2</selectcount>{ITEMS}")) == 1


def test_an_essay_with_notes_for_its_graders_a_template_and_limits() -> None:
    question = one(
        "essay",
        """<minwordlimit>10</minwordlimit><maxwordlimit>200</maxwordlimit>
        <graderinfo format="html"><text><![CDATA[<b>Look</b>]]></text></graderinfo>
        <responsetemplate format="html">
        <text><![CDATA[<p>Dear&nbsp;&lt;name&gt;,</p><p>I</p>]]></text></responsetemplate>""",
    )
    assert (question.kind, question.min_words, question.max_words) == (Kind.essay, 10, 200)
    assert (question.grader_notes, question.template) == ("<b>Look</b>", "Dear\xa0<name>,\nI")


def test_what_an_essay_cannot_have_here_is_said() -> None:
    assert notes("essay", "<attachments>2</attachments><responseformat>noinline</responseformat>") == [
        "Learners cannot attach files to an essay here.",
        "Learners will type the essay; in Moodle they send it as a file.",
    ]


def test_a_rubric_stands_in_elements_of_our_own() -> None:
    rubric = """<lms:rubric><lms:criterion><text>Clear</text><lms:level points="0"><text>no</text></lms:level>
        <lms:level points="2.5"><text>yes</text></lms:level></lms:criterion></lms:rubric>"""
    assert one("essay", rubric).rubric == (Criterion("Clear", (Level("no", 0), Level("yes", 2.5))),)


def choice_gaps(tag: str) -> str:
    words = [("is", 1), ("are", 1), ("river", 2), ("rivers", 2)]
    return "".join(f"<{tag}><text>{text}</text><group>{group}</group></{tag}>" for text, group in words)


@pytest.mark.parametrize(("kind", "tag"), [("gapselect", "selectoption"), ("ddwtos", "dragbox")])
def test_words_to_choose_for_a_text_become_gaps(kind: str, tag: str) -> None:
    question = one(kind, "<shuffleanswers>1</shuffleanswers>" + choice_gaps(tag), "They [[2]] [[4]], they [[2]].")
    verb = (Option("is", 0), Option("are", 100))
    noun = (Option("river", 0), Option("rivers", 100))
    assert question.text == "They [[1]] [[2]], they [[3]]."
    assert question.gaps == tuple(Gap(Kind.single, options, shuffle=True) for options in (verb, noun, verb))


def test_words_to_choose_are_in_order_unless_they_are_to_be_shuffled() -> None:
    assert not one("gapselect", choice_gaps("selectoption"), "They [[2]].").gaps[0].shuffle


def test_a_gap_that_names_no_choice_is_refused() -> None:
    assert "“[[9]]” names a choice" in problems(element("gapselect", choice_gaps("selectoption"), "It [[9]]."))[0][1]


# What all kinds have


def test_marks_penalty_hints_feedback_tags_and_number() -> None:
    found = item(
        element(
            "shortanswer",
            """<answer fraction="100"><text>x</text></answer>
            <defaultgrade>2.5</defaultgrade><penalty>0.1</penalty><idnumber> K7 </idnumber>
            <generalfeedback format="html"><text>General</text></generalfeedback>
            <hint format="html"><text>First</text></hint><hint><text></text><clearwrong/></hint>
            <hint><text>Last</text></hint>
            <correctfeedback><text>Right</text></correctfeedback>
            <partiallycorrectfeedback><text>Partly</text></partiallycorrectfeedback>
            <incorrectfeedback><text>Wrong</text></incorrectfeedback>
            <tags><tag><text>rice</text></tag><tag><text>a, b</text></tag><tag><text>Rice</text></tag></tags>""",
        )
    )
    assert found.idnumber == "K7"
    assert found.question == Question(
        "q",
        Kind.short_answer,
        "So?",
        (Option("x", 100),),
        feedback="General",
        format="html",
        mark=2.5,
        hints=("First", "Last"),
        penalty=10,
        right_feedback="Right",
        partly_feedback="Partly",
        wrong_feedback="Wrong",
        tags=("rice", "a b"),
    )


def test_a_third_stays_a_third() -> None:
    assert one("multichoice", f"<penalty>0.3333333</penalty>{ANSWERS}").penalty == Question("", Kind.single, "").penalty


@pytest.mark.parametrize(("said", "shuffle"), [("0", False), ("false", False), ("1", True), ("true", True)])
def test_whether_answers_are_shuffled(said: str, shuffle: bool) -> None:
    assert one("multichoice", f"<shuffleanswers>{said}</shuffleanswers>{ANSWERS}").shuffle is shuffle


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("html", "html"), ("moodle_auto_format", "moodle"), ("plain_text", "plain"), ("markdown", "markdown")],
)
def test_formats_have_other_names(theirs: str, ours: str) -> None:
    assert one("multichoice", ANSWERS, markup=theirs).format == ours


def test_texts_in_several_formats_become_html() -> None:
    question = one("multichoice", ANSWERS.replace('"0"', '"0" format="html"'), "1 < 2\n?", "plain_text")
    assert (question.format, question.text) == ("html", "1 &lt; 2<br>\n?")


def test_what_is_typed_has_no_format() -> None:
    answer = '<answer fraction="100" format="moodle_auto_format"><text>a &lt; b</text></answer>'
    assert one("shortanswer", answer).options == (Option("a < b", 100),)


def test_categories_hold_for_what_follows_them() -> None:
    def category(path: str) -> str:
        return f'<question type="category"><category><text>{path}</text></category></question>'

    found = moodle.items(
        xml(
            element("multichoice", ANSWERS),
            category("$course$/top/Rice/Wet // dry"),
            element("multichoice", ANSWERS),
            category("$module$/top"),
            element("multichoice", ANSWERS),
            category("Land"),
            element("multichoice", ANSWERS),
        )
    )
    assert [one.category for one in found] == [(), ("Rice", "Wet / dry"), (), ("Land",)]


# What is not taken


@pytest.mark.parametrize("kind", ["description", "calculated", "ddimageortext", "random"])
def test_a_kind_that_we_do_not_have_is_named_with_line_and_title(kind: str) -> None:
    found = item(element(kind, "", "<p>Read <b>this</b></p>", name=""))
    assert (found.line, found.title, found.kind, found.question) == (3, "Read this", kind, None)
    assert [str(problem) for problem in found.problems] == [f"3: “{kind}” is a kind of question that is not supported."]


def test_something_that_is_no_question_is_named() -> None:
    assert item("<info>x</info>").kind == "<info>"


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("<question/>", "does not say of what kind"),
        (element("multichoice", ANSWERS, ""), "no text"),
        (element("multichoice", ANSWERS.replace("100", "0")), "No answer is marked as right"),
        (element("multichoice", ANSWERS.replace("100", "all")), "“all” is not a number"),
        (element("multichoice", f"{ANSWERS}<defaultgrade>x</defaultgrade>"), "“x” is not a number"),
        (element("multichoice", f"{ANSWERS}<defaultgrade>0</defaultgrade>"), "mark must be a number above zero"),
        (element("numerical", '<answer fraction="100"><text>many</text></answer>'), "“many” is not a number"),
        (element("multichoice", ANSWERS, markup="wiki_like"), "“wiki_like” is unknown"),
        (element("multichoice", "<answer/>" * 501), "more than 500 answers"),
        (element("cloze", "", "No gap"), "has no gap"),
        (element("multichoice", ANSWERS.replace("Bassac", "<b>Bassac</b>")), "must be in CDATA"),
    ],
)
def test_what_cannot_be_taken_says_why(question: str, message: str) -> None:
    assert message in problems(question)[0][1]


def test_a_problem_of_an_answer_has_the_line_of_that_answer() -> None:
    answers = '\n<answer fraction="100"><text>a</text></answer>\n\n<answer fraction="0"><text></text></answer>'
    assert problems(element("multichoice", answers)) == [(6, "An answer has no text.")]


def test_one_question_that_cannot_be_taken_leaves_the_others() -> None:
    found = list(moodle.items(xml(element("random", ""), element("multichoice", ANSWERS))))
    assert [item.question is None for item in found] == [True, False]


def test_a_title_that_is_too_long_is_cut_and_that_is_said() -> None:
    found = item(element("multichoice", ANSWERS, name="x" * 121))
    assert found.question
    assert found.question.name == "x" * 120
    assert [str(note) for note in found.notes] == ["3: The title is longer than 120 characters."]


@pytest.mark.parametrize(
    "question",
    [
        element("multichoice", ANSWERS, name="x" * 121),
        element("essay", "<attachments>2</attachments>"),
        element("description", ""),
    ],
)
def test_a_quiz_of_its_own_takes_only_what_it_keeps_as_written(question: str) -> None:
    with pytest.raises(FormatError):
        moodle.parse(xml(question))


def test_two_questions_of_a_quiz_do_not_share_a_title() -> None:
    with pytest.raises(FormatError, match="4: The title “q” is taken by the question on line 3"):
        moodle.parse(xml(element("multichoice", ANSWERS), element("multichoice", ANSWERS)))


# The XML itself


def wrong(read: Callable[[], object]) -> str:
    with pytest.raises(FormatError) as caught:
        read()
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<quiz>\n<question>\n</quiz>", "3: An element is not closed"),
        ("<quiz>\n<question>\n", "3: The XML ends"),
        ("<quiz>\n&nbsp;</quiz>", "2: XML does not know this entity"),
        ("<quiz>\n<a b='1' b='2'/></quiz>", "2: An attribute stands there twice"),
        ("<quiz/>\n<quiz/>", "2: Something follows"),
        ("\n<?xml version='1.0'?><quiz/>", "2: Something stands before"),
        ("<quiz>\n<![CDATA[</quiz>", "2: A CDATA section is not closed"),
        ("<quiz>\n<question </quiz>", "2: This is not sound XML"),
        ("<quiz>\n<question", "2: A tag or a comment is not closed"),
        ("<html/>", "outermost element is <html>"),
    ],
)
def test_what_is_no_sound_xml_says_why_with_its_line(text: str, message: str) -> None:
    assert message in wrong(lambda: moodle.parse(text))
