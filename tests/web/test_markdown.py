"""What a trainer's Markdown becomes, and that nothing in it can do harm."""

import re

import pytest
from flask import Flask

from lms.i18n import in_language
from lms.web import markdown

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


def at(path: str) -> str:
    return f"/files/{path}"


def test_a_quotation_that_begins_with_a_kind_becomes_a_box_with_a_heading(app: Flask) -> None:
    with in_language("en"):
        html = markdown.render("> [!WARNING]\n> Mind the *gap*.\n>\n> - one")
    assert '<div class="callout callout-warning">' in html
    assert '<p class="callout-title">Warning</p>' in html
    assert "<p>Mind the <em>gap</em>.</p>" in html
    assert "[!" not in html


def test_a_box_may_stand_in_a_box_and_hold_no_text(app: Flask) -> None:
    html = markdown.render("> [!NOTE]\n>\n> > [!tip]\n> > deep\n\n> [!EXAMPLE]")
    assert html.count("<div") == html.count("</div>") == 3
    assert "<p></p>" not in html


@pytest.mark.parametrize("text", ["> [!NOTE] here", "> a\n> [!NOTE]", "> [!OTHER]\n> a", "[!NOTE]\na", "> - [!NOTE]"])
def test_other_quotations_stay_what_they_are(app: Flask, text: str) -> None:
    assert "callout" not in markdown.render(text)


def test_the_heading_of_a_box_is_in_the_language_of_each_reader(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.i18n._catalogue", lambda code: _Words({"Tip": "គន្លឹះ"} if code == "km" else {}))
    seen = []
    for code in ("en", "km", "en"):
        with in_language(code):
            seen.append(re.findall(r'callout-title">(.*?)<', markdown.render("> [!TIP]\n> Ask.")))
    assert seen == [["Tip"], ["គន្លឹះ"], ["Tip"]]


class _Words(dict[str, str]):
    def gettext(self, message: str) -> str:
        return self.get(message, message)


HOSTILE = [
    "<script>alert(1)</script>",
    "> [!NOTE]\n> <script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "![x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    '[x](files/a.pdf "onmouseover=alert(1)")',
    '![x](images/a"onerror="alert(1).png)',
    "![x](images/%22onerror=%22alert(1).png)",
    "[x](files/&quot;onclick=&quot;alert(1).pdf)",
    "<div class='callout' onclick='alert(1)'>x</div>",
    "<a href='//evil.example/' target=_top>x</a>",
    "<svg/onload=alert(1)>",
    "<style>body{display:none}</style>",
    "<iframe src=//evil.example></iframe>",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "```html\n<script>alert(1)</script>\n```",
    "| a |\n| - |\n| <script>alert(1)</script> |",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_runs_gets_through(app: Flask, text: str) -> None:
    html = markdown.render(text, at, {"images/a.png": (1, 1)})
    tags = re.findall(r"<(?:[^>\"]|\"[^\"]*\")*>", html)
    bare = [re.sub(r'"[^"]*"', '""', tag) for tag in tags]
    assert not re.search(r"<(script|iframe|svg|style|object)", html, re.IGNORECASE)
    assert not [tag for tag in bare if re.search(r"\bon\w+=|target=|style=", tag, re.IGNORECASE)]
    assert not re.search(r'(href|src)="\s*(javascript|data|vbscript):', html, re.IGNORECASE)


def test_no_class_but_ours_is_kept(app: Flask) -> None:
    assert "class" not in markdown.render('```js panel"\nx\n```\n\n<p class="panel">x</p>').replace("&lt;p class", "")


def test_pictures_and_attachments_get_their_address_and_links_keep_theirs(app: Flask) -> None:
    text = (
        "![a](images/a.png) [b](files/b.pdf) [c](https://example.org/files/c) [d](/courses/) ![e](https://e.org/e.png)"
    )
    html = markdown.render(text, at)
    assert re.findall(r'(?:src|href)="(.*?)"', html) == [
        "/files/images/a.png",
        "/files/files/b.pdf",
        "https://example.org/files/c",
        "/courses/",
        "https://e.org/e.png",
    ]


def test_room_is_kept_for_pictures_whose_size_is_known(app: Flask) -> None:
    html = markdown.render("![a](images/a.png) ![b](images/b.png)", at, {"images/a.png": (640, 480)})
    assert html.count('width="640" height="480"') == 1


def test_the_lines_of_pictures_and_attachments_are_those_of_the_text(app: Flask) -> None:
    text = "> [!NOTE]\n> text\n> ![a](images/a.png)\n\n[b](files/b.pdf)\n[c](https://example.org/)\n"
    assert list(markdown.pictures(text)) == [(3, "images/a.png")]
    assert list(markdown.files(text)) == [(5, "files/b.pdf")]


@pytest.mark.parametrize("markup", ["html", "moodle", "plain"])
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_runs_gets_through_in_other_formats(app: Flask, text: str, markup: str) -> None:
    html = markdown.render(text, at, markup=markup)
    bare = [re.sub(r'"[^"]*"', '""', tag) for tag in re.findall(r"<(?:[^>\"]|\"[^\"]*\")*>", html)]
    assert not re.search(r"<(script|iframe|svg|style|object)", html, re.IGNORECASE)
    assert not [tag for tag in bare if re.search(r"\bon\w+=|target=|style=", tag, re.IGNORECASE)]
    assert not re.search(r'(href|src)="\s*(javascript|data|vbscript):', html, re.IGNORECASE)


def test_texts_of_other_formats_are_shown_as_they_are_meant(app: Flask) -> None:
    text = "<b>CO<sub>2</sub></b>\n*so*"
    assert markdown.render(text, markup="html") == text
    assert markdown.render(text, markup="moodle") == "<b>CO<sub>2</sub></b><br>\n*so*"
    assert markdown.render(text, markup="plain") == "&lt;b&gt;CO&lt;sub&gt;2&lt;/sub&gt;&lt;/b&gt;<br>\n*so*"


def test_an_address_may_be_what_pictures_lie_below(app: Flask) -> None:
    html = markdown.render("![a](images/a%20b.png) ![c](https://example.org/c.png)", "/q/7/")
    assert re.findall(r'src="(.*?)"', html) == ["/q/7/images/a%20b.png", "https://example.org/c.png"]
