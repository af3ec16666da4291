"""The ready-made site as it is served: gunicorn's processes and the worker, on a port of loopback."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.plugins.smtp import free_port

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    environment: dict[str, str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def lms(self, *arguments: str, stdin: str = "") -> str:
        """Runs `flask lms …` against the same site."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "lms", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, input=stdin, capture_output=True, text=True, check=True
        )
        return done.stdout


@contextmanager
def serve(database: str, workers: int = 2, smtp: str = "", with_worker: bool = False) -> Iterator[Server]:
    """A site at an empty database, migrated; ended, with its processes, after the block."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "SECRET_KEY": "a key of the tests, as long as it needs to be",
        "SMTP_URL": smtp,
        "LMS_BASE_URL": f"http://127.0.0.1:{port}",
    }
    server = Server(port, environment)
    server.lms("db", "upgrade")
    gunicorn = ["gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--threads", "4", "wsgi:app"]
    commands = [[sys.executable, "-m", *gunicorn, "--log-level", "warning", "--no-control-socket"]]
    if with_worker:
        commands.append([sys.executable, "-m", "flask", "--app", "wsgi", "lms", "work"])
    processes = [subprocess.Popen(command, cwd=ROOT, env=environment) for command in commands]
    try:
        _wait(server)
        yield server
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(PATIENCE_SECONDS)


def _wait(server: Server) -> None:
    """Until the site answers."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with closing(HTTPConnection("127.0.0.1", server.port, timeout=5)) as connection:
                connection.request("GET", "/healthz")
                status = connection.getresponse().status
        except OSError:
            status = 0
        if status == 200:
            return
        if time.monotonic() > end:
            raise RuntimeError(f"the site does not answer at {server.address} (status {status})")
        time.sleep(0.1)
