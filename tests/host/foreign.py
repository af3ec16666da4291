"""A Flask site that knows nothing of ours: its own accounts, tables, migrations, languages and looks.

What it does to have courses stands in `mounted`: three lines.
"""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from flask import Flask, abort, redirect, render_template, request, session
from flask_babel import Babel
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from lms import LMS, Identity

HERE = Path(__file__).parent
database = SQLAlchemy()


class Member(UserMixin, database.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "member"

    id = database.Column(database.Integer, primary_key=True)
    name = database.Column(database.String(80), nullable=False)
    email = database.Column(database.String(80))
    roles = database.Column(database.String(80), nullable=False, default="")


class Note(database.Model):  # type: ignore[name-defined,misc]
    __tablename__ = "note"

    id = database.Column(database.Integer, primary_key=True)
    text = database.Column(database.String(80), nullable=False)


def site(url: str, with_csrf_protection: bool = True) -> Flask:
    """The site before anyone thought of courses."""
    app = Flask("foreign", template_folder=str(HERE / "templates"))
    app.config.update(SECRET_KEY="the host's", SQLALCHEMY_DATABASE_URI=url, WTF_CSRF_CHECK_DEFAULT=with_csrf_protection)
    database.init_app(app)
    LoginManager(app).user_loader(lambda key: database.session.get(Member, int(key)))
    Babel(app, default_locale="en", locale_selector=lambda: session.get("tongue", "en"))
    if with_csrf_protection:
        CSRFProtect(app)
    app.register_error_handler(404, lambda _error: ("<h1>The host has no such page</h1>", 404))
    app.add_url_rule("/", "home", home)
    app.add_url_rule("/account/sign-in", "sign_in", sign_in, methods=["GET", "POST"])
    app.add_url_rule("/account/sign-out", "sign_out", sign_out)
    app.add_url_rule("/tongue/<code>", "tongue", tongue)
    return app


def mounted(url: str, lms: LMS | None = None, with_csrf_protection: bool = True, **settings: Any) -> Flask:
    """The site with courses below `/learn`."""
    app = site(url, with_csrf_protection)
    app.config.update(settings)
    lms = lms or LMS()
    lms.init_app(app, identity=whoever_is_signed_in, url_prefix="/learn", sign_in_page="/account/sign-in")
    return app


def whoever_is_signed_in() -> Identity | None:
    if not current_user.is_authenticated:
        return None
    return Identity(str(current_user.id), current_user.name, current_user.email, current_user.roles.split())


def migrate() -> None:
    """The host's own migrations, with the version table that Alembic makes by itself."""
    with database.engine.begin() as connection:
        command.upgrade(config(connection), "head")


def config(connection: Any) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(HERE / "migrations"))
    settings.attributes["connection"] = connection
    return settings


def home() -> str:
    return render_template("home.html")


def sign_in() -> str | Response:
    if request.method == "GET":
        return render_template("sign_in.html")
    member = Member.query.filter_by(name=request.form["name"]).first() or abort(403)
    login_user(member)
    return redirect(request.args.get("next", "/"))


def sign_out() -> Response:
    logout_user()
    return redirect("/")


def tongue(code: str) -> Response:
    session["tongue"] = code
    return redirect("/")
