"""Five hundred people in one quiz, each with a connection of their own, who answer as they have thought."""

import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlencode

from tests.bench.world import World

ANSWERS = 4
THINKING = (2.0, 6.0)
"""Seconds between two answers of one person, at least and at most."""
ALONE = 100
HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "X-Autosave": "1"}


def measure(world: World, port: int) -> str:
    """The 95th percentile while all answer, as a multiple of the median while one does."""
    alone = statistics.median(_answers(world, port, world.classroom[0], [0.0] * ALONE))
    chance = random.Random(7)
    pauses = [[chance.uniform(*THINKING) for _ in range(ANSWERS)] for _ in world.classroom]
    began = time.perf_counter()
    with ThreadPoolExecutor(len(world.classroom)) as threads:
        waits = threads.map(lambda cookie, own: _answers(world, port, cookie, own), world.classroom, pauses)
        taken = [one for each in waits for one in each]
    pace = len(taken) / (time.perf_counter() - began)
    p95 = statistics.quantiles(taken, n=20)[-1]
    return (
        f"{len(world.classroom)} people in a quiz, {pace:.0f} answers a second: 95 % within {p95 * 1000:.1f} ms, "
        f"{p95 / alone:.1f} times the median of one alone ({alone * 1000:.1f} ms); at most 50 times"
    )


def _answers(world: World, port: int, cookie: str, pauses: list[float]) -> list[float]:
    """The seconds that each answer took. Raises RuntimeError if one is refused."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    question, taken = world.question_id, []
    for turn, pause in enumerate(pauses):
        time.sleep(pause)
        form = {"csrf_token": world.token, "attempt": 1, "asked": question, f"q{question}": turn % 2}
        start = time.perf_counter()
        connection.request("POST", world.quiz + "answers", urlencode(form), HEADERS | {"Cookie": cookie})
        response = connection.getresponse()
        response.read()
        taken.append(time.perf_counter() - start)
        if response.status != 204:
            raise RuntimeError(f"an answer was answered {response.status}")
    connection.close()
    return taken
