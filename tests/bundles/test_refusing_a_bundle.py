"""Whatever is wrong is told by file and line, all of it at once."""

import pytest

from lms.bundles.bundle import Page, Quiz
from lms.bundles.read import read
from tests.bundles.samples import COURSE, GIFT, MARKET, PAGE, PDF, QUIZ, UNIT, edited, film, market, problems

LESSON = "01-stalls/01-who-sells.en.md"
CHECK = "01-stalls/03-check"


def test_the_sample_is_sound() -> None:
    assert read(market()).slug == "market"


def test_everything_wrong_is_told_at_once_in_the_order_of_the_files() -> None:
    files = market(
        {
            "course.toml": COURSE.replace("hours", "ours"),
            "01-stalls/unit.toml": UNIT.replace("title.km", "title.zzz"),
            LESSON: PAGE.replace("map.png", "gone.png"),
            f"{CHECK}.km.gift": GIFT.replace("=Yes", "~Yes"),
            "notes.html": "<p>",
        }
    )
    assert [problem.partition(": ")[0] for problem in problems(files)] == [
        f"{LESSON}:8",
        f"{CHECK}.km.gift:1",
        "01-stalls/unit.toml:2",
        "course.toml:2",
        "notes.html",
    ]


@pytest.mark.parametrize("path", ["course.toml", "01-stalls/unit.toml", f"{CHECK}.quiz.toml"])
def test_a_missing_file_is_named(path: str) -> None:
    assert problems(market({path: None})) == [f"{path}: The file is missing."]


def test_a_quiz_needs_questions_in_one_language_at_least() -> None:
    [problem] = problems(market({f"{CHECK}.en.gift": None, f"{CHECK}.km.gift": None}))
    assert problem.startswith(
        f"{CHECK}.quiz.toml: The quiz has no questions: a file with a name like 03-check.en.gift."
    )


def test_what_is_not_translated_yet_is_left_out() -> None:
    titles = {"01-stalls/unit.toml": 'title.km = "តូប"\n', f"{CHECK}.quiz.toml": QUIZ.partition("title.km")[0]}
    untranslated = {LESSON: None, "01-stalls/02-prices.km.md": None, f"{CHECK}.en.gift": None}
    [unit] = read(market({**titles, **untranslated})).units
    assert list(unit.title) == ["km"]
    assert [list(lesson.title) for lesson in unit.lessons] == [["km"], ["en"], ["en"]]
    assert isinstance(unit.lessons[2], Quiz)
    assert list(unit.lessons[2].questions) == ["km"]


def test_a_course_without_a_unit_is_refused() -> None:
    [problem] = problems({"course.toml": COURSE.encode()})[:1]
    assert problem.startswith("course.toml: The course has no unit")


def test_nothing_at_all_is_refused() -> None:
    assert problems({})[0].startswith("course.toml: ")


def test_a_unit_without_a_lesson_is_refused() -> None:
    assert problems(market({"02-empty/unit.toml": UNIT})) == ["02-empty: The unit has no lesson."]


