"""So that nobody guesses passwords or keys: attempts are counted in the database, over all processes of the site."""

from datetime import timedelta

from flask import current_app

from lms import db
from lms.accounts import services


def pause(name: str, address: str, most_for_name: int, most_for_address: int, country: str = "KH") -> timedelta | None:
    """Counts this attempt; how long to wait if there were too many before it. In transactions of its own."""
    with db.transaction():
        attempt = services.note_attempt(name, address, country)
    wait = services.pause(attempt, most_for_name, most_for_address)
    if wait:
        with db.transaction():
            services.take_back(attempt)
    return wait


def pause_for(name: str) -> timedelta | None:
    """The same where only the name counts, and not the address, which a whole office may share."""
    most = current_app.config["LMS_SIGN_IN_ATTEMPTS"]
    return pause(name, name, most, most)
