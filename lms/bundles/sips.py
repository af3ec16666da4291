"""Reading ZIP archives that may mean harm, with `zipfile`."""

import io
import os
import zipfile
import zlib
from typing import BinaryIO

MAX_READ = 1 << 20
"""The list of an archive's members is read at once; a thousand of them need less."""
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
