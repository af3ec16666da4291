"""The rows of a list: a page of them, or all of them as they come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from lms import db, i18n
from lms.accounts import names
from lms.accounts.models import Organisation, Person
from lms.courses.models import Course
from lms.events.models import Event
from lms.reports.columns import Column, Listing, Value, by_code_point
from lms.reports.filters import Filters, Span, dialled

PER_PAGE = 25
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Row[Any]]
    total: int
    """In the whole list."""
    matching: int
    """Of these, the ones that were asked for."""
    number: int
    """From 1; the last page, when a later one was asked for."""
    pages: int


_COURSE = select(Course).where(Course.slug == bindparam("slug")).options(joinedload(Course.trainers))


def course(slug: str) -> Course | None:
    """With its trainers, in one query."""
    return db.session.scalars(_COURSE, {"slug": slug}).unique().one_or_none()


def event(slug: str) -> Event | None:
    """With its trainers, in one query."""
    wanted = select(Event).where(Event.slug == slug).options(joinedload(Event.trainers))
    return db.session.scalars(wanted).unique().one_or_none()


def page(listing: Listing, filters: Filters) -> Page:
    """Three queries. Which rows the page has is found out first, so that the rest is read for these alone."""
    total = _count(listing)
    matching = _count(listing, filters) if filters.any else total
    pages = max(1, -(-matching // PER_PAGE))
    number = min(max(filters.page, 1), pages)
    keys = _keys(listing, filters).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    shown = _everything(listing).where(listing.key.in_(keys)).order_by(*_order(listing, filters))
    return Page(db.session.execute(shown).all() if matching else [], total, matching, number, pages)


def rows(listing: Listing, filters: Filters) -> Iterator[Row[Any]]:
    """All that were asked for, in the page's order, in one query; read from the database as they are taken."""
    wanted = _everything(listing).where(listing.belongs, *_conditions(listing, filters))
    ordered = wanted.order_by(*_order(listing, filters)).execution_options(yield_per=db.AT_ONCE)
    with db.session.execute(ordered) as found:  # a reader who goes away leaves no cursor open
        yield from found


def matching(listing: Listing, filters: Filters, *values: Value) -> Select[Any]:
    """These values of all rows that were asked for; columns of a person may be among them."""
    wanted = _joined(select(*values), listing, max(1, _reach(listing, filters)))
    return wanted.where(listing.belongs, *_conditions(listing, filters))


def _count(listing: Listing, filters: Filters | None = None) -> int:
    wanted = select(func.count()).select_from(listing.key.class_).where(listing.belongs)
    if filters:
        wanted = _joined(wanted, listing, _reach(listing, filters)).where(*_conditions(listing, filters))
    return db.session.scalar(wanted) or 0


def _keys(listing: Listing, filters: Filters) -> Select[tuple[int]]:
    """Of the matching rows, in order."""
    reach = max(_reach(listing, filters), listing.column(filters.order).reach)
    wanted = _joined(select(listing.key), listing, reach).where(listing.belongs, *_conditions(listing, filters))
    return wanted.order_by(*_order(listing, filters))


def _everything(listing: Listing) -> Select[Any]:
    values = [column.value.label(column.name) for column in listing.columns if column.value is not None]
    answers = [] if listing.answers is None else [listing.answers.label("answers")]
    return _joined(select(*values, *answers, *listing.also), listing, len(listing.joins))


def _joined(statement: Select[Any], listing: Listing, reach: int) -> Select[Any]:
    statement = statement.select_from(listing.key.class_)
    for target, condition in listing.joins[:reach]:
        statement = statement.outerjoin(target, condition)
    return statement


def _reach(listing: Listing, filters: Filters) -> int:
    """How many joins the conditions need."""
    named = [listing.column(name).reach for name in (*filters.equals, *filters.spans)]
    return max([0, *named, 2 * bool(filters.organisation), 1 * bool(filters.q)])


def _order(listing: Listing, filters: Filters) -> list[ColumnElement[Any]]:
    column = listing.column(filters.order)
    if column.order is None:
        raise ValueError(f"{listing.name} has no order by {column.name}")
    ways = [column.order, listing.key]
    first, last = [way.desc() if filters.descending else way.asc() for way in ways]
    return [first.nulls_last() if column.can_be_empty else first, last]


def _conditions(listing: Listing, filters: Filters) -> list[ColumnElement[bool]]:
    equal = [_value(listing.column(name)) == value for name, value in filters.equals.items()]
    within = [part for name, span in filters.spans.items() for part in _within(listing.column(name), span)]
    also = [listing.conditions[name](value) for name, value in filters.conditions.items()]
    return [*equal, *also, *within, *map(_is_of_someone, filters.words), *_works_at(filters.organisation)]


def _value(column: Column) -> Value:
    if column.value is None:
        raise ValueError(f"{column.name} is not filtered by")
    return column.value


def _within(column: Column, span: Span) -> Iterator[ColumnElement[bool]]:
    if span.first:
        yield _value(column) >= _midnight(span.first)
    if span.last:
        yield _value(column) < _midnight(span.last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, i18n.zone())


def _works_at(organisation: str) -> list[ColumnElement[bool]]:
    part = names.folded(organisation)
    return [Organisation.folded_name.contains(part, autoescape=True)] if part else []


def _is_of_someone(word: str) -> ColumnElement[bool]:
    """It is in a name or in the address, or its digits are in the phone number."""
    texts = (Person.name, Person.name_latin, Person.email)
    found = [by_code_point(text).contains(word.translate(_LOWER), autoescape=True) for text in texts]
    number = dialled(word)
    return or_(*found, *([Person.phone.contains(number)] if number else []))
