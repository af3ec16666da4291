"""A folder or a ZIP as plain files in memory. Nothing an archive says of itself is believed: sizes are counted.

Format: PKWARE's APPNOTE.TXT, as `zipfile` reads it; only members that are stored or deflated.
"""

import io
import os
import stat
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from lms.errors import Problem, RefusedError
from lms.i18n import gettext

MAX_FILES = 1_000
MAX_FILE_BYTES = 10_000_000
MAX_FILM_BYTES = 500_000_000
"""What a site takes altogether is a setting."""
FILMS = {".mp4", ".webm"}
MAX_RATIO = 100
"""How many times larger than its compressed form a file may be, beyond `FREE_BYTES`."""
FREE_BYTES = 100_000
CHUNK = 1 << 16
MAX_READ = 1 << 20
"""The list of an archive's members is read at once; a thousand of them need less."""
LITTER = {"__MACOSX", "Thumbs.db", "desktop.ini"}
"""What systems leave in folders; with everything whose name begins with a dot it is passed over."""
DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What `zipfile` raises on bytes that are no sound archive."""


def read(path: Path, max_bytes: int) -> dict[str, bytes]:
    """The files of a folder or of a ZIP, by their path in it. Raises RefusedError.

    `max_bytes` limits all of them together, unpacked: the setting LMS_MAX_BUNDLE_BYTES.
    """
    if path.is_dir():
        return _read_folder(path, max_bytes)
    try:
        with path.open("rb") as stream:
            return read_zip(stream, path.name, max_bytes)
    except OSError as error:
        raise _refused(path.name, gettext("It cannot be read: %(reason)s.", reason=error.strerror)) from None


def read_zip(stream: BinaryIO, name: str, max_bytes: int) -> dict[str, bytes]:
    """The same for an open ZIP, e.g. an upload; `name` is what problems call it."""
    try:
        with zipfile.ZipFile(Sips(stream)) as archive:
            members = archive.infolist()
            _check_members(name, members)
            wanted = [member for member in members if not member.is_dir() and not _is_litter(member.filename)]
            return _below_one_folder(_unpack(archive, wanted, name, max_bytes))
    except DAMAGED:
        raise _refused(name, gettext("This is no sound ZIP archive.")) from None


class Sips(io.BufferedIOBase):
    """A stream that gives no more than a sip at a time, so that `zipfile` cannot be made to fill the memory."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def read(self, size: int | None = -1) -> bytes:
        wanted = MAX_READ + 1 if size is None or size < 0 else min(size, MAX_READ + 1)
        data = self._stream.read(wanted)
        if len(data) > MAX_READ:
            raise zipfile.BadZipFile
        return data


def _check_members(name: str, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_FILES:
        raise _refused(name, _too_many())
    problems = [Problem(_shown(member.orig_filename), 0, fault) for member in members for fault in _faults(member)]
    problems += _doubles(member.orig_filename for member in members)
    if problems:
        raise RefusedError(problems)


def _faults(member: zipfile.ZipInfo) -> Iterator[str]:
    yield from _name_faults(member.orig_filename)
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        yield gettext("A bundle holds files and folders, no links or devices.")
    if member.flag_bits & 0x1:
        yield gettext("The file is encrypted.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        yield gettext("The file is compressed by a method that is not supported; use “deflate”.")
    if member.file_size > _most(member.filename):
        yield _file_too_large(member.filename)


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
    archive: zipfile.ZipFile, members: Iterable[zipfile.ZipInfo], name: str, max_bytes: int
) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    left = max_bytes
    for member in members:
        with archive.open(member) as stream:
            files[member.filename] = data = _counted(stream, member, name, left)
        left -= len(data)
    return files


def _counted(stream: IO[bytes], member: zipfile.ZipInfo, name: str, left: int) -> bytes:
    data = bytearray()
    while chunk := stream.read(CHUNK):
        data += chunk
        if len(data) > left:
            raise _refused(name, _too_large())
        if len(data) > _most(member.filename):
            raise _refused(member.filename, _file_too_large(member.filename))
        if len(data) > max(FREE_BYTES, member.compress_size * MAX_RATIO):
            raise _refused(member.filename, gettext("The file grows out of all proportion when it is unpacked."))
    return bytes(data)


def _below_one_folder(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Archivers pack the folder itself as readily as what is in it: then its name is no part of the paths."""
    tops = {PurePosixPath(path).parts[0] for path in files}
    if len(tops) == 1 and f"{(top := tops.pop())}/course.toml" in files:
        return {path.removeprefix(f"{top}/"): data for path, data in files.items()}
    return dict(files)


def _read_folder(root: Path, max_bytes: int) -> dict[str, bytes]:
    problems: list[Problem] = []
    paths = list(_walk(root, os.path.realpath(root), problems))
    if problems:
        raise RefusedError(problems)
    files: dict[str, bytes] = {}
    left = max_bytes
    for path in paths:
        name = path.relative_to(root).as_posix()
        with path.open("rb") as stream:
            files[name] = data = stream.read(min(left, _most(name)) + 1)
        if len(data) > left:
            raise _refused(root.name, _too_large())
        if len(data) > _most(name):
            raise _refused(name, _file_too_large(name))
        left -= len(data)
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


def _most(name: str) -> int:
    """Bytes that a file may have."""
    return MAX_FILM_BYTES if PurePosixPath(name).suffix.lower() in FILMS else MAX_FILE_BYTES


def _file_too_large(name: str) -> str:
    return gettext("The file is larger than %(limit)s megabytes.", limit=_most(name) // 1_000_000)


def _refused(file: str, message: str) -> RefusedError:
    return RefusedError([Problem(_shown(file), 0, message)])