TOML = [
    ("course.toml", "hours = 1.5", "hours = 1.5.2", 2, "This is not valid TOML: Expected newline"),
    ("course.toml", "hours = 1.5", "hours = 1.5\nhuors = 2", 3, "The key “huors” is unknown here."),
    ("course.toml", "[completion]", "[completion]\nvideos = 1", 8, "The key “completion.videos” is unknown here."),
    ("course.toml", "hours = 1.5", 'hours = "long"', 2, "“hours” must be a number from 0 to 10000."),
    ("course.toml", "hours = 1.5", "hours = nan", 2, "“hours” must be a number from 0 to 10000."),
    ("course.toml", "hours = 1.5", "hours = true", 2, "“hours” must be a number from 0 to 10000."),
    ("course.toml", "pass_mark = 60", "pass_mark = 101", 3, "“pass_mark” must be a number from 0 to 100."),
    ("course.toml", 'slug = "market"', 'slug = "The Market"', 1, "“slug” is made of up to 80 small Latin letters"),
    ("course.toml", 'slug = "market"', "slug = 1", 1, "“slug” must be a text in quotation marks."),
    ("course.toml", 'slug = "market"\n', "", 1, "“slug” is missing."),
    ("course.toml", 'title.en = "A market"', 'title.en = ""', 4, "“title.en” is empty."),
    ("course.toml", "A market", "A\\nmarket", 4, "“title.en” has a line break or a control character."),
    ("course.toml", "A market", "A\\u0000market", 4, "“title.en” has a line break or a control character."),
    ("course.toml", 'lessons = "all"', 'lessons = "some"', 8, "“completion.lessons” must be a whole number"),
    ("course.toml", '\nquizzes = "all"', "", 7, "“completion.quizzes” is missing."),
    ("course.toml", "[completion]", 'summary = "S"\n\n[completion]', 7, "“summary” needs a language"),
    ("course.toml", 'quizzes = "all"', "quizzes = 0", 9, "“completion.quizzes” must be a whole number from 1 to"),
    ("course.toml", 'quizzes = "all"', "quizzes = 2", 9, "“completion.quizzes” asks for 2; the course has 1."),
    (
        "course.toml",
        'quizzes = "all"',
        'quizzes = "all"\nminutes = 0',
        10,
        "“completion.minutes” must be a whole number",
    ),
    ("course.toml", 'quizzes = "all"', 'quizzes = "all"\nscore = 101', 10, "“completion.score” must be a number"),
    ("course.toml", 'quizzes = "all"', 'quizzes = "all"\napproval = 1', 10, "“completion.approval” must be true"),
    ("course.toml", 'quizzes = "all"', 'quizzes = "all"\nneed = 3', 10, "“completion.need” is 3; the rule asks for 2"),
    ("course.toml", "hours = 1.5", 'requires = "other"', 2, "“requires” must be a list of names"),
    ("course.toml", "hours = 1.5", 'requires = ["a b"]', 2, "“requires” must be a list of names"),
    ("course.toml", "hours = 1.5", 'requires = ["a", "a"]', 2, "“requires” has a name twice."),
    ("course.toml", "hours = 1.5", 'requires = ["market"]', 2, "A course cannot require itself."),
    ("01-stalls/unit.toml", "title.km", 'requires = ["stalls"]\ntitle.km', 2, "“stalls” is no unit that comes before"),
    ("01-stalls/unit.toml", "title.km", "opens_at = 2026-12-01\ntitle.km", 2, "“opens_at” must be a moment"),
    ("01-stalls/unit.toml", "title.km", "opens_at = 2026-12-01T08:00:00\ntitle.km", 2, "“opens_at” must be a moment"),
    ("01-stalls/unit.toml", "title.km", "opens_at = 0001-01-01T00:00:00+14:00\ntitle.km", 2, "“opens_at” must be a"),
    ("01-stalls/unit.toml", UNIT, 'summary.en = "S"', 1, "“title” is missing; it needs a language"),
    ("01-stalls/unit.toml", "title.km", "title.fr", 2, "The course has no title in “fr”"),
    ("01-stalls/unit.toml", "title.km", "title.kmr-x", 2, "“kmr-x” is not the code of a language"),
    (f"{CHECK}.quiz.toml", "attempts = 3", "attempts = 1.5", 5, "“attempts” must be a whole number from 0 to 1000."),
    (f"{CHECK}.quiz.toml", "attempts = 3", "attempts = -1", 5, "“attempts” must be a whole number from 0 to 1000."),
    (f"{CHECK}.quiz.toml", "shuffle = true", 'shuffle = "yes"', 6, "“shuffle” must be true or false"),
    (f"{CHECK}.quiz.toml", "shuffle = true", "per_page = 0", 6, "“per_page” must be a whole number from 1 to 1000."),
    (f"{CHECK}.quiz.toml", "shuffle = true", "questions = []", 6, "The key “questions” is unknown here."),
]


@pytest.mark.parametrize(("path", "old", "new", "line", "message"), TOML)
def test_settings_are_held_to_their_keys_and_types(path: str, old: str, new: str, line: int, message: str) -> None:
    assert any(told.startswith(f"{path}:{line}: {message}") for told in problems(edited(path, old, new)))


def test_lines_inside_a_long_text_are_no_keys() -> None:
    text = 'description.en = """\nhours = 3\n"""\ndescription.km = "x"\nhours = "long"\n'
    assert problems(edited("course.toml", "hours = 1.5\n", text))[0].startswith("course.toml:6: “hours”")


def test_values_nested_without_end_are_refused() -> None:
    deep = "[" * 50_000 + "]" * 50_000
    assert problems(edited("course.toml", "hours = 1.5", f"hours = {deep}"))[0].startswith("course.toml:1: The values")


def test_a_number_of_ten_thousand_digits_is_refused() -> None:
    assert problems(edited("course.toml", "hours = 1.5", f"hours = {'9' * 10_000}"))[0].startswith("course.toml:")


