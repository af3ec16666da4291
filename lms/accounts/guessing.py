"""So that nobody guesses passwords or keys: attempts are counted in the database, over all processes of the site."""

from datetime import timedelta

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
