"""The ready-made site: the plugin's first host, built on its public API alone."""

from typing import Any

from flask import Flask

from lms.extension import LMS


def create_app(config: object | None = None, **overrides: Any) -> Flask:
    """An application that is nothing but the LMS; `config` is an object with upper-case settings."""
    app = Flask("lms_site", static_folder=None, template_folder=None, instance_relative_config=True)
    if config is not None:
        app.config.from_object(config)
    app.config.update(overrides)
    LMS(app)
    return app
