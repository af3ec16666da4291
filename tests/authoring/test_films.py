"""Films that are made to take long or much are passed over like any other."""

import io
import tracemalloc

from lms.authoring import films
from lms.i18n import in_language
from tests.authoring import uploads
from tests.bundles.samples import box, sniff


def test_boxes_in_boxes_without_end_are_not_followed() -> None:
    deep = b"".join((8 * left).to_bytes(4, "big") + b"moov" for left in range(20_000, 0, -1))
    stream = io.BytesIO(deep)
    films.forget_place(stream)
    assert stream.getvalue() == deep


def test_a_film_of_a_million_boxes_is_refused_with_little_memory() -> None:
    many = uploads.mp4() + box(b"free") * 1_000_000
    tracemalloc.start()
    with in_language("en"):
        taken = sniff(many, "a.mp4")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken is None
    assert most < 1_000_000
