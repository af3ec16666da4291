"""Mails that only remind: when they may be sent to somebody, and the way out of them, which needs no sign-in."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from lms import db, links
from lms.accounts.models import Person

MORNING, EVENING = 7, 20
"""Hours, in the reader's own zone: none is queued before the one, or from the other on."""


def is_daytime(moment: datetime, zone_name: str) -> bool:
    return MORNING <= moment.astimezone(ZoneInfo(known_zone(zone_name))).hour < EVENING


def awake(moment: datetime, zone_names: Iterable[str]) -> list[str]:
    """Those of the zones, as `Person.timezone` has them, in which it is daytime."""
    return [name for name in zone_names if is_daytime(moment, name)]


def known_zone(name: str) -> str:
    """The site's where the person has none, or one that is no longer known."""
    site = str(current_app.config["LMS_TIMEZONE"])
    try:
        ZoneInfo(name or site)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return site
    return name or site


def stop_address(person_id: int) -> str:
    """The page that turns reminders off; it works for as long as the account and the site's secret key are there."""
    return links.address("accounts.reminders", token=_signer().dumps(person_id))


def by_token(token: str) -> Person | None:
    """Whose reminders the address is about; None if it was not made here."""
    try:
        person_id = _signer().loads(token)
    except BadSignature:
        return None
    return db.session.get(Person, person_id)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="lms-reminders")
