"""People and where they work."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_security.core import UserMixin
from sqlalchemy import JSON, Boolean, Dialect, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from lms.db import Base


class Role(StrEnum):
    """What a person may do beyond learning, which everyone may."""

    trainer = "trainer"
    officer = "officer"
    admin = "admin"

    def get_permissions(self) -> frozenset[str]:
        """None: rights are decided by policies. Flask-Security asks."""
        return frozenset()


class Sex(StrEnum):
    female = "female"
    male = "male"
    other = "other"
    not_said = "not_said"


class StakeholderType(StrEnum):
    government = "government"
    cso = "cso"
    private = "private"
    academia = "academia"
    citizen = "citizen"
    other = "other"


class Roles(TypeDecorator[frozenset[Role]]):
    """A set of roles, kept as a sorted JSON list."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: frozenset[Role] | None, dialect: Dialect) -> list[str]:
        return sorted(value or ())

    def process_result_value(self, value: Any, dialect: Dialect) -> frozenset[Role]:
        return frozenset(Role(name) for name in value or ())


class Organisation(Base):
    """Where people work; found again by its folded name, so that one spelling makes one row."""

    __tablename__ = "lms_organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    folded_name: Mapped[str] = mapped_column(String(200), unique=True)


class Person(Base, UserMixin):
    """Someone with an account of this site, or of the host that the plugin is mounted in (`host_key`)."""

    __tablename__ = "lms_person"
    __table_args__ = (Index("ix_lms_person_province_sex", "province", "sex"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    host_key: Mapped[str | None] = mapped_column(String(255), unique=True)
    host_name: Mapped[str | None] = mapped_column(String(200))
    """As the host had it last: `name` may be spelled otherwise in the profile, until the host changes its own."""
    email: Mapped[str | None] = mapped_column(  # type: ignore[assignment]  # the mixin knows nobody without one
        String(255), unique=True
    )
    """Normalised, in lower case."""
    phone: Mapped[str | None] = mapped_column(String(32), unique=True)
    """E.164, e.g. `+85512345678`."""
    password: Mapped[str | None] = mapped_column(String(255))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    """What a session cookie names; a new one ends all sessions of the person."""
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    roles: Mapped[frozenset[Role]] = mapped_column(  # type: ignore[assignment]  # a set, where the mixin has a list
        Roles, default=frozenset
    )
    demo: Mapped[bool] = mapped_column(Boolean, default=False)
    """Made by `lms demo`; production refuses to start while such an account can sign in."""

    name: Mapped[str] = mapped_column(String(200))
    """As the person writes it, usually in Khmer."""
    name_latin: Mapped[str] = mapped_column(String(200), default="")
    sex: Mapped[Sex] = mapped_column(String(16), default=Sex.not_said)
    province: Mapped[str] = mapped_column(String(8), default="")
    """ISO 3166-2, e.g. `KH-3`; empty when not given. See `provinces.py`."""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("lms_organisation.id"), index=True)
    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    stakeholder_type: Mapped[str] = mapped_column(String(16), default="")
    position: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(8), default="km")
    timezone: Mapped[str] = mapped_column(String(64), default="")
    """IANA; empty for the site's own."""
    reminders: Mapped[bool] = mapped_column(Boolean, default=True)
    """Whether mails that only remind may be sent: of courses left lying, deadlines, news of a course."""
    birth_year: Mapped[int | None]
    disability: Mapped[bool | None]
    """None: not said."""
    consent_at: Mapped[datetime | None]
    consent_version: Mapped[str] = mapped_column(String(32), default="")
    created_at: Mapped[datetime]

    @property
    def is_profile_complete(self) -> bool:
        """Whether lists and certificates have what they need."""
        return bool(self.name and self.name_latin and self.province and self.consent_at)


class SignInFailure(Base):
    """An attempt to sign in that was not right, or not yet; counted over 15 minutes, and swept away by the worker."""

    __tablename__ = "lms_sign_in_failure"
    __table_args__ = (
        Index("ix_lms_sign_in_failure_name_at", "name", "at"),
        Index("ix_lms_sign_in_failure_address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class OneTimeCode(Base):
    """What somebody whose account was made for them signs in with, once, to choose a password."""

    __tablename__ = "lms_one_time_code"

    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
