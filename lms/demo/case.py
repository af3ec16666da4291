"""The programme's case: its course, its series, and the people who took part, made by a fixed seed."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from flask import current_app
from sqlalchemy import delete, func, select

from lms import clock, db, i18n
from lms.accounts import names as account_names, services as accounts
from lms.accounts.models import Person, Role, Sex, StakeholderType
from lms.accounts.sign_in import hash_password
from lms.bundles import services as bundles
from lms.bundles.limits import of_site
from lms.bundles.read import read_path
from lms.certificates.models import Certificate
from lms.courses.models import Course, CourseTrainer, Enrolment, LessonProgress
from lms.demo import officials, webinars
from lms.demo.people import FAMILY, KHMER_PROVINCES, PROVINCES, Name, names
from lms.events import services as events
from lms.events.models import Attendance, Event, EventTrainer, Registration, RegistrationStatus, Series
from lms.mail.models import Mail
from lms.paths import CONTENT
from lms.quizzes.models import Attempt, Response

SEED = 2020_2023
PASSWORD = "learn-in-kampot"  # noqa: S105  # printed by `make run`; production refuses to start with these accounts
COURSE = CONTENT / "courses" / "innovation-for-local-administration"
SERIES = CONTENT / "series" / "inspiration-for-social-innovation"
SECOND_ROUND = CONTENT / "demo" / "second-round"
COURSE_BEGAN = datetime(2022, 3, 7, 1, 0, tzinfo=UTC)
HELD = [
    datetime(2022, 6, 16, 2, 0, tzinfo=UTC),
    datetime(2022, 7, 14, 2, 0, tzinfo=UTC),
    datetime(2022, 8, 18, 2, 0, tzinfo=UTC),
]
OFFICIALS = {Sex.female: 3, Sex.male: 22}
ATTENDEES = {Sex.female: 80, Sex.male: 67}


@dataclass(frozen=True, slots=True)
class Account:
    """One of the accounts to look around with."""

    sign_in: str
    role: Role | None
    name: Name
    does: str


ACCOUNTS = [
    Account("012 300 301", None, Name("Kumru Sokha", "គំរូ សុខា"), "a provincial official, who takes the course"),
    Account("cso@example.org", None, Name("Kumru Chanthy", "គំរូ ចាន់ធី"), "works for a CSO, registers for webinars"),
    Account(
        "trainer@example.org", Role.trainer, Name("Kumru Phirun", "គំរូ ភិរុណ"), "looks after the course and the webinars"
    ),
    Account("officer@example.org", Role.officer, Name("Kumru Sreyleak", "គំរូ ស្រីល័ក្ខ"), "sees all lists"),
    Account("admin@example.org", Role.admin, Name("Kumru Nimol", "គំរូ និមល"), "administers the site"),
]


def account_list() -> str:
    """For the shell: who signs in how, and what for."""
    lines = [f"  {account.sign_in:<22} {account.does}" for account in ACCOUNTS]
    return "\n".join([f"Demo accounts, all with the password {PASSWORD}:", *lines])


def load() -> None:
    """All of it, once: what is there already stays as it is. Needs a transaction around it."""
    course = shipped_course()
    series = events.load_series(SERIES, HELD)
    second = events.load_series(SECOND_ROUND, _coming(), i18n.zone().key)
    if not db.session.scalar(select(Person.id).where(Person.demo).limit(1)):
        _fill(course, series, second)


def shipped_course() -> Course:
    """Imported, or as it was imported before."""
    return bundles.store(read_path(COURSE, of_site(current_app.config))).course


def _coming() -> list[datetime]:
    """Two mornings, ten and twenty-four days ahead: nine o'clock in the site's zone."""
    today = clock.now().astimezone(i18n.zone()).replace(hour=9, minute=0, second=0)
    return [today + timedelta(days=days) for days in (10, 24)]


def _fill(course: Course, series: Series, second: Series) -> None:
    chance = Random(SEED)  # noqa: S311  # the same case every time
    trainer = _accounts()[Role.trainer]
    held = sorted(series.events, key=lambda event: event.starts_at)
    for event in held:
        event.join_url = f"https://meet.example.org/{event.slug}"
    _put_in_charge(trainer, course, [*held, *second.events])
    pools = {sex: names(sex, chance) for sex in OFFICIALS}
    officials.take(course, _officials(pools, chance), COURSE_BEGAN, chance)
    webinars.hold(held, _attendees(pools, chance), trainer, chance)
    db.session.flush()
    with clock.at(held[-1].ends_at + timedelta(minutes=5)):
        events.close_ended()
    db.session.execute(delete(Mail).where(Mail.recipient.like("%@example.org")))  # nobody is there to read it


def _put_in_charge(trainer: Person, course: Course, of_events: Sequence[Event]) -> None:
    db.session.add(CourseTrainer(course_id=course.id, person_id=trainer.id))
    db.session.add_all(EventTrainer(event_id=event.id, person_id=trainer.id) for event in of_events)
    db.session.flush()


def _accounts() -> dict[Role | None, Person]:
    made = {}
    for account in ACCOUNTS:
        kind, name = account_names.sign_in_name(account.sign_in) or ("", "")
        made[account.role] = _person(
            account.name,
            Sex.not_said,
            "KH-7",
            **{kind: name},
            password=hash_password(PASSWORD),
            roles=frozenset({account.role} - {None}),
            stakeholder_type=StakeholderType.government,
        )
    return made


def _officials(pools: dict[Sex, Iterator[Name]], chance: Random) -> list[Person]:
    people = []
    for number, (sex, name) in enumerate(_mixed(pools, OFFICIALS, chance)):
        province = list(PROVINCES)[number % len(PROVINCES)]
        person = _person(
            name,
            sex,
            province,
            phone=f"+855123004{number:02}",
            organisation=f"{FAMILY[1]} - រដ្ឋបាលខេត្ត{KHMER_PROVINCES[province]}",
            stakeholder_type=StakeholderType.government,
            position=chance.choice(("មន្ត្រីផែនការ", "អនុប្រធានការិយាល័យ", "ប្រធានការិយាល័យ", "មន្ត្រីរដ្ឋបាល")),
        )
        people.append(person)
    return people


def _attendees(pools: dict[Sex, Iterator[Name]], chance: Random) -> list[Person]:
    people = []
    for sex, name in _mixed(pools, ATTENDEES, chance):
        province = chance.choice(list(PROVINCES))
        person = _person(
            name,
            sex,
            province,
            email=name.latin.lower().replace(" ", ".") + "@example.org",
            organisation=f"{FAMILY[0]} CSO {chance.randrange(1, 9)}, {PROVINCES[province]}",
            stakeholder_type=StakeholderType.cso,
            position=chance.choice(("អ្នកសម្របសម្រួលគម្រោង", "នាយកប្រតិបត្តិ", "បុគ្គលិកកម្មវិធី", "អ្នកស្ម័គ្រចិត្ត")),
        )
        people.append(person)
    return people


def _mixed(pools: dict[Sex, Iterator[Name]], counts: dict[Sex, int], chance: Random) -> list[tuple[Sex, Name]]:
    drawn = [(sex, next(pools[sex])) for sex, count in counts.items() for _ in range(count)]
    chance.shuffle(drawn)
    return drawn


def _person(name: Name, sex: Sex, province: str, organisation: str = "", **values: object) -> Person:
    person = Person(
        name=name.khmer,
        name_latin=name.latin,
        sex=sex,
        province=province,
        organisation=accounts.find_or_add_organisation(organisation),
        fs_uniquifier=secrets.token_hex(16),
        demo=True,
        language="km",
        created_at=clock.now(),
        consent_at=clock.now(),
        consent_version="demo",
        **values,
    )
    db.session.add(person)
    db.session.flush()
    return person


def remove() -> None:
    """The demo's people with all that they did, and its coming events; the course and the series stay."""
    people = select(Person.id).where(Person.demo)
    enrolments = select(Enrolment.id).where(Enrolment.person_id.in_(people))
    attempts = select(Attempt.id).where(Attempt.enrolment_id.in_(enrolments))
    registrations = select(Registration.id).where(Registration.person_id.in_(people))
    for table, condition in (
        (Certificate, Certificate.person_id.in_(people)),
        (Attendance, Attendance.registration_id.in_(registrations)),
        (Registration, Registration.person_id.in_(people)),
        (Response, Response.attempt_id.in_(attempts)),
        (Attempt, Attempt.enrolment_id.in_(enrolments)),
        (LessonProgress, LessonProgress.enrolment_id.in_(enrolments)),
        (Enrolment, Enrolment.person_id.in_(people)),
        (CourseTrainer, CourseTrainer.person_id.in_(people)),
        (EventTrainer, EventTrainer.person_id.in_(people)),
        (Person, Person.demo),
    ):
        db.session.execute(delete(table).where(condition).execution_options(synchronize_session=False))
    for event in db.session.scalars(select(Event)):
        event.seats_taken = _seats_taken(event)


def _seats_taken(event: Event) -> int:
    confirmed = (Registration.event_id == event.id, Registration.status == RegistrationStatus.confirmed)
    return db.session.scalar(select(func.count()).select_from(Registration).where(*confirmed)) or 0
