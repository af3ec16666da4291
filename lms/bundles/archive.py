"""A folder or a ZIP as plain files. Nothing an archive says of itself is believed: sizes are counted while reading.

Format: PKWARE's APPNOTE.TXT, as `zipfile` reads it; only members that are stored or deflated.
"""

import errno
import os
import stat
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from lms.bundles import content
from lms.bundles.content import Content, Shelf
from lms.bundles.limits import Limits, too_large
from lms.bundles.sips import DAMAGED, Sips
from lms.errors import Problem, RefusedError
from lms.i18n import gettext

MAX_FILES = 1_000
MAX_RATIO = 100
"""How many times larger than its compressed form a file may be, beyond `FREE_BYTES`."""
FREE_BYTES = 100_000
CHUNK = 1 << 16
LITTER = {"__MACOSX", "Thumbs.db", "desktop.ini"}
"""What systems leave in folders; with everything whose name begins with a dot it is passed over."""


def read(path: Path, limits: Limits) -> dict[str, Content]:
    """The files of a folder or of a ZIP, by their path in it. Raises RefusedError."""
    if path.is_dir():
        return _read_folder(path, limits)
    try:
        with path.open("rb") as stream:
            return read_zip(stream, path.name, limits)
    except OSError as error:
        raise _refused(path.name, gettext("It cannot be read: %(reason)s.", reason=error.strerror)) from None


def read_zip(stream: BinaryIO, name: str, limits: Limits) -> dict[str, Content]:
    """The same for an open ZIP, e.g. an upload; `name` is what problems call it."""
    try:
        with zipfile.ZipFile(Sips(stream)) as archive:
            members = archive.infolist()
            _check_members(name, members, limits)
            wanted = [member for member in members if not member.is_dir() and not _is_litter(member.filename)]
            return _below_one_folder(_unpack(archive, wanted, name, limits))
    except DAMAGED as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:  # that is no fault of the archive
            raise
        raise _refused(name, gettext("This is no sound ZIP archive.")) from None


def _check_members(name: str, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    """By what they say of themselves."""
    if len(members) > MAX_FILES:
        raise _refused(name, _too_many())
    problems = [Problem(_shown(one.orig_filename), 0, fault) for one in members for fault in _faults(one, limits)]
    problems += _doubles(member.orig_filename for member in members)
    if problems:
        raise RefusedError(problems)
    if sum(member.file_size for member in members) > limits.bundle:
        raise _refused(name, _too_large())


def _faults(member: zipfile.ZipInfo, limits: Limits) -> Iterator[str]:
    yield from _name_faults(member.orig_filename)
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        yield gettext("A bundle holds files and folders, no links or devices.")
    if member.flag_bits & 0x1:
        yield gettext("The file is encrypted.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        yield gettext("The file is compressed by a method that is not supported; use “deflate”.")
    if member.file_size > (most := limits.of(member.filename)):
        yield too_large(most)


def _name_faults(name: str) -> Iterator[str]:
    if "\\" in name or ":" in name or any(ord(char) < 32 or ord(char) == 127 for char in name):
        yield gettext("A path has no backslash, colon or control character.")
    parts = name.removesuffix("/").split("/")
    if name.startswith("/") or ".." in parts:
        yield gettext("The path leads out of the bundle.")
    elif not all(parts) or "." in parts:
        yield gettext("The path has a part without a name.")


def _doubles(names: Iterable[str]) -> Iterator[Problem]:
    """Names that are the same file on a system that does not tell upper from lower case."""
    seen: dict[str, list[str]] = defaultdict(list)
    for name in names:
        seen[name.removesuffix("/").casefold()].append(name)
    for same in seen.values():
        if len(same) > 1:
            yield Problem(_shown(same[-1]), 0, gettext("The archive has more than one file of this name."))


def _unpack(
    archive: zipfile.ZipFile, members: Iterable[zipfile.ZipInfo], name: str, limits: Limits
) -> dict[str, Content]:
    shelf, count = Shelf(), _Count(name, limits)
    files = {}
    for member in members:
        with archive.open(member) as stream:
            most = max(FREE_BYTES, member.compress_size * MAX_RATIO)
            files[member.filename] = shelf.put(count.pieces(stream, member.filename, most))
    return files


class _Count:
    """Of what is read of a bundle, whatever it says of itself."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name, self._limits, self._left = name, limits, limits.bundle

    def pieces(self, stream: IO[bytes], name: str, proportion: int | None = None) -> Iterator[bytes]:
        """Of one file, as far as it is not too large. Raises RefusedError."""
        size = 0
        while piece := stream.read(CHUNK):
            size += len(piece)
            self._left -= len(piece)
            if self._left < 0:
                raise _refused(self._name, _too_large())
            if size > self._limits.of(name):
                raise _refused(name, too_large(self._limits.of(name)))
            if proportion is not None and size > proportion:
                raise _refused(name, gettext("The file grows out of all proportion when it is unpacked."))
            yield piece


def _below_one_folder(files: Mapping[str, Content]) -> dict[str, Content]:
    """Archivers pack the folder itself as readily as what is in it: then its name is no part of the paths."""
    tops = {PurePosixPath(path).parts[0] for path in files}
    if len(tops) == 1 and f"{(top := tops.pop())}/course.toml" in files:
        return {path.removeprefix(f"{top}/"): data for path, data in files.items()}
    return dict(files)


def _read_folder(root: Path, limits: Limits) -> dict[str, Content]:
    problems: list[Problem] = []
    paths = list(_walk(root, os.path.realpath(root), problems))
    if problems:
        raise RefusedError(problems)
    files, count = {}, _Count(root.name, limits)
    for path in paths:
        name = path.relative_to(root).as_posix()
        with path.open("rb") as stream:
            files[name] = content.of_file(path, count.pieces(stream, name))
    return files


def _walk(root: Path, real_root: str, problems: list[Problem]) -> Iterator[Path]:
    """The files below a folder, none outside of it. Links to folders are not followed: they may go in circles."""
    folders, found = [root], 0
    while folders:
        for path in sorted(folders.pop().iterdir()):
            name = path.relative_to(root).as_posix()
            if _is_litter(name):
                continue
            found += 1
            if found > MAX_FILES:
                raise _refused(root.name, _too_many())
            if path.is_dir() and not path.is_symlink():
                folders.append(path)
            elif path.is_file() and Path(os.path.realpath(path)).is_relative_to(real_root):
                yield path
            else:
                message = gettext("A bundle holds files and folders, no devices, and no links that lead out of it.")
                problems.append(Problem(_shown(name), 0, message))


def _is_litter(name: str) -> bool:
    return any(part in LITTER or part.startswith(".") for part in PurePosixPath(name).parts)


def _shown(name: str) -> str:
    """A name that is safe to print."""
    return "".join(char if char.isprintable() else "?" for char in name[:200])


def _too_many() -> str:
    return gettext("There are more than %(limit)s files.", limit=MAX_FILES)


def _too_large() -> str:
    return gettext("Unpacked, the files are larger than this site accepts.")


def _refused(file: str, message: str) -> RefusedError:
    return RefusedError([Problem(_shown(file), 0, message)])
