"""Pictures from people's cameras, drawn anew: small enough for a phone, and without what the camera wrote in them."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lms.bundles.pictures import MAX_PIXELS, too_many_pixels, unsound
from lms.errors import InvalidError
from lms.i18n import gettext

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST = 1600
"""Pixels of the longer side; larger pictures are made smaller."""
MOST_OF_A_PHOTO = 50_000_000
"""Pixels. JPEG is read at a fraction of its size, so that even such a picture takes little memory."""
MOST_OF_AN_ANIMATION = 16_000_000
"""Pixels of all its frames together, which have to be in memory at once."""
QUALITY = 85
_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF87a": "GIF", b"GIF89a": "GIF"}
_MODES = {"PNG": {"1", "L", "LA", "P", "RGB", "RGBA"}, "JPEG": {"L", "RGB"}, "WEBP": {"RGB", "RGBA"}}


def kind(head: bytes) -> str:
    """What Pillow calls the format that a file begins like; empty where it is no picture made of pixels."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    return next((name for begins, name in _BEGINNINGS.items() if head.startswith(begins)), "")


def redraw(data: bytes) -> tuple[bytes, str]:
    """The picture drawn anew, and the ending of its name. Raises InvalidError for the field `file`.

    PNG and WebP stay what they are, a photo stays JPEG, a GIF that does not move becomes PNG. Animations keep moving.
    """
    from PIL import Image

    name = kind(data)
    try:
        with Image.open(io.BytesIO(data), formats=[name]) as image:
            _check_size(image, name)
            return _animation(image, name) if name != "JPEG" and _moves(image) else _still(image, name)
    except InvalidError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InvalidError("file", too_many_pixels(_most(name))) from None
    except Exception:  # noqa: BLE001 - Pillow raises many kinds of errors on bytes that are no picture
        raise InvalidError("file", unsound(name)) from None


def _check_size(image: "Image", name: str) -> None:
    """Before a pixel is read: a small file can say that it is as large as it likes."""
    width, height = image.size
    if width * height > _most(name):
        raise InvalidError("file", too_many_pixels(_most(name)))


def _most(name: str) -> int:
    return MOST_OF_A_PHOTO if name == "JPEG" else MAX_PIXELS


def _moves(image: "Image") -> bool:
    return bool(getattr(image, "is_animated", False))


def _still(image: "Image", name: str) -> tuple[bytes, str]:
    from PIL import ImageOps

    name = "PNG" if name == "GIF" else name
    if image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    image.thumbnail((LONGEST, LONGEST))
    image = _in_srgb(ImageOps.exif_transpose(image))
    if image.mode not in _MODES[name]:
        image = image.convert("RGBA" if name != "JPEG" and image.has_transparency_data else "RGB")
    image.info = {key: value for key, value in image.info.items() if key == "transparency"}
    return _written(image, name, optimize=True, quality=QUALITY), f".{name.lower().replace('jpeg', 'jpg')}"


def _in_srgb(image: "Image") -> "Image":
    """With the colours that it had by a profile of its own, which goes with everything else that the file said."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if not profile or image.mode != "RGB":
        return image
    try:
        found = ImageCms.profileToProfile(image, io.BytesIO(profile), ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return image
    return found or image


def _animation(image: "Image", name: str) -> tuple[bytes, str]:
    width, height = image.size
    most = MOST_OF_AN_ANIMATION // (width * height)
    if not most or _has_frame(image, most):
        raise InvalidError("file", gettext("The animation is too large; make it smaller or shorter."))
    frames = list(_frames(image))
    times = [int(frame.info.get("duration") or 100) for frame in frames]
    more: dict[str, Any] = {"save_all": True, "append_images": frames[1:], "duration": times}
    more["loop"] = int(image.info.get("loop") or 0)
    for frame in frames:
        frame.info = {}
    if name == "GIF":
        more["disposal"] = 2
    return _written(frames[0], name, **more), f".{name.lower()}"


def _has_frame(image: "Image", number: int) -> bool:
    """Whether there are more frames than so many; not further ones are looked at."""
    try:
        image.seek(number)
    except EOFError:
        return False
    finally:
        image.seek(0)
    return True


def _frames(image: "Image") -> Iterator["Image"]:
    from PIL import ImageSequence

    for frame in ImageSequence.Iterator(image):
        drawn = frame.convert("RGBA")
        drawn.info = {"duration": frame.info.get("duration")}
        yield drawn


def _written(image: "Image", name: str, **options: Any) -> bytes:
    """Without profile, comment, place or anything else but the pixels."""
    kept = io.BytesIO()
    if name == "JPEG":
        options["progressive"] = True
    image.save(kept, name, icc_profile=None, exif=b"", **options)
    return kept.getvalue()
