"""What people do with events: find them, register, cancel, come in; and what their trainers do."""

from lms.events.services.attending import add_trainer, close_ended, join, record_attendance, set_attendance
from lms.events.services.finding import (
    by_slug,
    coming_of,
    past,
    registration_of,
    registrations,
    registrations_of,
    sequence_of,
    series_by_slug,
    upcoming,
)
from lms.events.services.registering import (
    cancel,
    cancel_event,
    register,
    register_for_all,
    register_newcomer,
    set_capacity,
)
from lms.events.services.shipped import event_files, load_series

__all__ = [
    "add_trainer",
    "by_slug",
    "cancel",
    "cancel_event",
    "close_ended",
    "coming_of",
    "event_files",
    "join",
    "load_series",
    "past",
    "record_attendance",
    "register",
    "register_for_all",
    "register_newcomer",
    "registration_of",
    "registrations",
    "registrations_of",
    "sequence_of",
    "series_by_slug",
    "set_attendance",
    "set_capacity",
    "upcoming",
]
