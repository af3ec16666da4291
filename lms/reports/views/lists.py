"""The lists of trainers: who takes a course, who comes to an event; on screen and as files."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, send_file, stream_with_context, url_for
from werkzeug.wrappers import Response

from lms import clock, i18n
from lms.courses import policy as course_policy
from lms.errors import InvalidError
from lms.events import policy as event_policy
from lms.events.models import Event
from lms.reports import attendees as attendee_list, files, learners as learner_list, policy, services, words
from lms.reports.columns import Listing, unchanged
from lms.reports.filters import Filters
from lms.reports.forms import AttendeesForm, FilterForm, LearnersForm
from lms.reports.views.blueprint import bp, course_to_see, learners_form
from lms.web import access
from lms.web.access import requires

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list as it is asked for; the page and the files are made from it."""

    form: FilterForm
    slug: str
    names: Mapping[str, Any] = field(default_factory=dict)
    """What the page alone needs."""
    template: str = ""
    """Where it is not called like the list."""
    file: Listing | None = None
    """What files have, where that is more than the page has."""
    rows: Callable[[Iterable[Any]], Iterable[Any]] = unchanged
    """Makes of the list's rows those of its files."""


Find = Callable[..., Wanted]
"""Finds the list of what the address names; the last value says whether it is for the page."""


def show(wanted: Wanted, template: str = "", names_of: Callable[[services.Page | None], Any] | None = None) -> Any:
    """A filter that cannot be understood shows no rows rather than rows that nobody asked for."""
    form = wanted.form
    good = form.validate()
    number = request.args.get("page", 1, type=int)
    page = services.page(form.listing, form.filters(number)) if good else None
    with i18n.in_language(i18n.language()):  # which a page of rows asks for a thousand times
        shown = render_template(
            template or wanted.template or f"lms/reports/{form.listing.name}.html",
            listing=form.listing,
            form=form,
            page=page,
            words=words.in_language(),
            **_addresses(form),
            **wanted.names,
            **(names_of(page) if names_of else {}),
        )
    return shown, 200 if good else 422


def _addresses(form: FilterForm) -> dict[str, Any]:
    """What the links of a list are made of: its filters, its address, that of its files, and that of another order."""
    query, path = form.query(), request.view_args or {}
    at = url_for(request.endpoint or "", **path)
    others = {name: value for name, value in query.items() if name != "order"}
    return {
        "query": query,
        "at": at,
        "files_at": url_for(f".{form.listing.name}", **path),
        "ordered_by": f"{at}?{urlencode({**others, 'order': ''})}",
    }


def filters_of(form: FilterForm) -> Filters:
    """Raises InvalidError where they cannot be understood."""
    if not form.validate():
        raise InvalidError("filters", form.problems())
    return form.filters()


def _csv(wanted: Wanted) -> Response:
    return as_csv(wanted.slug, wanted.file or wanted.form.listing, _rows(wanted))


def _xlsx(wanted: Wanted) -> Response:
    return as_xlsx(wanted.slug, (wanted.file or wanted.form.listing, _rows(wanted)))


def _rows(wanted: Wanted) -> Iterable[Any]:
    return wanted.rows(services.rows(wanted.form.listing, filters_of(wanted.form)))


def as_csv(slug: str, listing: Listing, rows: Iterable[Any]) -> Response:
    """Sent while it is read."""
    response = Response(stream_with_context(files.csv_chunks(listing, rows)), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=_name(slug, listing, "csv"))
    response.headers["X-Accel-Buffering"] = "no"
    return _private(response)


def as_xlsx(slug: str, *sheets: tuple[Listing, Iterable[Any]]) -> Response:
    """Named by the first of its sheets."""
    name = _name(slug, sheets[0][0], "xlsx")
    return _private(send_file(files.spreadsheet(*sheets), XLSX, as_attachment=True, download_name=name))


def _name(slug: str, listing: Listing, ending: str) -> str:
    return f"{slug}-{listing.name}-{clock.now().astimezone(i18n.zone()):%Y-%m-%d}.{ending}"


def _private(response: Response) -> Response:
    """Personal data: no proxy or browser keeps it."""
    response.headers["Cache-Control"] = "no-store"
    return response


def list_at(address: str) -> Callable[[Find], Find]:
    """A page at the address, and the same rows as files at the address with `.csv` and `.xlsx`."""

    def add(find: Find) -> Find:
        for ending, answer in {"": show, "csv": _csv, "xlsx": _xlsx}.items():
            path = f"{address}.{ending}" if ending else address
            endpoint = f"{find.__name__}_{ending}" if ending else find.__name__
            bp.add_url_rule(path, endpoint, requires()(_view(find, answer)))
        return find

    return add


def _view(find: Find, answer: Callable[[Wanted], Any]) -> Callable[..., Any]:
    @wraps(find)
    def view(**named: str) -> Any:
        return answer(find(*named.values(), answer is show))

    return view


@list_at("/manage/courses/<course>/learners")
def learners(slug: str, is_page: bool) -> Wanted:
    course = course_to_see(slug)
    if not is_page and not (request.args.get("cohort") or request.args.get("stuck_at")):
        return Wanted(LearnersForm(learner_list.listing(course), request.args), course.slug)
    can_teach = course_policy.can_teach(access.person(), course)
    return Wanted(learners_form(course, request.args), course.slug, {"course": course, "can_teach": can_teach})


@list_at("/manage/events/<event>/attendees")
def attendees(slug: str, is_page: bool) -> Wanted:
    event = _event(slug)
    names = {
        "event": event,
        "can_manage": event_policy.can_manage(access.person(), event),
        "answers": lambda row: attendee_list.answers_in_words(event, row.answers),
    }
    return Wanted(AttendeesForm(attendee_list.listing(event), request.args), event.slug, names)


def _event(slug: str) -> Event:
    return access.load(services.event(slug), see=policy.can_see_event, do=event_policy.can_see_attendees)
