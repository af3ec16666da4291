"""What people do with courses: enrol, read, complete, withdraw."""

from lms.courses.services.cohorts import Dates, dates
from lms.courses.services.enrolling import (
    WayIn,
    check_takes_new,
    enrol,
    enrol_many,
    enrol_self,
    enrolment_of,
    enrolments,
    held,
    request_of,
    same_key,
    way_in,
    withdraw,
)
from lms.courses.services.files import data, file, keep, keep_stream, picture_sizes
from lms.courses.services.outline import Outline, add_trainer, by_slug, catalogue, lesson_text, outline
from lms.courses.services.progress import (
    complete_lesson,
    record_best_score,
    record_score,
    refresh,
    visit,
)
from lms.courses.services.requesting import (
    approve_requests,
    ask,
    decline_requests,
    requests,
    take_back,
    waiting_count,
)

__all__ = [
    "Dates",
    "Outline",
    "WayIn",
    "add_trainer",
    "approve_requests",
    "ask",
    "by_slug",
    "catalogue",
    "check_takes_new",
    "complete_lesson",
    "data",
    "dates",
    "decline_requests",
    "enrol",
    "enrol_many",
    "enrol_self",
    "enrolment_of",
    "enrolments",
    "file",
    "held",
    "keep",
    "keep_stream",
    "lesson_text",
    "outline",
    "picture_sizes",
    "record_best_score",
    "record_score",
    "refresh",
    "request_of",
    "requests",
    "same_key",
    "take_back",
    "visit",
    "waiting_count",
    "way_in",
    "withdraw",
]
