"""Addresses of our pages, with and without a request."""

from typing import Any

from flask import current_app, has_request_context, request, url_for


def path(endpoint: str, **values: Any) -> str:
    """The address of a page of ours below the host's root; `endpoint` without the leading `lms.`."""
    if has_request_context():
        return str(url_for(f"lms.{endpoint}", **values))
    root = current_app.config.get("APPLICATION_ROOT", "/")
    return str(current_app.url_map.bind("localhost", root).build(f"lms.{endpoint}", values))


def address(endpoint: str, **values: Any) -> str:
    """The same, as others must write it: with the scheme and the host."""
    base = current_app.config["LMS_BASE_URL"].rstrip("/")
    if not base and has_request_context():
        base = request.host_url.rstrip("/")
    return str(base + path(endpoint, **values))
