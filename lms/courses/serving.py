"""Sending a file of a course: in pieces, and from where it is asked for, so that a film can be sought in."""

from pathlib import PurePosixPath

from flask import Flask, current_app, request
from werkzeug.wrappers import Response
from werkzeug.wsgi import FileWrapper

from lms.courses.pieces import PIECE, Pieces
from lms.courses.services import files

SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
"""So that a drawing opened by itself can do nothing."""
SHOWN = ("image/", "video/")
"""What a page shows; anything else is downloaded."""
COMPRESSIBLE = ("image/svg", "text/")
"""What is sent whole: parts of what is compressed on the way would be parts of something else."""


def send(path: str, content_type: str, digest: str, max_age: int = 0) -> Response:
    """The answer to a request for the file; honours If-None-Match and, for what is not compressed, Range (RFC 9110)."""
    response = Response()
    response.content_type = content_type
    response.set_etag(digest)
    response.cache_control.max_age = max_age
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    if not content_type.startswith(SHOWN):
        response.headers.set("Content-Disposition", "attachment", filename=PurePosixPath(path).name)
    if request.if_none_match.contains(digest):
        return response.make_conditional(request)
    if content_type.startswith(COMPRESSIBLE):
        response.data = files.data(digest)
        return response
    return _in_pieces(response, digest)


def _in_pieces(response: Response, digest: str) -> Response:
    stored = _served(current_app._get_current_object(), digest)  # type: ignore[attr-defined]  # of the proxy
    response.response = FileWrapper(stored.stream(), PIECE)
    response.direct_passthrough = True
    response.content_length = stored.size
    environ = request.environ
    if "," in environ.get("HTTP_RANGE", ""):  # several ranges at once: the whole is as good an answer
        environ = {name: value for name, value in environ.items() if name != "HTTP_RANGE"}
    return response.make_conditional(environ, accept_ranges=True, complete_length=stored.size)


def _served(app: Flask, digest: str) -> Pieces:
    """To be read while it is sent: each piece on its own, so that a slow reader holds no connection."""
    stored = files.pieces(digest, files.size(digest))

    def piece(at: int, count: int) -> bytes:
        with app.app_context():
            return stored.piece(at, count)

    return Pieces(stored.size, piece)
