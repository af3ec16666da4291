"""What taking a list would do, line by line. Nothing is changed here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Row as Found, Select, and_, false, or_, select

from lms import db
from lms.accounts import names
from lms.accounts.models import Person
from lms.courses.models import Cohort, CohortMember, Course, Enrolment, EnrolmentStatus
from lms.i18n import gettext
from lms.rosters.lists.reading import Problem, Row, Table
from lms.rosters.services.cohorts import has_left_one

Group = Course | Cohort
Key = tuple[str, str]
"""A field that people are known by, and its value."""
REACHED_BY = ("phone", "email")


class Outcome(StrEnum):
    """In the order in which a page shows them."""

    wrong = "wrong"
    new = "new"
    joins = "joins"
    """Has an account, and would be enrolled."""
    left = "left"
    """Has left the course by themselves, and stays away."""
    repeated = "repeated"
    already = "already"


@dataclass(frozen=True, slots=True)
class Line:
    row: Row
    outcome: Outcome
    problems: Sequence[Problem] = ()
    notes: Sequence[str] = ()
    person_id: int | None = None

    @property
    def name(self) -> str:
        return str(self.row.values.get("name", ""))

    @property
    def reached_by(self) -> list[str]:
        return [value for _name, value in _keys(self.row)]


@dataclass(frozen=True, slots=True)
class Plan:
    lines: list[Line]
    ignored: list[str]

    def count(self, *outcomes: Outcome) -> int:
        return sum(line.outcome in outcomes for line in self.lines)

    @property
    def is_good(self) -> bool:
        return not self.count(Outcome.wrong)

    @property
    def comers(self) -> int:
        """How many people would be enrolled."""
        return self.count(Outcome.new, Outcome.joins)

    @property
    def shown(self) -> list[Line]:
        """What needs to be mended first, and what does nothing last."""
        ranks = {outcome: rank for rank, outcome in enumerate(Outcome)}
        return sorted(self.lines, key=lambda line: (ranks[line.outcome], line.row.line))


def plan(table: Table, group: Group, may_create: bool = True) -> Plan:
    """One query for every 500 rows. `may_create`: whether this site makes accounts of its own."""
    check = _Check(may_create)
    lines = []
    for rows in db.batches(table.rows):
        known = _known(rows, group)
        lines += [check.line(row, known) for row in rows]
    return Plan(lines, table.ignored)


def _known(rows: Sequence[Row], group: Group) -> dict[Key, Found[Any]]:
    """The people who have one of these numbers or addresses, and where they stand with the group."""
    wanted = {name: {row.values[name] for row in rows if name in row.values} for name in REACHED_BY}
    anyone = or_(Person.phone.in_(sorted(wanted["phone"])), Person.email.in_(sorted(wanted["email"])))
    found = db.session.execute(_people(group).where(anyone)).all()
    return {(name, getattr(one, name)): one for one in found for name in REACHED_BY if getattr(one, name)}


def _people(group: Group) -> Select[*tuple[Any, ...]]:
    person = (Person.id, Person.name, Person.name_latin, Person.phone, Person.email, Person.active)
    if isinstance(group, Course):
        here = and_(Enrolment.person_id == Person.id, Enrolment.course_id == group.id)
        return select(*person, Enrolment.status.label("state"), false().label("left_one")).outerjoin(Enrolment, here)
    here = and_(CohortMember.person_id == Person.id, CohortMember.cohort_id == group.id)
    left_one = has_left_one(group).label("left_one")
    return select(*person, CohortMember.person_id.label("state"), left_one).outerjoin(CohortMember, here)


def _keys(row: Row) -> list[Key]:
    return [(name, row.values[name]) for name in REACHED_BY if name in row.values]


@dataclass(slots=True)
class _Check:
    may_create: bool
    seen: dict[Key, Row] = field(default_factory=dict)
    people: dict[int, Row] = field(default_factory=dict)

    def line(self, row: Row, known: dict[Key, Found[Any]]) -> Line:
        keys = _keys(row)
        before = next((self.seen[key] for key in keys if key in self.seen), None)
        for key in keys:
            self.seen.setdefault(key, row)
        if before and before.values == row.values and not row.problems:
            return Line(row, Outcome.repeated, notes=[gettext("The same as line %(line)s.", line=before.line)])
        reasons = list(self._unreachable(row, keys, before))
        if reasons:
            return Line(row, Outcome.wrong, [*reasons, *_others(row)])
        people = {known[key].id: known[key] for key in keys if key in known}
        return self._of_somebody(row, list(people.values())) if people else self._of_nobody(row)

    def _unreachable(self, row: Row, keys: list[Key], before: Row | None) -> Iterator[Problem]:
        """Why nobody can be found by this line."""
        yield from (problem for problem in row.problems if problem.field in ("", *REACHED_BY))
        if not keys and not any(problem.field in REACHED_BY for problem in row.problems):
            yield Problem("phone", gettext("Give a phone number or an e-mail address: one signs in with it."))
        if before:
            yield Problem(
                "",
                gettext(
                    "Line %(line)s has the same phone number or e-mail address, but says otherwise.", line=before.line
                ),
            )

    def _of_somebody(self, row: Row, people: list[Found[Any]]) -> Line:
        """Nothing of what the line says of a known person is taken over, so it need not be right."""
        person = people[0]
        before = self.people.setdefault(person.id, row)
        if len(people) > 1:
            return _wrong(row, gettext("The phone number and the e-mail address belong to two different people."))
        if before is not row:
            return _wrong(row, gettext("Line %(line)s is the same person.", line=before.line))
        if not person.active:
            return _wrong(row, gettext("This account is closed."))
        return Line(row, _outcome(person.state), notes=list(_notes(row, person)), person_id=person.id)

    def _of_nobody(self, row: Row) -> Line:
        problems = list(row.problems)
        if not self.may_create:
            problems = [Problem("", gettext("Nobody here has this phone number or e-mail address yet."))]
        elif "name" not in row.values and not any(problem.field == "name" for problem in problems):
            problems.append(Problem("name", gettext("A new person needs a name.")))
        return Line(row, Outcome.wrong if problems else Outcome.new, problems)


def _others(row: Row) -> Iterable[Problem]:
    return (problem for problem in row.problems if problem.field not in ("", *REACHED_BY))


def _wrong(row: Row, message: str) -> Line:
    return Line(row, Outcome.wrong, [Problem("", message)])


def _outcome(state: Any) -> Outcome:
    if state is None:
        return Outcome.joins
    return Outcome.left if state == EnrolmentStatus.withdrawn else Outcome.already


def _notes(row: Row, person: Found[Any]) -> Iterator[str]:
    called = {names.folded(person.name), names.folded(person.name_latin)}
    given = {names.folded(row.values[name]) for name in ("name", "name_latin") if name in row.values}
    if given and not given & called:
        yield gettext("The account has another name, and keeps it: %(name)s.", name=person.name)
    if any(value != getattr(person, name) for name, value in _keys(row)):
        yield gettext("The account has another phone number or e-mail address, and keeps it.")
    if person.state == EnrolmentStatus.withdrawn:
        yield gettext("This person has left the course, and stays away unless they come back by themselves.")
    if person.left_one and person.state is None:
        yield gettext("This person has left a course that the cohort takes, and comes back into it.")
    elif person.left_one:
        yield gettext("This person has left a course that the cohort takes, and stays away from it.")
