"""Files embedded in Moodle XML: told by the names that texts have for them here."""

from base64 import b64encode

import pytest

from lms.quizzes import moodle
from lms.quizzes.imported import FormatError, Item
from lms.quizzes.kinds import Kind, Option, Question
from lms.quizzes.moodle.texts import safe_path
from tests.quizzes.test_moodle import ANSWERS, element, item, xml

PICTURE = b"\x89PNG\r\n\x1a\nnot much of one"


def file(name: str, data: bytes = PICTURE, path: str = "/") -> str:
    return f'<file name="{name}" path="{path}" encoding="base64">{b64encode(data).decode()}</file>'


def question(text: str, files: str = "") -> str:
    return element("multichoice", ANSWERS, text).replace("</questiontext>", f"{files}</questiontext>")


def read(text: str, files: str = "") -> Item:
    return item(question(text, files))


def words(found: Item) -> str:
    assert found.question
    return found.question.text


def test_a_picture_gets_a_name_and_the_text_names_it() -> None:
    found = read('<img src="@@PLUGINFILE@@/map.png" alt="">', file("map.png"))
    assert words(found) == '<img src="images/map.png" alt="">'
    assert found.files == {"images/map.png": PICTURE}


def test_a_name_that_would_make_trouble_becomes_plain() -> None:
    found = read('<img src="@@PLUGINFILE@@/My%20map%20%281%29.PNG?time=1">', file("My map (1).PNG"))
    assert words(found) == '<img src="images/my-map-1.png">'
    assert list(found.files) == ["images/my-map-1.png"]


def test_a_name_with_a_blank_may_stand_in_quotes_as_it_is() -> None:
    assert words(read("<img src='@@PLUGINFILE@@/a b.png'>", file("a b.png"))) == "<img src='images/a-b.png'>"


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        ("map.km.png", "map.km.png"),
        ("sub/map.png", "sub/map.png"),
        ("../../etc/passwd", "passwd"),
        ("..", "file"),
        ("ផែនទី.png", "file.png"),
        (".htaccess", "file.htaccess"),
        ("a\0b.png", "a-b.png"),
        ("x" * 300 + ".png", "x" * 60 + ".png"),
        ("", "file"),
    ],
)
def test_a_file_never_leaves_its_folder(path: str, safe: str) -> None:
    assert safe_path(path) == safe


def test_two_files_of_one_name_are_kept_apart_and_the_same_one_is_kept_once() -> None:
    texts = ['"@@PLUGINFILE@@/a.png"'] * 3
    files = [file("a.png"), file("a.png", b"other"), file("a.png")]
    found = list(moodle.items(xml(*map(question, texts, files))))
    names = [next(iter(one.files)) for one in found]
    assert names[0] == names[2] == "images/a.png"
    assert names[1] not in ("images/a.png", "")
    assert [words(one) for one in found] == [f'"{name}"' for name in names]


def test_a_picture_of_an_answer_is_kept_too() -> None:
    answers = ANSWERS.replace("Mekong</text>", f"![](@@PLUGINFILE@@/a.png)</text>{file('a.png')}", 1)
    found = item(element("multichoice", answers))
    assert found.question
    assert found.question.options[0].text == "![](images/a.png)"
    assert found.files == {"images/a.png": PICTURE}


def test_a_file_that_is_missing_is_named() -> None:
    found = read('<img src="@@PLUGINFILE@@/gone.png">')
    assert words(found) == '<img src="images/gone.png">'
    assert [note.message % note.params for note in found.notes] == [
        "The file “gone.png” is not in this export; it has to be added."
    ]


@pytest.mark.parametrize(
    "damaged", [file("a.png").replace("</file>", "=x=</file>"), file("a.png").replace("base64", "hex")]
)
def test_a_damaged_file_is_named(damaged: str) -> None:
    problems = read("So?", damaged.replace(b64encode(PICTURE).decode(), "A")).problems
    assert [problem.message % problem.params for problem in problems] == ["The embedded file “a.png” is damaged."]


def test_the_picture_of_an_old_export_stands_below_the_text() -> None:
    old = f"<image>pictures/map.gif</image><image_base64>{b64encode(PICTURE).decode()}</image_base64>"
    found = item(element("multichoice", old + ANSWERS))
    assert words(found) == 'So?\n<p><img src="images/map.gif" alt=""></p>'
    assert found.files == {"images/map.gif": PICTURE}


def test_a_text_that_is_kept_as_it_is_takes_no_embedded_files() -> None:
    with pytest.raises(FormatError, match="is embedded"):
        moodle.parse(xml(question('"@@PLUGINFILE@@/a.png"', file("a.png"))))


@pytest.mark.parametrize(
    "text",
    ["![](images/map.png)", '<img src="images/map.png">', "images/map.png", "see images/map.png and images/sub/b.png"],
)
def test_what_is_written_with_its_files_is_read_with_them(text: str) -> None:
    files = {"images/map.png": PICTURE, "images/sub/b.png": b"other"}
    asked = Question("q", Kind.single, text, (Option("images/map.png", 100), Option("b", 0)), format="html")
    [found] = moodle.items(moodle.write_items([Item(0, asked)], files))
    assert found.question == asked
    assert found.files == {name: data for name, data in files.items() if name in text or name == "images/map.png"}
    assert found.notes == ()


def test_what_is_no_file_of_the_question_stays_as_it_is() -> None:
    asked = Question("q", Kind.single, "images/other.png myimages/map.png", (Option("a", 100), Option("b", 0)))
    written = moodle.write_items([Item(0, asked)], {"images/map.png": PICTURE})
    assert "PLUGINFILE" not in written
    assert moodle.parse(written) == [asked]
