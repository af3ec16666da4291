"""Flask-LMS: online courses, webinars and certificates for a Flask site. What is named here is the public API."""

from lms import signals
from lms.accounts.identity import Identity
from lms.extension import LMS
from lms.site import create_app
from lms.version import VERSION

__version__ = VERSION

__all__ = ["LMS", "Identity", "create_app", "signals"]
