"""Every setting of the plugin: its default and one line of documentation. A test holds `docs/settings.md` to it."""

from dataclasses import dataclass
from typing import Any

from flask import Flask


@dataclass(frozen=True, slots=True)
class Setting:
    default: Any
    doc: str


SETTINGS: dict[str, Setting] = {
    "LMS_SITE_NAME": Setting(
        {"en": "Learning for local administration", "km": "ការសិក្សាសម្រាប់រដ្ឋបាលមូលដ្ឋាន"},
        "The name on every page and certificate: a text, or a mapping from language to text.",
    ),
    "LMS_BASE_URL": Setting(
        "", "The public address of the host, without the mount point; used in mails, calendars and QR codes."
    ),
    "LMS_TIMEZONE": Setting("Asia/Phnom_Penh", "The IANA zone in which dates are shown and new events are made."),
    "LMS_LOCALES": Setting(["km", "en"], "The languages of the site, the first being the default."),
    "LMS_COUNTRY": Setting(
        "KH", "The ISO 3166 country whose spelling of phone numbers is understood without a prefix."
    ),
    "LMS_MAIL_SENDER": Setting("no-reply@localhost", "The From address of every mail."),
    "LMS_SMTP_URL": Setting("", "smtp://user:password@host:port or smtps://…; empty: mail waits in the outbox."),
    "LMS_IDLE_DAYS": Setting(7, "After how many days learners are reminded of a course that they left lying."),
    "LMS_QUIZ_GRACE": Setting(
        60, "How many seconds after the time for a quiz is up answers are still taken, for slow lines."
    ),
    "LMS_JOIN_OPENS_MINUTES": Setting(15, "How many minutes before the start the way into a webinar opens."),
    "LMS_SIGN_IN_ATTEMPTS": Setting(10, "Wrong passwords for one name within 15 minutes before sign-in pauses."),
    "LMS_SIGN_IN_ATTEMPTS_PER_ADDRESS": Setting(
        100, "Wrong passwords from one network address within 15 minutes before sign-in pauses."
    ),
    "LMS_MAX_BUNDLE_BYTES": Setting(500_000_000, "The largest course bundle with its films, unpacked, in bytes."),
    "LMS_MAX_UPLOAD_BYTES": Setting(
        20_000_000, "The largest picture or attachment, sent alone or in a bundle, in bytes."
    ),
    "LMS_MAX_VIDEO_BYTES": Setting(100_000_000, "The largest film, sent alone or in a bundle, in bytes."),
    "LMS_MAX_LIST_BYTES": Setting(10_000_000, "The largest list of people that a trainer can upload, in bytes."),
    "LMS_CERTIFICATE_LOGOS": Setting([], "Paths of SVG or PNG files printed at the top of certificates."),
    "LMS_CERTIFICATE_SIGNATORIES": Setting(
        [],
        "Who signs certificates: mappings with name, title (each a mapping by language) and picture (a path).",
    ),
    "LMS_CERTIFICATE_ISSUER": Setting({}, "The issuing body, by language; the site's name where it is empty."),
}


def apply_defaults(app: Flask) -> None:
    for name, setting in SETTINGS.items():
        app.config.setdefault(name, setting.default)
