"""`flask lms work`: what happens by itself. Each round is safe to repeat and to be killed in; any number may run."""

import logging
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Event

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from lms import db
from lms.accounts import codes, services as accounts
from lms.authoring.services import files
from lms.courses.services import reminding
from lms.events import services as events
from lms.mail import deliver
from lms.quizzes import services as quizzes

log = logging.getLogger(__name__)
PAUSE_SECONDS = 2.0
REMINDING_SECONDS = 60.0
SWEEPING_SECONDS = 600.0
MOST_BATCHES = 20
"""Of reminders, before mail is delivered in between."""


def _in_transaction(job: Callable[[], object]) -> Callable[[], object]:
    def run() -> object:
        with db.transaction():
            return job()

    return run


def _every(seconds: float, job: Callable[[], object]) -> Callable[[], object]:
    """Not in each round of this process: what looks at everybody's rows, and is in no hurry."""
    last: list[float] = []

    def run() -> object:
        if last and time.monotonic() - last[0] < seconds:
            return None
        last[:] = [time.monotonic()]
        return job()

    return run


def remind() -> None:
    """Batch by batch, so that a learner who completes a course meanwhile waits for one of them at most."""
    for _ in range(MOST_BATCHES):
        with db.transaction():
            queued = reminding.remind(current_app.config["LMS_IDLE_DAYS"])
        db.session.expunge_all()
        if not queued:
            return


def submit_overdue() -> None:
    """One by one, so that no learner waits for another's attempt."""
    grace = timedelta(seconds=current_app.config["LMS_QUIZ_GRACE"])
    for attempt in quizzes.overdue(grace):
        with db.transaction():
            quizzes.submit_overdue(attempt, grace)


JOBS: dict[str, Callable[[], object]] = {
    "submit attempts whose time is up": submit_overdue,
    "close events that are over": _in_transaction(events.close_ended),
    "forget old sign-in failures": _in_transaction(accounts.sweep_failures),
    "forget old one-time codes": _in_transaction(codes.sweep),
    "forget files that nothing uses": _every(SWEEPING_SECONDS, _in_transaction(files.sweep)),
    "remind of courses": _every(REMINDING_SECONDS, remind),
    "deliver mail": deliver.deliver_waiting,
}


def work(once: bool = False) -> None:
    """Rounds of all jobs until SIGTERM or SIGINT, which let the round in hand finish. Needs an application context."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        work_round()
        if once:
            return
        stop.wait(PAUSE_SECONDS)


def work_round() -> None:
    """Every job once. A database that is away for a while ends no worker: the job is said and tried again next time."""
    for name, job in JOBS.items():
        try:
            job()
        except SQLAlchemyError:
            log.exception("could not %s", name)
        finally:
            db.session.remove()
