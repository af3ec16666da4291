"""What people do with courses: enrol, read, complete, withdraw."""

from lms.courses.services.enrolling import enrol, enrolment_of, enrolments, withdraw
from lms.courses.services.files import data, file, keep, keep_stream, picture_sizes
from lms.courses.services.outline import Outline, add_trainer, by_slug, catalogue, lesson_text, outline
from lms.courses.services.progress import (
    complete_lesson,
    record_best_score,
    record_score,
    refresh,
    visit,
)

__all__ = [
    "Outline",
    "add_trainer",
    "by_slug",
    "catalogue",
    "complete_lesson",
    "data",
    "enrol",
    "enrolment_of",
    "enrolments",
    "file",
    "keep",
    "keep_stream",
    "lesson_text",
    "outline",
    "picture_sizes",
    "record_best_score",
    "record_score",
    "refresh",
    "visit",
    "withdraw",
]
