"""A hundred thousand learners: the page costs what it always costs, the files need no memory for them."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from threading import Event as Flag, Thread

import psutil
import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.courses.models import Course
from lms.reports import files, learners, services
from lms.reports.filters import Filters
from tests import factories
from tests.conftest import Visitor, counted_queries
from tests.reports import crowd

MANY = {"sqlite": 100_000, "postgresql": 30_000}
"""Emptying PostgreSQL of more takes longer than the test."""
LIST = "/manage/courses/innovation/learners"
LIMIT = 20_000_000


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course()


@pytest.fixture
def trainer(client: Visitor, course: Course) -> Visitor:
    return client.sign_in(factories.trainer(course))


class Growth:
    """How far the process's memory has risen above where it was, in bytes."""

    peak = 0

    def __init__(self) -> None:
        self.process = psutil.Process()
        self.before = self.process.memory_info().rss
        self.over = Flag()

    def watch(self) -> None:
        while not self.over.wait(0.01):
            self.peak = max(self.peak, self.process.memory_info().rss - self.before)


@contextmanager
def growth() -> Iterator[Growth]:
    gc.collect()
    watched = Growth()
    watcher = Thread(target=watched.watch)
    watcher.start()
    try:
        yield watched
    finally:
        watched.over.set()
        watcher.join()


def taken(visitor: Visitor, address: str) -> int:
    """Downloads and keeps nothing; returns how many bytes there were."""

    def download() -> int:
        with FlaskClient.open(visitor, address) as answer:
            return sum(len(chunk) for chunk in answer.iter_encoded())

    return Context().run(download)


def test_a_hundred_thousand_rows_fit_through_little_memory(trainer: Visitor, course: Course, engine: str) -> None:
    endings = ("csv", "xlsx") if engine == "sqlite" else ("csv",)  # making a spreadsheet is the same on both
    for ending in endings:
        taken(trainer, f"{LIST}.{ending}")
    crowd.enrol_many(course, MANY[engine])
    with growth() as grown:
        sizes = [taken(trainer, f"{LIST}.{ending}?order=name") for ending in endings]
    assert sizes[0] > 150 * MANY[engine]
    assert grown.peak < LIMIT


def test_the_page_is_found_by_the_same_few_queries(trainer: Visitor, course: Course, engine: str) -> None:
    crowd.enrol_many(course, MANY[engine])
    with counted_queries() as seen:
        page = trainer.get(f"{LIST}?page=1000")
    assert len(seen) <= 8
    assert f"{MANY[engine]:,} of {MANY[engine]:,}" in page.text
    assert "Page 1,000 of" in page.text


def test_the_heading_is_sent_before_anything_is_read(course: Course) -> None:
    listing = learners.listing(course)
    chunks = files.csv_chunks(listing, services.rows(listing, Filters(order="name")))
    with counted_queries() as seen:
        assert next(chunks).startswith("\ufeffname,")
    assert seen == []


def test_rows_are_sent_while_others_are_still_to_be_read(course: Course) -> None:
    crowd.enrol_many(course, 2000)
    listing = learners.listing(course)
    read = 0

    def counted() -> Iterator[object]:
        nonlocal read
        for row in services.rows(listing, Filters(order="enrolled_at")):
            read += 1
            yield row

    chunks = files.csv_chunks(listing, counted())
    next(chunks)
    next(chunks)
    chunks.close()
    assert 0 < read < 500
