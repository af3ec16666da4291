"""The ready-made site: the plugin's first host, built on its public API alone.

What a host decides for itself is decided here: cookies, security headers, compression, caching, and that a site for
the public does not start on an unsafe setting.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from flask import Flask, Response, current_app
from flask_compress import Compress
from sqlalchemy import Engine, inspect, select
from werkzeug.middleware.proxy_fix import ProxyFix

from lms import db
from lms.accounts.models import Person
from lms.extension import LMS
from lms.web import errors

YEAR = 365 * 24 * 3600
DEFAULTS: dict[str, Any] = {
    "ENV": "development",
    "MAX_CONTENT_LENGTH": 2_000_000,
    "MAX_FORM_MEMORY_SIZE": 1_000_000,
    "PERMANENT_SESSION_LIFETIME": 60 * 24 * 3600,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "REMEMBER_COOKIE_SAMESITE": "Lax",
    "REMEMBER_COOKIE_HTTPONLY": True,
    "SEND_FILE_MAX_AGE_DEFAULT": YEAR,
    "TRUSTED_PROXIES": 0,
    "COMPRESS_ALGORITHM": ["br", "gzip"],
}
SECURE = {"SESSION_COOKIE_SECURE": True, "REMEMBER_COOKIE_SECURE": True, "PREFERRED_URL_SCHEME": "https"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; media-src 'self'; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class UnsafeSettingError(RuntimeError):
    """A site for the public would start on a setting that is not safe; the message names each."""


def create_app(config: object | None = None, **overrides: Any) -> Flask:
    """An application that is nothing but the LMS; `config` is an object with upper-case settings.

    With `ENV = "production"` raises UnsafeSettingError, which says what is unsafe.
    """
    app = Flask("lms_site", static_folder=None, static_url_path="/static", template_folder=None)
    app.config.from_mapping(DEFAULTS)
    if config is not None:
        app.config.from_object(config)
    app.config.update(overrides)
    in_production = app.config["ENV"] == "production"
    if in_production:
        app.config.update(SECURE)
        _refuse(_unsafe_settings(app))
    LMS(app)
    if in_production:
        with app.app_context():
            reasons = _demo_accounts()
            db.session.remove()
            cast("Engine", db.session.get_bind()).dispose()  # a connection must not cross into the server's processes
        _refuse(reasons)
    _serve(app)
    return app


def _serve(app: Flask) -> None:
    Compress(app)
    app.url_defaults(_version_static)
    app.after_request(_secure)
    errors.register_for_site(app)
    proxies = int(app.config["TRUSTED_PROXIES"])
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]


def _secure(response: Response) -> Response:
    """The headers of every page; a view that needs stricter ones has set its own."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["ENV"] == "production":
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    return response


def _version_static(endpoint: str, values: dict[str, Any]) -> None:
    """Gives a static file's address its content's digest, so that it may be kept for a year."""
    if endpoint in ("lms.static", "bootstrap.static") and "filename" in values:
        blueprint = current_app.blueprints[endpoint.partition(".")[0]]
        values["v"] = _digest(Path(str(blueprint.static_folder)) / values["filename"])


@lru_cache
def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else None


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise UnsafeSettingError("This site does not start in production: " + " ".join(reasons))


def _unsafe_settings(app: Flask) -> list[str]:
    reasons = []
    if len(app.config.get("SECRET_KEY") or "") < 32:
        reasons.append("SECRET_KEY is missing or shorter than 32 characters.")
    if not (app.config.get("LMS_BASE_URL") or "").startswith("https://"):
        reasons.append("LMS_BASE_URL is missing or does not begin with https://.")
    if app.debug or app.testing:
        reasons.append("Debugging or testing is switched on.")
    return reasons


def _demo_accounts() -> list[str]:
    """Everybody knows the passwords of the demo's accounts. A database without tables yet has none."""
    if not inspect(db.session.get_bind()).has_table(Person.__tablename__):
        return []
    found = db.session.scalar(select(Person.id).where(Person.demo, Person.active).limit(1))
    advice = "remove them with LMS_ENV=development flask --app wsgi lms demo --remove."
    return [f"The database has the demo's accounts: {advice}"] if found else []
