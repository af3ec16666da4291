"""Archives that mean harm are refused, by what they are and not by what they say of themselves."""

import errno
import io
import os
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from lms.bundles import archive
from lms.bundles.archive import MAX_FILES
from lms.bundles.limits import Limits
from lms.bundles.read import read, read_path
from lms.errors import RefusedError
from tests.bundles.samples import LIMITS, contents, market, zipped

LINK = (stat.S_IFLNK | 0o777) << 16


def packed(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        for name, data in members:
            made.writestr(name, data)
    return stream.getvalue()


def refused(data: bytes, limits: Limits = LIMITS) -> list[str]:
    with pytest.raises(RefusedError) as caught:
        archive.read_zip(io.BytesIO(data), "x.zip", limits)
    return [str(problem) for problem in caught.value.problems]


def refused_folder(path: Path, limits: Limits = LIMITS) -> list[str]:
    with pytest.raises(RefusedError) as caught:
        archive.read(path, limits)
    return [str(problem) for problem in caught.value.problems]


def growth(act: Callable[[], object]) -> int:
    """The most memory that the act took at once, in bytes."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/etc/passwd", "..", "a/.."])
def test_a_path_that_climbs_out_is_refused(name: str) -> None:
    assert refused(packed((name, b"x"))) == [f"{name}: The path leads out of the bundle."]


@pytest.mark.parametrize("name", ["a\\..\\evil", "C:\\evil", "C:evil", "a\tb", "a\nb", "a:b"])
def test_a_path_for_another_system_is_refused(name: str) -> None:
    assert "no backslash, colon or control character" in refused(packed((name, b"x")))[0]


def test_a_path_that_is_cut_off_by_a_null_is_refused() -> None:
    data = packed(("course.toml_", b"x")).replace(b"course.toml_", b"course.toml\0")
    assert "control character" in refused(data)[0]


@pytest.mark.parametrize("name", ["a//b", "./a", "a/./b"])
def test_a_path_in_a_roundabout_form_is_refused(name: str) -> None:
    assert refused(packed((name, b"x"))) == [f"{name}: The path has a part without a name."]


def test_every_bad_name_is_told_at_once() -> None:
    assert len(refused(packed(("../a", b"x"), ("/b", b"x"), ("c:d", b"x")))) == 3


def test_a_name_is_printed_without_what_could_move_the_cursor() -> None:
    assert refused(packed(("\x1b[2Jx", b"x")))[0].startswith("?[2Jx: ")


def test_a_link_in_an_archive_is_refused() -> None:
    link = zipfile.ZipInfo("course.toml")
    link.external_attr, link.create_system = LINK, 3
    assert refused(packed((link, b"/etc/passwd"))) == [
        "course.toml: A bundle holds files and folders, no links or devices."
    ]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_twice_is_refused() -> None:
    assert "more than one file of this name" in refused(packed(("a.md", b"x"), ("a.md", b"y")))[0]
    assert "more than one file of this name" in refused(packed(("a.md", b"x"), ("A.md", b"y")))[0]
    assert "more than one file of this name" in refused(packed(("a", b"x"), ("a/", b"")))[0]


def test_an_encrypted_file_is_refused() -> None:
    data = bytearray(packed(("a.md", b"x")))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    assert refused(bytes(data)) == ["a.md: The file is encrypted."]


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_method_that_can_ask_for_any_memory_is_refused(method: int) -> None:
    assert "a method that is not supported" in refused(packed(("a.md", b"x"), method=method))[0]


# Bombs


@pytest.fixture(scope="module")
def gigabyte() -> bytes:
    """A ZIP of a megabyte whose one member unpacks to a gigabyte of zeros."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made, made.open("course.toml", "w") as member:
        for _ in range(1024):
            member.write(bytes(1 << 20))
    return stream.getvalue()


def test_a_gigabyte_of_zeros_is_refused_by_what_it_says(gigabyte: bytes) -> None:
    assert refused(gigabyte) == ["course.toml: The file is larger than 20 MB."]
    assert growth(lambda: refused(gigabyte)) < 2_000_000


def test_a_bomb_that_says_it_is_small_takes_no_more_than_it_says(gigabyte: bytes) -> None:
    lying = gigabyte.replace(struct.pack("<L", 1 << 30), struct.pack("<L", LIMITS.file))
    assert lying != gigabyte
    assert growth(lambda: refused(lying)) < 2_000_000


def test_a_file_that_grows_a_thousandfold_is_refused() -> None:
    data = packed(("a.md", bytes(5_000_000)))
    assert growth(lambda: refused(data)) < 2_000_000
    assert refused(data) == ["a.md: The file grows out of all proportion when it is unpacked."]


def test_many_files_are_counted_together() -> None:
    noise = os.urandom(200_000)
    data = packed(*((f"{number}.png", noise) for number in range(20)))
    assert refused(data, replace(LIMITS, bundle=1_000_000)) == [
        "x.zip: Unpacked, the files are larger than this site accepts."
    ]
    assert growth(lambda: refused(data, replace(LIMITS, bundle=1_000_000))) < 3_000_000


def test_ten_thousand_entries_are_refused() -> None:
    data = packed(*((f"{number}", b"") for number in range(10_000)))
    assert refused(data) == ["x.zip: There are more than 1000 files."]


def test_half_a_million_entries_do_not_fill_the_memory() -> None:
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    data = entry * 500_000
    data += struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(data), 0, 0)
    assert growth(lambda: refused(data)) < 10_000_000
    assert refused(data) == ["x.zip: This is no sound ZIP archive."]


