"""The files of courses: pictures, attachments, films."""

import hashlib

from sqlalchemy import select

from lms import clock, db
from lms.courses.models import Course, CourseFile, FileData


def file(course: Course, path: str) -> CourseFile | None:
    return db.session.scalar(select(CourseFile).where(CourseFile.course_id == course.id, CourseFile.path == path))


def keep(data: bytes) -> str:
    """Keeps the bytes, once, and returns their digest."""
    digest = hashlib.sha256(data).hexdigest()
    values = {"kept_at": clock.now()}
    new = db.insert(FileData).values(digest=digest, size=len(data), data=data, **values)
    db.session.execute(new.on_conflict_do_update(index_elements=["digest"], set_=values))
    return digest


def data(digest: str) -> bytes:
    """The bytes that `keep` was given."""
    return db.session.scalars(select(FileData.data).where(FileData.digest == digest)).one()
