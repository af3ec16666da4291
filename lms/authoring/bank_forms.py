"""What is asked for on the pages of the question bank, as plain values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from lms.quizzes.draws import category_path
from lms.quizzes.kinds import Kind
from lms.quizzes.services.bank import Search
from lms.web import values

LONGEST = 200
"""Of words to look for."""


def search(args: "MultiDict[str, str]") -> Search:
    """What the address asks for; what nothing can have is not asked about."""
    kind = args.get("kind", "")
    return Search(
        words=args.get("words", "")[:LONGEST].strip(),
        category=category_path(args.get("category", ""))[:255],
        tag=args.get("tag", "")[:LONGEST].strip(),
        kind=kind if kind in {*Kind} else "",
        archived=args.get("archived") == "1",
        page=values.page(),
    )


def query(wanted: Search, **changed: Any) -> dict[str, str]:
    """The same as part of an address, without what is empty."""
    asked = replace(wanted, page=1)
    said = {name: getattr(asked, name) for name in ("words", "category", "tag", "kind")}
    said["archived"] = "1" if wanted.archived else ""
    return {name: value for name, value in (said | changed).items() if value}


@dataclass(frozen=True, slots=True)
class Drawer:
    """A category in the tree."""

    path: str
    own: int
    """Questions in it alone."""
    total: int
    """With those below."""

    @property
    def depth(self) -> int:
        return self.path.count("/")

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


def tree(counted: Sequence[tuple[str, int]]) -> list[Drawer]:
    """Each category after the one that it is in, with drawers in between that hold no question themselves."""
    own = dict(counted)
    totals: dict[str, int] = {}
    for path, count in own.items():
        for above in _above(path):
            totals[above] = totals.get(above, 0) + count
    return [Drawer(path, own.get(path, 0), totals[path]) for path in sorted(totals, key=lambda path: path.split("/"))]


def _above(path: str) -> Iterable[str]:
    """The category itself, and all that it is in."""
    names = path.split("/")
    return ("/".join(names[:stop]) for stop in range(1, len(names) + 1))
