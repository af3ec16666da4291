"""Cohorts: who is in them, what they take until when, and how far they are."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, exists, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from lms import clock, db
from lms.accounts import names
from lms.accounts.models import Person
from lms.accounts.policy import is_admin
from lms.courses import services as courses
from lms.courses.models import (
    Cohort,
    CohortCourse,
    CohortMember,
    CohortTrainer,
    Course,
    CourseTrainer,
    Enrolment,
    EnrolmentStatus,
)
from lms.errors import ConflictError, InvalidError, NotFoundError
from lms.i18n import gettext
from lms.rosters.services.access import check_not_last, check_role

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class OneCohort:
    cohort: Cohort
    members: int
    courses: int


@dataclass(frozen=True, slots=True)
class CourseOfCohort:
    """A course with its dates for the cohort, and how many of the members are how far."""

    taken: CohortCourse
    course: Course
    not_begun: int
    on_the_way: int
    completed: int
    left: int
    """Those who have left the course."""

    @property
    def percent(self) -> float:
        """Of those who have not left it, how many have completed it."""
        return 100 * self.completed / (self.not_begun + self.on_the_way + self.completed or 1)


@dataclass(frozen=True, slots=True)
class Members:
    people: Sequence[Person]
    matching: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.matching // PER_PAGE))


def cohorts(person: Person, archived: bool = False) -> list[OneCohort]:
    """Those that the person looks after, by name; administrators: all. One query."""
    in_it = select(func.count()).where(CohortMember.cohort_id == Cohort.id).scalar_subquery()
    taken = select(func.count()).where(CohortCourse.cohort_id == Cohort.id).scalar_subquery()
    wanted = select(Cohort, in_it, taken).where(Cohort.archived == archived)
    if not is_admin(person):
        mine = exists().where(CohortTrainer.cohort_id == Cohort.id, CohortTrainer.person_id == person.id)
        wanted = wanted.where(mine)
    return [OneCohort(*row) for row in db.session.execute(wanted.order_by(Cohort.name, Cohort.id))]


def by_slug(slug: str) -> Cohort | None:
    return db.session.scalar(select(Cohort).where(Cohort.slug == slug))


def create(person: Person, name: str) -> Cohort:
    """Whoever makes it looks after it. Its address says nothing of its name, which may change."""
    cohort = Cohort(slug=secrets.token_hex(5), name=names.tidy(name), created_at=clock.now(), archived=False)
    db.session.add(cohort)
    db.session.flush()
    db.insert_once(CohortTrainer, cohort_id=cohort.id, person_id=person.id)
    return cohort


def rename(cohort: Cohort, name: str) -> None:
    cohort.name = names.tidy(name)


def set_archived(cohort: Cohort, archived: bool) -> None:
    """An archived one is out of the way, and its dates no longer hold; its members keep what they have."""
    _locked(cohort).archived = archived


def _locked(cohort: Cohort) -> Cohort:
    """Members and courses come one after the other, so that each sees the other and nobody is left out."""
    return db.locked(Cohort, cohort.id)


def _in_use(cohort: Cohort) -> Cohort:
    cohort = _locked(cohort)
    if cohort.archived:
        raise ConflictError(gettext("This cohort is archived. Take it up again first."))
    return cohort


# --- Members


def members(cohort: Cohort, q: str = "", number: int = 1) -> Members:
    """A page of them, by name; every word of `q` is found in a name, the address or the number. Two queries."""
    wanted = select(Person).join(CohortMember, CohortMember.person_id == Person.id)
    wanted = wanted.where(CohortMember.cohort_id == cohort.id, *map(_found, names.tidy(q).split()))
    matching = db.session.scalars(
        select(func.count()).select_from(wanted.with_only_columns(Person.id).subquery())
    ).one()
    page = wanted.order_by(Person.name, Person.id).offset((number - 1) * PER_PAGE).limit(PER_PAGE)
    return Members(db.session.scalars(page).all(), matching, number)


def _found(word: str) -> ColumnElement[bool]:
    """A phone number is looked for without the zero that is dialled at home."""
    columns = (Person.name, Person.name_latin, Person.email)
    in_columns = [column.icontains(word, autoescape=True) for column in columns]
    return or_(*in_columns, Person.phone.contains(word.removeprefix("0") or word, autoescape=True))


def add_members(cohort: Cohort, people: Collection[int]) -> int:
    """By their ids; enrols them in all courses of the cohort. How many are new in it. Raises ConflictError."""
    cohort = _in_use(cohort)
    values = [{"cohort_id": cohort.id, "person_id": key, "joined_at": clock.now()} for key in sorted(set(people))]
    if not values:
        return 0
    new = db.insert(CohortMember).values(values).on_conflict_do_nothing().returning(CohortMember.person_id)
    added = len(db.session.scalars(new).all())
    courses.enrol_many(_places(cohort, CohortMember.person_id.in_(people)), "cohort")
    return added


def _places(cohort: Cohort, which: ColumnElement[bool]) -> Select[int, int]:
    """Courses and members that belong together; a course that takes nobody new is left out."""
    both = select(CohortCourse.course_id, CohortMember.person_id).join(Course, Course.id == CohortCourse.course_id)
    both = both.join(CohortMember, CohortMember.cohort_id == CohortCourse.cohort_id)
    return both.where(CohortCourse.cohort_id == cohort.id, Course.published, ~Course.archived, which)


def has_left_one(cohort: Cohort) -> ColumnElement[bool]:
    """Whether a person of a query has left a course that adding them to the cohort would enrol them in."""
    withdrawn = select(Enrolment.id).where(
        Enrolment.person_id == Person.id, Enrolment.status == EnrolmentStatus.withdrawn
    )
    taken = withdrawn.join(CohortCourse, CohortCourse.course_id == Enrolment.course_id)
    taken = taken.join(Course, Course.id == Enrolment.course_id)
    return (
        taken.where(CohortCourse.cohort_id == cohort.id, Course.published, ~Course.archived).correlate(Person).exists()
    )


def remove_member(cohort: Cohort, person_id: int) -> None:
    """What they are enrolled in, they stay in; once more changes nothing."""
    this = (CohortMember.cohort_id == cohort.id, CohortMember.person_id == person_id)
    db.session.execute(delete(CohortMember).where(*this))


# --- Courses


def courses_of(cohort: Cohort) -> list[CourseOfCohort]:
    """With how far the members are in each. One query, whatever their number."""
    active = Enrolment.status == EnrolmentStatus.active
    has_begun = or_(
        Enrolment.last_act_at.is_not(None), Enrolment.last_lesson_id.is_not(None), Enrolment.progress_percent > 0
    )

    def count(*which: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(Enrolment.id).filter(*which)

    wanted = (
        select(
            CohortCourse,
            Course,
            count(active, ~has_begun),
            count(active, has_begun),
            count(Enrolment.status == EnrolmentStatus.completed),
            count(Enrolment.status == EnrolmentStatus.withdrawn),
        )
        .join(Course, Course.id == CohortCourse.course_id)
        .outerjoin(CohortMember, CohortMember.cohort_id == CohortCourse.cohort_id)
        .outerjoin(
            Enrolment,
            (Enrolment.course_id == CohortCourse.course_id) & (Enrolment.person_id == CohortMember.person_id),
        )
        .where(CohortCourse.cohort_id == cohort.id)
        .group_by(CohortCourse.cohort_id, CohortCourse.course_id, Course.id)
        .order_by(CohortCourse.opens_at, Course.id)
    )
    return [CourseOfCohort(*row) for row in db.session.execute(wanted)]


def course_of(cohort: Cohort, slug: str) -> Course | None:
    """The course of that name, if the cohort takes it."""
    wanted = select(Course).join(CohortCourse, CohortCourse.course_id == Course.id)
    return db.session.scalar(wanted.where(CohortCourse.cohort_id == cohort.id, Course.slug == slug))


def taught(person: Person) -> Sequence[Course]:
    """The courses that the person looks after, the newest first; administrators: all."""
    wanted = select(Course).order_by(Course.id.desc())
    if not is_admin(person):
        wanted = wanted.join(CourseTrainer, CourseTrainer.course_id == Course.id)
        wanted = wanted.where(CourseTrainer.person_id == person.id)
    return db.session.scalars(wanted).all()


def add_course(cohort: Cohort, course: Course, opens_at: datetime | None, due_at: datetime | None) -> None:
    """Enrols all members. Raises ConflictError, InvalidError for `due`."""
    _check_order(opens_at, due_at)
    cohort = _in_use(cohort)
    courses.check_takes_new(courses.held(course))
    values = {"cohort_id": cohort.id, "course_id": course.id}
    if not db.insert_once(CohortCourse, **values, opens_at=opens_at, due_at=due_at):
        raise ConflictError(gettext("This cohort takes the course already. Its dates can be changed there."))
    courses.enrol_many(_places(cohort, CohortCourse.course_id == course.id), "cohort")


def set_dates(cohort: Cohort, course: Course, opens_at: datetime | None, due_at: datetime | None) -> None:
    """Raises InvalidError for `due`, NotFoundError when the cohort no longer takes the course."""
    _check_order(opens_at, due_at)
    this = (CohortCourse.cohort_id == cohort.id, CohortCourse.course_id == course.id)
    if not db.changed(update(CohortCourse).where(*this).values(opens_at=opens_at, due_at=due_at)):
        raise NotFoundError


def _check_order(opens_at: datetime | None, due_at: datetime | None) -> None:
    if opens_at and due_at and due_at <= opens_at:
        raise InvalidError("due", gettext("The deadline must not lie before the opening."))


def remove_course(cohort: Cohort, course: Course) -> None:
    """The members stay enrolled, without the dates; once more changes nothing."""
    this = (CohortCourse.cohort_id == cohort.id, CohortCourse.course_id == course.id)
    db.session.execute(delete(CohortCourse).where(*this))


# --- Trainers


def trainers(cohort: Cohort) -> Sequence[Person]:
    wanted = select(Person).join(CohortTrainer, CohortTrainer.person_id == Person.id)
    return db.session.scalars(wanted.where(CohortTrainer.cohort_id == cohort.id).order_by(Person.name, Person.id)).all()


def add_trainer(cohort: Cohort, person: Person) -> None:
    """Raises InvalidError for `trainer` when the person has not the role."""
    check_role(person)
    db.insert_once(CohortTrainer, cohort_id=cohort.id, person_id=person.id)


def remove_trainer(cohort: Cohort, person_id: int) -> None:
    """Once more changes nothing. Raises ConflictError for the last one: of two at once, one stays."""
    _locked(cohort)
    of_cohort = CohortTrainer.cohort_id == cohort.id
    others = select(func.count()).select_from(CohortTrainer).where(of_cohort, CohortTrainer.person_id != person_id)
    check_not_last(db.session.scalars(others).one())
    db.session.execute(delete(CohortTrainer).where(of_cohort, CohortTrainer.person_id == person_id))
    db.session.expire(cohort, ["trainers"])
