"""Courses, who takes them, and how far they are."""

from lms.courses.models.cohort import Cohort, CohortCourse, CohortMember, CohortTrainer
from lms.courses.models.course import (
    Course,
    CourseFile,
    CourseTrainer,
    CourseVersion,
    EnrolmentMode,
    FileData,
    Lesson,
    LessonKind,
    Unit,
)
from lms.courses.models.enrolment import (
    Enrolment,
    EnrolmentRequest,
    EnrolmentStatus,
    LessonProgress,
    RequestStatus,
)

__all__ = [
    "Cohort",
    "CohortCourse",
    "CohortMember",
    "CohortTrainer",
    "Course",
    "CourseFile",
    "CourseTrainer",
    "CourseVersion",
    "Enrolment",
    "EnrolmentMode",
    "EnrolmentRequest",
    "EnrolmentStatus",
    "FileData",
    "Lesson",
    "LessonKind",
    "LessonProgress",
    "RequestStatus",
    "Unit",
]
