"""The plugin's table of contents: its features, what follows from what, and its commands."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import flask_babel
from flask import Blueprint, Flask, current_app, request, session
from flask_bootstrap import Bootstrap5

from lms import cli, db, i18n, settings, signals
from lms.accounts import policy, sign_in
from lms.accounts.identity import Identity, from_host
from lms.accounts.models import Person
from lms.courses import policy as courses
from lms.courses.models import LessonKind
from lms.paths import TEMPLATES
from lms.web import access, csrf, errors, template, uploads, values

PageMaker = Callable[..., Any]


@dataclass
class State:
    """What one application's plugin knows; `app.extensions["lms"]`."""

    identity: Callable[[], Person | None]
    has_own_sign_in: bool
    has_own_languages: bool
    """Whether the reader chooses the language here; a host with Flask-Babel has its own way."""
    sign_in_page: str
    lesson_pages: dict[str, PageMaker] = field(default_factory=dict)
    """How a lesson of each kind is shown: filled from `LESSON_PAGES`."""

    can_manage = staticmethod(policy.can_manage)
    """Whether the menu has an entry for what somebody looks after."""
    can_teach = staticmethod(courses.can_teach)
    """Whether a course's pages for its trainers are open."""

    def sign_in_address(self, target: str) -> str:
        """Where to sign in, and then go on to `target`; both pages lie below wherever the host itself is mounted."""
        root = request.script_root
        page = root + self.sign_in_page if self.sign_in_page.startswith("/") else self.sign_in_page
        return f"{page}?{urlencode({'next': root + target})}"


class LMS:
    """`LMS(app)`, or `LMS(app, identity=…, url_prefix="/learn")` in a site that has its own accounts.

    `identity` returns who is signed in, or None; `sign_in_page` is the host's address to send visitors to, with the
    wanted page as the query's `next`. One instance may serve several applications.
    """

    def __init__(self, app: Flask | None = None, **options: Any) -> None:
        if app is not None:
            self.init_app(app, **options)

    def init_app(
        self,
        app: Flask,
        identity: Callable[[], Identity | None] | None = None,
        url_prefix: str = "",
        sign_in_page: str = "/login",
    ) -> None:
        settings.apply_defaults(app)
        db.register(app)
        has_own_languages = _register_languages(app)
        _register_looks(app)
        if identity is None:
            sign_in.init_app(app)
            sign_in_page = f"{url_prefix}/login"
        app.extensions["lms"] = State(
            identity=from_host(identity) if identity else sign_in.signed_in,
            has_own_sign_in=identity is None,
            has_own_languages=has_own_languages,
            sign_in_page=sign_in_page,
            lesson_pages=dict(_lesson_pages()),
        )
        app.register_blueprint(_blueprint(identity is None, has_own_languages), url_prefix=url_prefix or None)
        app.cli.add_command(cli.group)
        _subscribe()


def _features(own_sign_in: bool, own_languages: bool) -> list[Blueprint]:
    """Every page of the plugin, feature by feature. Imported here, so that importing `lms` stays light."""
    from lms.accounts import sign_in_views as signing_in, views as accounts
    from lms.authoring import (
        bank_edit_views as authoring_bank_editing,
        bank_quiz_views as authoring_bank_taking,
        bank_views as authoring_bank,
        import_views as authoring_imports,
        page_views as authoring_pages,
        preview_views as previewing,
        publish_views as publishing,
        quiz_views as authoring_quizzes,
        settings_views as course_settings,
        views as authoring,
    )
    from lms.certificates import views as certificates
    from lms.courses import enrol_views as enrolling, views as course_pages
    from lms.events import views as events
    from lms.home import views as home
    from lms.quizzes import (
        grading_views as grading,
        manage_views as managing_quizzes,
        regrading_views as regrading,
        views as quizzes,
    )
    from lms.reports import views as reports
    from lms.rosters import cohort_views as cohorts, list_views as roster_lists, views as rosters

    features = [home.bp, accounts.bp, course_pages.bp, quizzes.bp, certificates.bp, events.bp, reports.bp]
    features += [authoring.bp, course_settings.bp, publishing.bp, previewing.bp]
    features += [authoring_quizzes.bp, managing_quizzes.bp]
    features += [grading.bp, regrading.bp]
    features += [authoring_pages.bp]
    features += [authoring_bank.bp, authoring_bank_editing.bp, authoring_bank_taking.bp, authoring_imports.bp]
    features += [enrolling.bp, rosters.bp, cohorts.bp]
    features += [roster_lists.bp]
    features += [home.languages] if own_languages else []
    return [*features, signing_in.own] if own_sign_in else features


def _lesson_pages() -> dict[str, PageMaker]:
    """Lessons of these kinds are shown by features above `courses`."""
    from lms.quizzes.views import quiz_page

    return {LessonKind.quiz: quiz_page}


def _subscribe() -> None:
    """What follows from what, across features."""
    from lms.certificates import services as certificates

    signals.courses_completed.connect(certificates.issue_for_completion)
    signals.event_attended.connect(certificates.issue_for_attendance)


def _blueprint(own_sign_in: bool, own_languages: bool) -> Blueprint:
    blueprint = Blueprint(
        "lms",
        "lms",
        template_folder=str(TEMPLATES),
        static_folder="static",
        static_url_path="/static/lms",
    )
    blueprint.before_request(uploads.allow)
    blueprint.before_request(values.check)
    blueprint.before_request(csrf.check)
    blueprint.context_processor(template.names)
    errors.register(blueprint)
    for feature in _features(own_sign_in, own_languages):
        blueprint.register_blueprint(feature)
    return blueprint


def _register_languages(app: Flask) -> bool:
    """A host's Flask-Babel decides the language; where there is none, the reader's choice and browser do: then True."""
    if "babel" in app.extensions:
        return False
    app.config.setdefault("BABEL_DEFAULT_LOCALE", app.config["LMS_LOCALES"][0])
    flask_babel.Babel(app, locale_selector=_choose_locale)
    return True


def _choose_locale() -> str | None:
    chosen = session.get("lms_language")
    if chosen in i18n.locales():
        return str(chosen)
    person = access.person_or_none() if _is_ours() else None
    if person and person.language in i18n.locales():
        return person.language
    return request.accept_languages.best_match(i18n.locales(), i18n.locales()[0])


def _is_ours() -> bool:
    """Whether this page may ask who reads it; on a page of the host's own, that could write within its transaction."""
    return current_app.extensions["lms"].has_own_sign_in or "lms" in request.blueprints


def _register_looks(app: Flask) -> None:
    app.config.setdefault("BOOTSTRAP_SERVE_LOCAL", True)
    if "bootstrap" not in app.extensions:
        Bootstrap5(app)