PAGES = [
    ("+++\ntitle", "title", 1, "The text must begin with front matter"),
    ("10\n+++", "10", 1, "The text must begin with front matter"),
    ("minutes = 10", "minutes = ten", 3, "This is not valid TOML"),
    ("minutes = 10", "pages = 10", 3, "The key “pages” is unknown here."),
    ('title = "Who sells here?"\n', "", 2, "“title” is missing."),
    ("minutes = 10", 'video = "javascript:alert(1)"', 3, "“video” must be an address"),
    ("minutes = 10", 'video = "videos/gone.mp4"', 3, "There is no film “videos/gone.mp4”"),
    ("minutes = 10", 'video = "images/map.png"', 3, "“video” must be an address"),
    ("Look at", "Look\n[at](files/gone.pdf)", 7, "There is no file “files/gone.pdf”"),
    ("Look at", "![Lost](images/lost.png)\nLook at", 6, "There is no picture “images/lost.png”"),
    ("Look at", "Look\nat\n![Lost](../x.png)", 8, "There is no picture “../x.png”"),
    (
        "Look at",
        "| a |\n| - |\n| ![](https://example.org/x.png) |\n\nat",
        8,
        "There is no picture “https://example.org",
    ),
    ("Look at", "Look\x07 at", 6, "The line has a control character."),
]


@pytest.mark.parametrize(("old", "new", "line", "message"), PAGES)
def test_a_lesson_is_told_where_it_is_wrong(old: str, new: str, line: int, message: str) -> None:
    assert problems(edited(LESSON, old, new))[0].startswith(f"{LESSON}:{line}: {message}")


def test_a_text_must_be_utf_8_and_the_line_that_is_not_is_named() -> None:
    assert problems(market({LESSON: PAGE.encode() + b"caf\xe9\n"})) == [f"{LESSON}:9: The file is not in UTF-8."]


def test_windows_lines_and_a_byte_order_mark_do_no_harm() -> None:
    windows = {
        path: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n") for path, data in MARKET.items() if "images" not in path
    }
    assert read(market(windows)) == read(market())


def test_a_text_without_end_is_refused() -> None:
    assert problems(market({LESSON: PAGE + "x" * 250_000})) == [f"{LESSON}: The text is longer than 250 kilobytes."]


def test_languages_must_agree_on_the_time_that_a_lesson_takes() -> None:
    [problem] = problems(edited("01-stalls/01-who-sells.km.md", "10", "15"))
    assert problem == "01-stalls/01-who-sells.km.md:3: The other languages have 10 minutes."


def test_a_text_in_a_language_that_the_course_does_not_have_is_refused() -> None:
    [problem] = problems(market({"01-stalls/01-who-sells.fr.md": PAGE}))
    assert problem.startswith("01-stalls/01-who-sells.fr.md: The course has no title in “fr”")
    [problem] = problems(market({"01-stalls/01-who-sells.qqq.md": PAGE}))
    assert problem.startswith("01-stalls/01-who-sells.qqq.md: “qqq” is not the code of a language")


NAMES = [
    ("02-more/01-who-sells.{}.md", "The name after the number is taken by 01-stalls/01-who-sells.en.md."),
    ("01-stalls/04-prices.{}.md", "The name after the number is taken by 01-stalls/02-prices.en.md."),
    ("01-stalls/02-costs.{}.md", "The number is taken by"),
    ("01-stalls/03-check.{}.md", "A lesson is a page or a quiz, not both"),
    ("01-more/09-x.{}.md", "The number is taken by"),
    ("02-stalls/09-x.{}.md", "The name after the number is taken by 01-stalls."),
    ("01-stalls/09-" + "x" * 81 + ".{}.md", "The name is longer than 80 characters."),
]


@pytest.mark.parametrize(("path", "message"), NAMES)
def test_names_and_numbers_are_used_once(path: str, message: str) -> None:
    page = PAGE.partition("![")[0]
    folder = path.partition("/")[0]
    files = market({path.format("en"): page, path.format("km"): page, f"{folder}/unit.toml": UNIT})
    assert any(message in problem for problem in problems(files))


@pytest.mark.parametrize(
    "path",
    [
        "index.html",
        "01-stalls/page.html",
        "01-stalls/1-Big.en.md",
        "01-stalls/no-number.en.md",
        "01-stalls/01-who-sells.md",
        "01-stalls/more/01-x.en.md",
        "stalls/unit.toml",
        "01-stalls/images/page.html",
        "01-stalls/images/program.js",
        "01-stalls/images/folder/map.png",
        "01-stalls/images/ផែនទី.png",
        "01-stalls/images/form.pdf",
        "01-stalls/videos/map.png",
        "01-stalls/files/page.html",
        "01-stalls/files/program.exe",
        "01-stalls/files/folder/form.pdf",
    ],
)
def test_a_file_that_has_no_place_in_a_bundle_is_named(path: str) -> None:
    assert [problem for problem in problems(market({path: b"x"})) if problem.startswith(f"{path}: ")]


