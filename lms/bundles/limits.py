"""How large what comes from outside may be: one file after another by its kind, and a bundle as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.bundles import kinds
from lms.i18n import gettext, number


@dataclass(frozen=True, slots=True)
class Limits:
    """In bytes."""

    file: int
    film: int
    bundle: int
    """All its files together, unpacked."""

    def of(self, name: str) -> int:
        """What a file of this name may have."""
        return self.film if kinds.is_film(name) else self.file


def of_site(config: Mapping[str, Any]) -> Limits:
    return Limits(config["LMS_MAX_UPLOAD_BYTES"], config["LMS_MAX_VIDEO_BYTES"], config["LMS_MAX_BUNDLE_BYTES"])


def too_large(most: int) -> str:
    return gettext("The file is larger than %(limit)s MB.", limit=number(most / 1_000_000))
