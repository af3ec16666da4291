"""The files of a unit: pictures, attachments and films."""

from collections.abc import Iterable

from lms.bundles import content, kinds
from lms.bundles.bundle import File
from lms.bundles.sources import Sources


def read_files(sources: Sources, folder: str, paths: Iterable[str]) -> tuple[File, ...]:
    """Complains of everything that is wrong with them."""
    return tuple(_file(sources, f"{folder}/{path}", path) for path in sorted(paths))


def _file(sources: Sources, place: str, path: str) -> File:
    found = content.of(sources.data(place))
    if not found.is_stored:
        kinds.check(found, path, sources.complain_of(place))
    return File(path, kinds.content_type(path), found)
