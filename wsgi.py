"""`gunicorn wsgi:app`, `flask --app wsgi …`."""

import config
from lms import create_app

app = create_app(config)