def test_a_rule_that_asks_for_nothing_is_refused() -> None:
    nothing = COURSE.replace('"all"', '"none"')
    assert problems(market({"course.toml": nothing})) == [
        "course.toml:7: The rule in [completion] asks for nothing that the course has."
    ]


def test_a_part_of_a_rule_of_which_some_is_enough_must_be_there() -> None:
    rule = COURSE + "minutes = 30\nneed = 1\n"
    files = market({"course.toml": rule, **{path: None for path in MARKET if path.startswith(CHECK)}})
    assert problems(files) == [
        "course.toml:9: “completion.quizzes” asks for what the course does not have; say “none”."
    ]


def test_a_rule_can_ask_for_everything_at_once() -> None:
    text = 'lessons = 2\nquizzes = "none"\nminutes = 90\nscore = 66.5\napproval = true\nneed = 2\n'
    rule = read(market({"course.toml": COURSE.partition("lessons")[0] + text})).completion
    wanted = {"lessons": 2, "quizzes": "none", "minutes": 90, "score": 66.5, "approval": True, "need": 2}
    assert rule == wanted


def test_a_page_links_to_the_attachments_and_films_of_its_unit() -> None:
    page = PAGE.replace("minutes = 10", 'video = "videos/market.mp4"').replace("Look at", "[A form](files/form.pdf)")
    files = {LESSON: page, "01-stalls/files/form.pdf": PDF, "01-stalls/videos/market.mp4": film()}
    [unit] = read(market(files)).units
    assert isinstance(unit.lessons[0], Page)
    assert unit.lessons[0].video == {"en": "videos/market.mp4"}
    kept = {file.path: file.content_type for file in unit.files}
    assert kept["files/form.pdf"] == "application/pdf"
    assert kept["videos/market.mp4"] == "video/mp4"


# Questions


def test_problems_of_gift_keep_their_line() -> None:
    assert problems(edited(f"{CHECK}.en.gift", "=Guard -> watches", "=Guard watches")) == [
        f"{CHECK}.en.gift:16: A pair has no arrow between its two sides."
    ]


def test_a_quiz_without_a_question_is_refused() -> None:
    [problem] = problems(market({f"{CHECK}.en.gift": "// later\n"}))
    assert problem == f"{CHECK}.en.gift: The file has no question."


def test_a_question_needs_a_name() -> None:
    files = market({f"{CHECK}.{code}.gift": GIFT.replace("::count:: ", "") for code in ("en", "km")})
    assert f"{CHECK}.en.gift:12: The question has no name; begin it with one, as in ::market-fee::." in problems(files)


DIFFERENCES = [
    ("::rivers::", "::streams::", 6, "Here stands “streams”; in 03-check.en.gift it is “rivers”."),
    ("~No #There is.\n=Yes #Right.", "T", 1, "“fee” is a question of another kind"),
    ("=Yes #Right.", "=Yes #Right.\n~Maybe", 1, "“fee” has not as many answers"),
    ("=Guard -> watches", "=Guard -> watches\n=Clerk -> counts", 14, "“who” has not as many answers"),
    ("~%50%Bassac\n~%-100%Bokor", "~%-100%Bokor\n~%50%Bassac", 6, "The answers of “rivers” have not the same weights"),
    ("#12:1", "#13:1", 12, "The right answers of “count” are not those"),
    ("-> watches", "-> sells", 14, "The right answers of “who” are not those"),
    ("::count:: How many stalls? {#12:1}\n", "", 13, "Here stands “who”"),
    ("\n::who::", "\n::more:: A? {T}\n\n::who::", 14, "Here stands “more”"),
]


@pytest.mark.parametrize(("old", "new", "line", "message"), DIFFERENCES)
def test_the_languages_of_a_quiz_ask_the_same_questions(old: str, new: str, line: int, message: str) -> None:
    told = problems(edited(f"{CHECK}.km.gift", old, new))
    assert told[0].startswith(f"{CHECK}.km.gift:{line}: {message}")


def test_a_question_that_one_language_lacks_at_the_end_is_noticed() -> None:
    text = GIFT.partition("::who::")[0]
    [problem] = problems(market({f"{CHECK}.km.gift": text}))
    assert problem == f"{CHECK}.km.gift: The number of questions is 3; in 03-check.en.gift it is 4."
