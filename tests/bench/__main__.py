"""`make bench`: each page's median latency, as a multiple of the yardstick's in the same run, taken in turn.

The load is one request at a time from this machine to itself, over kept connections; at the end, a whole classroom.
"""

import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from tests.bench import crowd
from tests.bench.world import World, build
from tests.plugins.server import ROOT, serve
from tests.plugins.smtp import free_port

ROUNDS = 60
SLOW_ROUNDS = 15
WARM_UP = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to measure: its budget in multiples of the yardstick, and how to do it once."""

    name: str
    budget: int
    path: str
    cookies: Sequence[str] = ("",)
    """Whose sessions the requests have, one after the other."""
    form: dict[str, str] | None = None
    rounds: int = ROUNDS


def rows(world: World) -> list[Row]:
    learners = f"/manage{world.course}learners"
    many = f"/manage{world.large_course}"
    learner, trainer = (world.learner,), (world.trainer,)
    attempt = {"csrf_token": world.token, "attempt": "1"}
    answer = {
        **attempt,
        "asked": str(world.question_id),
        f"q{world.question_id}": "1",
    }
    return [
        Row("sign-in page", 5, "/login"),
        Row("catalogue, anonymous", 6, "/courses/"),
        Row("course page as a learner", 10, world.course, learner),
        Row("lesson", 8, world.lesson, learner),
        Row("quiz page, five questions", 10, world.quiz, learner),
        Row("storing an answer", 10, world.quiz + "answers", learner, answer),
        Row("submitting the attempt", 15, world.quiz + "submit", world.crowd, attempt),
        Row("completion list, 25 of 1,000 rows", 12, learners, trainer),
        Row("progress page, 5,000 learners", 12, many + "progress", trainer),
        Row("heat map, 25 of 5,000 learners", 12, many + "progress/lessons", trainer),
        Row("completion CSV, 1,000 rows", 40, learners + ".csv", trainer, rounds=SLOW_ROUNDS),
        Row("event page", 8, world.event, learner),
        Row("registration form for someone new", 8, world.event + "register"),
        Row("registering for the event", 30, world.event + "register", world.crowd, attempt),
        Row("certificate PDF, warm", 60, world.certificate, rounds=SLOW_ROUNDS),
    ]


class Client:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def seconds(self, row: Row, turn: int) -> float:
        """How long one request takes, to the last byte. Raises RuntimeError when it is refused."""
        headers = {"Cookie": row.cookies[turn % len(row.cookies)], "Accept-Encoding": "gzip"}
        body = urlencode(row.form) if row.form else None
        if body:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-Autosave": "1"}
        start = time.perf_counter()
        self.connection.request("POST" if body else "GET", row.path, body, headers)
        response = self.connection.getresponse()
        response.read()
        taken = time.perf_counter() - start
        if response.status not in (200, 204, 302) or "/login" in response.headers.get("Location", ""):
            raise RuntimeError(f"{row.path} answered {response.status}")
        return taken


def measure(row: Row, ours: Client, yardstick: Client) -> tuple[float, float]:
    """The medians in seconds of the row and of the yardstick, one request of each in turn."""
    hello = Row("hello", 1, "/")
    for client, what in ((ours, row), (yardstick, hello)):
        for turn in range(WARM_UP):
            client.seconds(what, turn)
    turns = range(WARM_UP, WARM_UP + row.rounds)
    pairs = [(ours.seconds(row, turn), yardstick.seconds(hello, turn)) for turn in turns]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def report(world: World, ours: Client, yardstick: Client, say: Callable[[str], None]) -> None:
    say("| page | median ms | times the yardstick | at most |")
    say("| --- | --- | --- | --- |")
    for row in rows(world):
        taken, hello = measure(row, ours, yardstick)
        say(f"| {row.name} | {taken * 1000:.1f} | {taken / hello:.1f} y | {row.budget} y |")


def main() -> None:
    os.environ["GUNICORN_CMD_ARGS"] = "--keep-alive 120"
    port = free_port()
    command = ["gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4", "--no-control-socket"]
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        with serve(database, workers=1) as server:
            world = build(database, server.environment["SECRET_KEY"])
            hello = [sys.executable, "-m", *command, "tests.bench.yardstick:app"]
            yardstick = subprocess.Popen(hello, cwd=ROOT)
            try:
                time.sleep(2)
                print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.machine()}\n")
                report(world, Client(server.port), Client(port), print)
            finally:
                yardstick.terminate()
                yardstick.wait()
        with serve(database, workers=2) as server:
            print(f"\n{crowd.measure(world, server.port)}")


if __name__ == "__main__":
    main()
