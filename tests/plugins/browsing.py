"""Chromium as the system has it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    found = next(path for name in NAMES if (path := shutil.which(name)))
    browser = playwright.chromium.launch(executable_path=found, args=OPTIONS)
    try:
        yield browser
    finally:
        browser.close()
