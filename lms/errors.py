"""What can go wrong, in the domain's words. `web.errors` turns these into pages; nothing here knows HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass


class DomainError(Exception):
    """Carries a message for the reader, already in words that a page may show."""

    def __init__(self, message: object = "") -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class NotFoundError(DomainError):
    """It does not exist, or the person may not know that it does."""


class ForbiddenError(DomainError):
    """The person may see it, but not do this."""


class ConflictError(DomainError):
    """It was possible a moment ago; the state has moved on."""


class InvalidError(DomainError):
    """A value that was given cannot be taken; `field` names where it stands."""

    def __init__(self, field: str, message: object) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in an uploaded file: which file, which line (1-based, 0 = the file as a whole), and what."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class RefusedError(DomainError):
    """An upload that is refused whole, with everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)