def test_an_archive_in_an_archive_is_not_unpacked() -> None:
    with pytest.raises(RefusedError) as caught:
        read(archive.read_zip(io.BytesIO(packed(("more.zip", zipped(market())))), "x.zip", LIMITS))
    assert "more.zip: A bundle has no place for this file; is its name right?" in str(caught.value)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=2000))
def test_any_bytes_are_refused_and_nothing_worse(data: bytes) -> None:
    refused(data)


SOUND = zipped(market())


@settings(deadline=None, max_examples=1000)
@given(st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_archive_is_read_or_refused_and_nothing_worse(damage: list[tuple[int, int]]) -> None:
    data = bytearray(SOUND)
    for at, value in damage:
        data[at] = value
    with suppress(RefusedError):
        read(archive.read_zip(io.BytesIO(bytes(data)), "x.zip", LIMITS))


@settings(deadline=None)
@given(st.integers(0, len(SOUND) - 1))
def test_an_archive_that_was_cut_off_is_refused(length: int) -> None:
    assert refused(SOUND[:length]) == ["x.zip: This is no sound ZIP archive."]


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(st.sampled_from(sorted(market())), st.one_of(st.binary(max_size=60), st.text().map(str.encode))))
def test_files_with_anything_in_them_are_read_or_refused_and_nothing_worse(changes: dict[str, bytes]) -> None:
    with suppress(RefusedError):
        read(market(changes))


def test_a_full_disk_is_not_put_down_to_the_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archive.Shelf, "put", full)
    with pytest.raises(OSError, match="No space left"):
        archive.read_zip(io.BytesIO(SOUND), "x.zip", LIMITS)


# What is taken as it is meant


def test_what_systems_leave_in_folders_is_passed_over() -> None:
    litter = {".DS_Store": "x", "01-stalls/.DS_Store": "x", "__MACOSX/._course.toml": "x", "01-stalls/Thumbs.db": "x"}
    assert archive.read_zip(io.BytesIO(zipped(market(litter))), "x.zip", LIMITS) == contents(market())


def test_an_archive_may_hold_the_folder_itself() -> None:
    nested = {f"market/{path}": data for path, data in market().items()}
    assert archive.read_zip(io.BytesIO(zipped(nested)), "x.zip", LIMITS) == contents(market())
    assert archive.read_zip(io.BytesIO(zipped({**nested, "market/.git/config": b"x"})), "x.zip", LIMITS) == contents(
        market()
    )


def test_entries_for_folders_are_no_files() -> None:
    members = [("01-stalls/", b""), *market().items()]
    assert archive.read_zip(io.BytesIO(packed(*members)), "x.zip", LIMITS) == contents(market())


# Folders


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "market"
    for path, data in market().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def test_a_folder_is_read_without_its_hidden_files(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("x")
    assert archive.read(folder, LIMITS) == contents(market())


def test_a_link_to_a_file_outside_of_the_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (folder / "01-stalls" / "01-who-sells.fr.md").symlink_to(tmp_path / "secret")
    [problem] = refused_folder(folder)
    assert problem.startswith("01-stalls/01-who-sells.fr.md: A bundle holds files and folders")


def test_a_link_to_a_folder_or_to_nothing_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "02-other").symlink_to(tmp_path)
    (folder / "03-circle").symlink_to(folder)
    (folder / "04-gone").symlink_to(tmp_path / "gone")
    (folder / "05-itself").symlink_to(folder / "05-itself")
    assert [problem.partition(":")[0] for problem in refused_folder(folder)] == [
        "02-other",
        "03-circle",
        "04-gone",
        "05-itself",
    ]


def test_a_link_to_a_file_beside_it_is_followed(folder: Path) -> None:
    (folder / "01-stalls" / "images" / "same.png").symlink_to("map.png")
    assert len(read_path(folder, LIMITS).units[0].files) == 3


def test_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "course.tml")
    assert refused_folder(folder)[0].startswith("course.tml: A bundle holds files and folders")


def test_a_folder_is_counted_like_an_archive(folder: Path) -> None:
    assert refused_folder(folder, replace(LIMITS, bundle=100)) == [
        "market: Unpacked, the files are larger than this site accepts."
    ]
    for number in range(MAX_FILES):
        (folder / f"{number}").touch()
    assert refused_folder(folder) == ["market: There are more than 1000 files."]


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refused_folder(tmp_path / "gone.zip") == ["gone.zip: It cannot be read: No such file or directory."]
