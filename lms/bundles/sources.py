"""The files of a bundle as texts, and everything that is wrong with them."""

import re
from collections.abc import Mapping

from lms.bundles import toml
from lms.bundles.content import Content
from lms.errors import Problem, RefusedError
from lms.i18n import gettext

MAX_TEXT_BYTES = 250_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Sources:
    """What is read from here and found wrong is collected; `settle` refuses the bundle if anything was."""

    def __init__(self, files: Mapping[str, bytes | Content]) -> None:
        self._files = files
        self._problems: set[Problem] = set()

    @property
    def paths(self) -> list[str]:
        return list(self._files)

    def wrong(self, path: str, line: int, message: str) -> None:
        self._problems.add(Problem(path, line, message))

    def complain_of(self, path: str, above: int = 0) -> toml.Complain:
        """Collects problems of one file, in a text before which there are so many lines."""

        def complain(line: int, message: str) -> None:
            self.wrong(path, line + above, message)

        return complain

    def settle(self) -> None:
        """Raises RefusedError with everything that was found wrong."""
        if self._problems:
            raise RefusedError(
                sorted(self._problems, key=lambda problem: (problem.file, problem.line, problem.message))
            )

    def data(self, path: str) -> bytes | Content:
        return self._files[path]

    def text(self, path: str, most: int = MAX_TEXT_BYTES) -> str | None:
        """UTF-8 with line feeds; None, after a complaint, if the file is missing or no text."""
        if path not in self._files:
            self.wrong(path, 0, gettext("The file is missing."))
            return None
        found = self._files[path]
        if len(found) > most:
            self.wrong(path, 0, gettext("The text is longer than %(limit)s kilobytes.", limit=most // 1000))
            return None
        data = found[:]
        try:
            text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            self.wrong(path, data.count(b"\n", 0, error.start) + 1, gettext("The file is not in UTF-8."))
            return None
        for number, line in enumerate(text.split("\n"), 1):
            if _CONTROL.search(line):
                self.wrong(path, number, gettext("The line has a control character."))
        return text

    def table(self, path: str) -> toml.Table:
        """The TOML of a file; after a complaint, if it has none, an empty table."""
        text = self.text(path)
        return toml.empty() if text is None else toml.parse(text, self.complain_of(path))
