"""Events, registering for them, and the way in."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.accounts.forms import NewPersonForm
from lms.accounts.models import Person
from lms.accounts.sign_in import log_in, own_path
from lms.accounts.sign_in_views import new_account, with_way_in
from lms.db import Translated
from lms.errors import ForbiddenError, InvalidError, NotFoundError
from lms.events import calendar, forms, policy, services
from lms.events.calendar import Method
from lms.events.models import Event, Registration, Series
from lms.i18n import gettext, pick
from lms.web import access, values
from lms.web.access import public, requires
from lms.web.forms import Form

bp = Blueprint("events", __name__)
PAST_PER_PAGE = 20


@bp.get("/events/")
@public
def index() -> str:
    """What is coming, then what took place, page by page."""
    number = values.page()
    past = services.past(PAST_PER_PAGE + 1, PAST_PER_PAGE * (number - 1))
    return render_template(
        "lms/events/index.html",
        upcoming=services.upcoming() if number == 1 else [],
        past=past[:PAST_PER_PAGE],
        number=number,
        has_older=len(past) > PAST_PER_PAGE,
    )


@bp.get("/events/<event>/")
@public
def page(event: str) -> str:
    found = _event(event)
    person, now, minutes = access.person_or_none(), clock.now(), _join_opens_minutes()
    mine = services.registration_of(person, found)
    asks = person is not None and mine is None and policy.is_open(found, now)
    form = forms.registration_form([found]) if asks else None
    return render_template(
        "lms/events/event.html",
        event=found,
        mine=mine,
        questions=forms.questions(form, [found]) if form else [],
        is_open=policy.is_open(found, now),
        is_over=policy.is_over(found, now),
        is_full=policy.is_full(found),
        can_cancel=policy.can_cancel(mine, found, now),
        can_join=policy.can_join(mine, found, now, minutes),
        join_opens_at=policy.join_opens_at(found, minutes),
        can_manage=policy.can_manage(person, found),
        can_see_attendees=policy.can_see_attendees(person, found),
    )


@bp.get("/events/<event>.ics")
@public
def calendar_file(event: str) -> Response:
    """For whoever has a place, with the way in."""
    found = _event(event)
    mine = services.registration_of(access.person_or_none(), found)
    confirmed = policy.is_confirmed(mine)
    number = services.sequence_of(mine, found) if mine and confirmed else calendar.sequence(found)
    response = make_response(calendar.write(found, Method.publish, number, joins=confirmed))
    response.content_type = "text/calendar; charset=utf-8; method=PUBLISH"
    response.headers["Content-Disposition"] = f'attachment; filename="{found.slug}.ics"'
    return response


@bp.route("/events/<event>/register", methods=["GET", "POST"])
@public
def register(event: str) -> Any:
    found = _event(event)
    back = url_for("lms.events.page", event=found.slug)
    is_late = request.method == "GET" and not policy.is_open(found, clock.now())
    return redirect(back) if is_late else _registration([found], back, found.title)


@bp.post("/events/<event>/cancel")
@requires()
def cancel(event: str) -> Response:
    found = _event(event)
    mine = services.registration_of(access.person(), found)
    if mine is None:
        raise NotFoundError
    with db.transaction():
        services.cancel(mine)
    flash(gettext("Your registration is cancelled."))
    return redirect(url_for("lms.events.page", event=found.slug))


@bp.get("/events/<event>/join")
@requires()
def join(event: str) -> Any:
    """Into the meeting when its door is open; before and after, a page that says so."""
    found = _event(event)
    mine = services.registration_of(access.person(), found)
    if mine is None or not policy.is_confirmed(mine):
        raise ForbiddenError(gettext("The way into the meeting is for those who have a place in this event."))
    now, minutes = clock.now(), _join_opens_minutes()
    if found.join_url and policy.can_join(mine, found, now, minutes):
        with db.transaction():
            address = services.join(mine, minutes)
        return redirect(address)
    opens_at = policy.join_opens_at(found, minutes)
    return render_template(
        "lms/events/join.html",
        event=found,
        opens_at=opens_at,
        seconds=int((opens_at - now).total_seconds()),
        is_over=policy.is_over(found, now),
    )


@bp.get("/series/<series>/")
@public
def series(series: str) -> str:
    found = _series(series)
    person = access.person_or_none()
    events = [event for event in found.events if policy.can_see(person, event)]
    mine = services.registrations_of(person, events)
    to_register = [event for event in services.coming_of(found) if event.id not in mine]
    form = forms.registration_form(to_register) if person else None
    return render_template(
        "lms/events/series.html",
        series=found,
        events=events,
        mine=mine,
        to_register=to_register,
        questions=forms.questions(form, to_register) if form else [],
    )


@bp.route("/series/<series>/register", methods=["GET", "POST"])
@public
def register_for_series(series: str) -> Any:
    """For all its coming events at once, each decided by itself."""
    found = _series(series)
    mine = services.registrations_of(access.person_or_none(), found.events)
    events = [event for event in services.coming_of(found) if event.id not in mine]
    back = url_for("lms.events.series", series=found.slug)
    return _registration(events, back, found.title) if events else redirect(back)


def _registration(events: Sequence[Event], back: str, title: Translated) -> Any:
    """One step for someone signed in; one form for someone new, whose account it makes as well."""
    person, lms = access.person_or_none(), current_app.extensions["lms"]
    if person is None and not lms.has_own_sign_in:
        return redirect(lms.sign_in_address(request.path))
    form = forms.registration_form(events, Form if person else NewPersonForm)
    registrations = _registered(person, form, events) if form.validate_on_submit() else None
    if registrations:
        _tell(registrations)
        return redirect(back)
    questions = forms.questions(form, events)
    page = render_template(
        "lms/events/register.html", form=form, title=title, events=events, questions=questions, back=back
    )
    return page, 422 if form.errors else 200


def _registered(person: Person | None, form: Any, events: Sequence[Event]) -> list[Registration] | None:
    """The registrations, committed, of the person or of someone new; None when the form now says what is wrong."""
    answers = forms.answers(form, events)
    if person:
        with db.transaction():
            return services.register_for_all(person, events, answers)
    account = new_account(form)
    try:
        with db.transaction():
            registrations = services.register_newcomer(account, events, answers)
    except InvalidError as error:
        form.refuse(with_way_in(error))
        return None
    log_in(registrations[0].person)
    return registrations


def _tell(registrations: Sequence[Registration]) -> None:
    """Which are confirmed, and which wait."""
    titles: dict[bool, list[str]] = {True: [], False: []}
    for registration in registrations:
        titles[policy.is_confirmed(registration)].append(f"“{pick(registration.event.title)}”")
    if titles[True]:
        flash(gettext("You are registered: %(events)s.", events=", ".join(titles[True])), "success")
    if titles[False]:
        flash(
            gettext("All places are taken, you are on the waiting list: %(events)s.", events=", ".join(titles[False]))
        )


@bp.route("/manage/events/<event>/", methods=["GET", "POST"])
@requires()
def manage(event: str) -> Any:
    """The number of places, and calling the event off."""
    found = _managed(event)
    form = forms.CapacityForm(obj=found)
    if form.validate_on_submit():
        try:
            with db.transaction():
                services.set_capacity(found, form.capacity.data)
        except InvalidError as error:
            form.refuse(error)
        else:
            flash(gettext("The number of places is changed."), "success")
            return redirect(url_for("lms.events.manage", event=event))
    is_open = policy.is_open(found, clock.now())
    return render_template(
        "lms/events/manage.html", event=found, form=form, is_open=is_open
    ), 422 if form.errors else 200


@bp.post("/manage/events/<event>/call-off")
@requires()
def call_off(event: str) -> Response:
    found = _managed(event)
    with db.transaction():
        services.cancel_event(found)
    flash(gettext("The event is called off, and everyone who registered is told by mail."))
    return redirect(url_for("lms.events.manage", event=event))


@bp.post("/manage/events/<event>/attendance")
@requires()
def attendance(event: str) -> Response:
    """What was ticked on the attendee list: `present` among the registrations `shown`, by their ids."""
    found = _managed(event)
    shown, present = (set(request.form.getlist(name, type=values.number)) for name in ("shown", "present"))
    with db.transaction():
        services.record_attendance(access.person(), found, shown, present)
    flash(gettext("Attendance is saved."), "success")
    return redirect(own_path(request.form.get("next")) or url_for("lms.events.manage", event=event))


def _event(slug: str) -> Event:
    return access.load(services.by_slug(slug), see=policy.can_see)


def _managed(slug: str) -> Event:
    return access.load(services.by_slug(slug), see=policy.can_see, do=policy.can_manage)


def _series(slug: str) -> Series:
    """A series that has nothing to show yet does not exist for the reader."""
    return access.load(services.series_by_slug(slug), see=policy.can_see_series)


def _join_opens_minutes() -> int:
    return int(current_app.config["LMS_JOIN_OPENS_MINUTES"])
