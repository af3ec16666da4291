"""Uploads that are looked at before they are taken: kept by a digest, which a token in an address names.

A token is one person's, for one place. The bytes themselves are swept away a day after they were given.
"""

from flask import current_app
from itsdangerous import BadSignature, BadTimeSignature, URLSafeTimedSerializer

from lms.errors import NotFoundError
from lms.web import access

KEPT_SECONDS = 20 * 3600
"""How long what was looked at can still be taken."""


def token(place: str, digest: str) -> str:
    """`place`: what is taken, and where to; the same token opens no other."""
    return _serializer(place).dumps(digest)


def digest(place: str, token: str) -> str | None:
    """None if it was looked at too long ago, by somebody else or for another place. Raises NotFoundError for what is no
    token at all.
    """
    try:
        return str(_serializer(place).loads(token, max_age=KEPT_SECONDS))
    except BadTimeSignature:
        return None
    except BadSignature:
        raise NotFoundError from None


def _serializer(place: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"lms-{place}/{access.person().id}")
