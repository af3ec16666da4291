"""The ready-made site's settings, read from the environment. Imported by `wsgi.py` alone."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

INSTANCE = Path(__file__).parent / "instance"


def _kept_secret() -> str:
    """Made on the first run and kept, so that people stay signed in across restarts."""
    path = INSTANCE / "secret_key"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text()


def _further_settings() -> dict[str, object]:
    """Every other LMS_* variable: a number, a list separated by commas, JSON if it begins with a bracket, or a text."""
    return {name: _value(name, text) for name, text in os.environ.items() if name.startswith("LMS_") and text}


def _value(name: str, text: str) -> Any:
    if text[0] in "[{":
        return json.loads(text)
    if name in ("LMS_LOCALES", "LMS_CERTIFICATE_LOGOS"):
        return [part.strip() for part in text.split(",")]
    return int(text) if text.isdecimal() else text


INSTANCE.mkdir(exist_ok=True)
ENV = os.environ.get("LMS_ENV", "development")
SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL") or f"sqlite:///{INSTANCE / 'lms.sqlite'}"
SECRET_KEY = os.environ.get("SECRET_KEY") or (None if ENV == "production" else _kept_secret())
LMS_SMTP_URL = os.environ.get("SMTP_URL", "")
TRUSTED_PROXIES = int(os.environ.get("LMS_TRUSTED_PROXIES", "0"))
"""How many reverse proxies stand before the site and may say whom a request is from."""
globals().update(_further_settings())
