"""The pages that look over all features: the start page, what is mine, what I look after."""

from flask import Blueprint, render_template

from lms.web.access import public

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def index() -> str:
    return render_template("lms/home/index.html")
