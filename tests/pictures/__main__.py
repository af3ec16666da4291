"""`make pictures`: the main pages of the demo as they look, into `docs/pictures`."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from lms import create_app
from lms.demo.case import ACCOUNTS, PASSWORD
from tests.browser.answers import answer_rightly, shown
from tests.plugins.browsing import chromium
from tests.plugins.server import ROOT, Server, serve

SETTLING_MS = 300
FOLDER = ROOT / "docs" / "pictures"
PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 800}
COURSE = "/courses/innovation-for-local-administration/"
LESSON = f"{COURSE}lessons/who-are-our-citizens/"
QUIZ = f"{COURSE}lessons/engagement-check/"
LEARNER, CSO, TRAINER = (account.sign_in for account in ACCOUNTS[:3])


@dataclass(frozen=True, slots=True)
class Shot:
    name: str
    path: str
    size: ViewportSize
    sign_in: str = ""
    full: bool = False
    to: str = ""
    """What is moved to the middle of the screen first."""


SHOTS = [
    Shot("start", "/", PHONE),
    Shot("sign-in", "/login", PHONE),
    Shot("course", COURSE, PHONE, LEARNER),
    Shot("lesson", LESSON, PHONE, LEARNER, full=True),
    Shot("figure", LESSON, PHONE, LEARNER, to="main img"),
    Shot("quiz", QUIZ, PHONE, LEARNER),
    Shot("event", "/events/second-round-inclusion/", PHONE, CSO),
    Shot("my-page", "/me/", PHONE, LEARNER),
    Shot("completion-list", f"/manage{COURSE}learners", DESK, TRAINER),
]


@contextmanager
def page(browser: Browser, server: Server, language: str, size: ViewportSize, sign_in: str = "") -> Iterator[Page]:
    """A page of a browser of its own, signed in if asked to."""
    context = browser.new_context(viewport=size, locale=language, base_url=server.address)
    try:
        opened = context.new_page()
        if sign_in:
            opened.goto("/login")
            opened.locator("#sign_in").fill(sign_in)
            opened.locator("#password").fill(PASSWORD)
            opened.locator("main form button").click()
            opened.wait_for_url("**/")
        speak(opened, language)
        yield opened
    finally:
        context.close()


def speak(opened: Page, language: str) -> None:
    """Someone signed in reads the language they chose last, whatever the browser's is."""
    opened.goto("/")
    other = opened.locator(f".languages button[value={language}]")
    if other.count():
        other.click()


def show(opened: Page, what: str) -> None:
    """Scrolls to a picture, which is loaded when it is near, and takes its room only then."""
    picture = opened.locator(what).first
    picture.scroll_into_view_if_needed()
    opened.wait_for_load_state("networkidle")
    picture.evaluate("picture => picture.decode()")
    picture.evaluate("picture => picture.scrollIntoView({ block: 'center', behavior: 'instant' })")
    opened.wait_for_timeout(SETTLING_MS)


def keep(picture: bytes, name: str, most_height: int = 1600) -> None:
    """In few colours, which is a third of the size."""
    image = Image.open(BytesIO(picture)).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, most_height)))
    image.quantize(128).save(FOLDER / f"{name}.png", optimize=True)


def take_course(opened: Page) -> None:
    """Enrols the learner and answers a first question, so that there is something to see."""
    opened.goto(COURSE)
    opened.locator("main form button").first.click()
    opened.goto(QUIZ)
    opened.locator("main form button").first.click()
    opened.locator("fieldset input[type=radio]").first.check()
    opened.wait_for_selector(".saved:not(:empty)")


def hand_in(opened: Page, server: Server) -> None:
    """Answers all questions, in Khmer and rightly, and submits the attempt."""
    app = create_app(
        SECRET_KEY=server.environment["SECRET_KEY"], SQLALCHEMY_DATABASE_URI=server.environment["DATABASE_URL"]
    )
    opened.goto(QUIZ)
    with app.app_context():
        while opened.locator("[name=asked]").count():
            for row in shown(opened):
                answer_rightly(opened, row, "km")
            opened.locator("main form .btn-primary").click()
            opened.wait_for_load_state()
    opened.locator("main form .btn-primary").click()
    opened.wait_for_url("**/attempts/**")


def certificate(browser: Browser, server: Server) -> None:
    """The public page of one that the list shows, and its sheet."""
    with page(browser, server, "en", DESK, TRAINER) as opened:
        opened.goto(f"/manage{COURSE}learners")
        address = opened.locator("main a[href^='/certificates/']").first.get_attribute("href") or ""
        pdf = opened.context.request.get(f"{address.rstrip('/')}.pdf").body()
    for language in ("km", "en"):
        with page(browser, server, language, PHONE) as opened:
            opened.goto(address)
            keep(opened.screenshot(full_page=True), f"certificate.{language}")
    with pypdfium2.PdfDocument(pdf) as document:
        picture = BytesIO()
        document[0].render(scale=1.2).to_pil().save(picture, "PNG")
    keep(picture.getvalue(), "certificate-pdf")


def all_of(browser: Browser, server: Server) -> None:
    with page(browser, server, "km", PHONE, LEARNER) as opened:
        take_course(opened)
    for language in ("km", "en"):
        for shot in SHOTS:
            with page(browser, server, language, shot.size, shot.sign_in) as opened:
                opened.goto(shot.path)
                if shot.to:
                    show(opened, shot.to)
                keep(opened.screenshot(full_page=shot.full), f"{shot.name}.{language}")
    with page(browser, server, "km", PHONE, LEARNER) as opened:
        hand_in(opened, server)
    for language in ("km", "en"):
        with page(browser, server, language, PHONE, LEARNER) as opened:
            opened.goto(f"{QUIZ}attempts/1/")
            keep(opened.screenshot(), f"result.{language}")
    certificate(browser, server)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(f"sqlite:///{Path(folder) / 'pictures.sqlite'}") as server,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        server.lms("demo")
        all_of(browser, server)
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
