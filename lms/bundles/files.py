"""The files of a unit: pictures, attachments and films."""

from collections.abc import Iterable

from lms.bundles import kinds
from lms.bundles.bundle import File
from lms.bundles.sources import Sources


def read_files(sources: Sources, folder: str, paths: Iterable[str]) -> tuple[File, ...]:
    """Complains of everything that is wrong with them."""
    return tuple(_file(sources, f"{folder}/{path}", path) for path in sorted(paths))


def _file(sources: Sources, place: str, path: str) -> File:
    data = sources.data(place)
    kinds.check(data, path, sources.complain_of(place))
    return File(path, kinds.content_type(path), data)
