"""The ready-made site's settings, read from the environment. Imported by `wsgi.py` alone."""

import os
import secrets
from pathlib import Path

INSTANCE = Path(__file__).parent / "instance"
INSTANCE.mkdir(exist_ok=True)


def _kept_secret() -> str:
    """Made on the first run and kept, so that people stay signed in across restarts."""
    path = INSTANCE / "secret_key"
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text()


ENV = os.environ.get("LMS_ENV", "development")
SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL") or f"sqlite:///{INSTANCE / 'lms.sqlite'}"
SECRET_KEY = os.environ.get("SECRET_KEY") or (None if ENV == "production" else _kept_secret())
