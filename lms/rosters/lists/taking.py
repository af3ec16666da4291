"""Taking a list that was checked: new accounts, places in the course or cohort, one-time codes."""

import re
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, literal, select

from lms import clock, db, i18n
from lms.accounts import codes, names
from lms.accounts.models import Organisation, Person, Sex
from lms.courses.models import Cohort, CohortMember, Course, Enrolment, EnrolmentStatus
from lms.courses.services import enrol_many
from lms.errors import ConflictError
from lms.i18n import gettext
from lms.mail import outbox
from lms.rosters.lists.checking import Group, Line, Outcome, Plan, plan
from lms.rosters.lists.reading import Table
from lms.rosters.services.cohorts import add_members

BLANKS = {"name": "\x02name\x03", "email": "\x02email\x03", "code": "\x02code\x03"}
"""What stands in a mail where each person's own will be: signs that no name can have."""
_BLANK = re.compile("\x02[a-z]+\x03")
PROFILE = {
    "name": "",
    "name_latin": "",
    "sex": Sex.not_said,
    "province": "",
    "stakeholder_type": "",
    "position": "",
    "birth_year": None,
    "email": None,
    "phone": None,
}


def take(table: Table, group: Group, may_create: bool = True) -> Plan:
    """Enrols everybody, and returns what was done; with `is_good` False nothing was.

    It is checked anew under the group's lock. Of two lists with the same new person at once, one makes the account and
    both find it: whoever was made is looked up like everybody else.
    """
    _lock(group)
    done = plan(table, group, may_create)
    if not done.is_good or not done.comers:
        return done
    made = _make_people([line for line in done.lines if line.outcome == Outcome.new])
    now = plan(table, group, may_create)
    if now.count(Outcome.new, Outcome.wrong):
        raise ConflictError(gettext("Somebody of this list was changed at the same moment. Please check it again."))
    _place(group, [line.person_id for line in now.lines if line.outcome == Outcome.joins and line.person_id])
    mail_codes([person for person in made if person.email])
    return done


def _lock(group: Group) -> None:
    """Lists of one group come one after another; people who enrol by themselves do not wait."""
    kind = type(group)
    db.session.execute(select(kind.id).where(kind.id == group.id).with_for_update(key_share=True))


def _make_people(lines: Sequence[Line]) -> list[Any]:
    """Those that did not exist a moment ago, in one order for all lists, so that two never wait for each other."""
    in_order = sorted(lines, key=lambda line: line.reached_by)
    made: list[Any] = []
    for piece in db.batches(in_order):
        organisations = _organisations({line.row.values.get("organisation", "") for line in piece})
        rows = [_person(line.row.values, organisations) for line in piece]
        new = db.insert(Person).values(rows).on_conflict_do_nothing()
        made += db.session.execute(new.returning(Person.id, Person.name, Person.email, Person.language)).all()
    return made


def _person(values: dict[str, Any], organisations: dict[str, int]) -> dict[str, Any]:
    """Without a password, and without consent to the privacy notice: that is theirs to give."""
    return {
        **{field: values.get(field, default) for field, default in PROFILE.items()},
        "organisation_id": organisations.get(_folded(values.get("organisation", ""))),
        "language": i18n.locales()[0],
        "fs_uniquifier": secrets.token_hex(16),
        "created_at": clock.now(),
    }


def _folded(name: str) -> str:
    return names.folded(name)[:200]


def _organisations(given: set[str]) -> dict[str, int]:
    """Their ids by folded name; one row for all spellings."""
    wanted = {_folded(name): name for name in sorted(given) if name}
    if not wanted:
        return {}
    rows = [{"name": wanted[folded], "folded_name": folded} for folded in sorted(wanted)]
    db.session.execute(db.insert(Organisation).values(rows).on_conflict_do_nothing())
    found = select(Organisation.folded_name, Organisation.id).where(Organisation.folded_name.in_(sorted(wanted)))
    return {row.folded_name: row.id for row in db.session.execute(found)}


def _place(group: Group, people: Sequence[int]) -> None:
    for piece in db.batches(sorted(people)):
        if isinstance(group, Course):
            enrol_many(select(literal(group.id), Person.id).where(Person.id.in_(piece)), "list")
        else:
            add_members(group, piece)


# --- The first sign-in


def _filled_in(person: Any, code: str) -> Callable[[str], str]:
    """Rendering a template takes longer than all the rest, so it is done once for all."""
    own = {BLANKS["name"]: person.name, BLANKS["email"]: person.email, BLANKS["code"]: codes.shown(code)}
    return lambda text: _BLANK.sub(lambda blank: own[blank[0]], text)


def mail_codes(people: Sequence[Any]) -> int:
    """A code for each that has an address, at most one a day; how many were written."""
    today = clock.now().date().isoformat()
    new = {f"one-time-code/{person.id}/{today}": (person, codes.new_code()) for person in people}
    languages = {person.language for person in people}
    written = {language: outbox.written("one_time_code", language, BLANKS) for language in languages}
    copies = ((key, person.email, person.language, _filled_in(person, code)) for key, (person, code) in new.items())
    queued = outbox.queue_copies(copies, written)
    codes.keep({new[key][0].id: new[key][1] for key in queued})
    return len(queued)


def waiting(group: Group) -> list[Any]:
    """Those of the group who have never signed in, by name. Whoever has rights gets no code from a trainer."""
    person = (Person.id, Person.name, Person.name_latin, Person.phone, Person.email, Person.language, Person.roles)
    never = (Person.password.is_(None), Person.host_key.is_(None), Person.active)
    found = select(*person).where(*never, _belongs(group)).order_by(Person.name, Person.id)
    return [one for one in db.session.execute(found).all() if not one.roles]


def _belongs(group: Group) -> ColumnElement[bool]:
    if isinstance(group, Cohort):
        return exists().where(CohortMember.person_id == Person.id, CohortMember.cohort_id == group.id)
    here = (Enrolment.person_id == Person.id, Enrolment.course_id == group.id)
    return exists().where(*here, Enrolment.status != EnrolmentStatus.withdrawn)
