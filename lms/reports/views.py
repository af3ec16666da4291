"""The lists of trainers: who takes a course, who comes to an event; on screen and as files."""

from typing import Any

from flask import Blueprint, render_template, request, send_file, stream_with_context
from werkzeug.wrappers import Response

from lms import clock, i18n
from lms.courses import policy as course_policy
from lms.courses.models import Course
from lms.errors import InvalidError
from lms.events import policy as event_policy
from lms.events.models import Event
from lms.reports import attendees as attendee_list, files, learners as learner_list, policy, services, words
from lms.reports.columns import Listing
from lms.reports.filters import Filters
from lms.reports.forms import AttendeesForm, FilterForm, LearnersForm
from lms.web import access
from lms.web.access import requires

bp = Blueprint("reports", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/manage/courses/<course>/learners")
@requires()
def learners(course: str) -> Any:
    found = _course(course)
    listing = learner_list.listing(found)
    return _page(listing, LearnersForm(listing, request.args), course=found)


@bp.get("/manage/courses/<course>/learners.csv")
@requires()
def learners_csv(course: str) -> Response:
    found = _course(course)
    listing = learner_list.listing(found)
    return _csv(listing, LearnersForm(listing, request.args), found.slug)


@bp.get("/manage/courses/<course>/learners.xlsx")
@requires()
def learners_xlsx(course: str) -> Response:
    found = _course(course)
    listing = learner_list.listing(found)
    return _xlsx(listing, LearnersForm(listing, request.args), found.slug)


@bp.get("/manage/events/<event>/attendees")
@requires()
def attendees(event: str) -> Any:
    found = _event(event)
    listing = attendee_list.listing(found)
    return _page(
        listing,
        AttendeesForm(listing, request.args),
        event=found,
        can_manage=event_policy.can_manage(access.person(), found),
        answers=lambda row: attendee_list.answers_in_words(found, row.answers),
    )


@bp.get("/manage/events/<event>/attendees.csv")
@requires()
def attendees_csv(event: str) -> Response:
    found = _event(event)
    listing = attendee_list.listing(found)
    return _csv(listing, AttendeesForm(listing, request.args), found.slug)


@bp.get("/manage/events/<event>/attendees.xlsx")
@requires()
def attendees_xlsx(event: str) -> Response:
    found = _event(event)
    listing = attendee_list.listing(found)
    return _xlsx(listing, AttendeesForm(listing, request.args), found.slug)


def _course(slug: str) -> Course:
    return access.load(services.course(slug), see=policy.can_see_course, do=course_policy.can_see_learners)


def _event(slug: str) -> Event:
    return access.load(services.event(slug), see=policy.can_see_event, do=event_policy.can_see_attendees)


def _page(listing: Listing, form: FilterForm, **names: Any) -> Any:
    """A filter that cannot be understood shows no rows rather than rows that nobody asked for."""
    good = form.validate()
    number = request.args.get("page", 1, type=int)
    page = services.page(listing, form.filters(number)) if good else None
    shown = render_template(
        f"lms/reports/{listing.name}.html",
        listing=listing,
        form=form,
        page=page,
        words=words.in_language(),
        **names,
    )
    return shown, 200 if good else 422


def _filters(form: FilterForm) -> Filters:
    if not form.validate():
        raise InvalidError("filters", form.problems())
    return form.filters()


def _csv(listing: Listing, form: FilterForm, slug: str) -> Response:
    rows = services.rows(listing, _filters(form))
    response = Response(stream_with_context(files.csv_chunks(listing, rows)), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=_name(slug, listing, "csv"))
    response.headers["X-Accel-Buffering"] = "no"
    return _private(response)


def _xlsx(listing: Listing, form: FilterForm, slug: str) -> Response:
    made = files.spreadsheet(listing, services.rows(listing, _filters(form)))
    return _private(send_file(made, XLSX, as_attachment=True, download_name=_name(slug, listing, "xlsx")))


def _name(slug: str, listing: Listing, ending: str) -> str:
    return f"{slug}-{listing.name}-{clock.now().astimezone(i18n.zone()):%Y-%m-%d}.{ending}"


def _private(response: Response) -> Response:
    """Personal data: no proxy or browser keeps it."""
    response.headers["Cache-Control"] = "no-store"
    return response
