"""Certificate numbers: 60 random bits in Crockford's Base32, e.g. `7M4Q-0X9K-ZB2T`.

Whoever tries a thousand numbers a second on a site with a million certificates finds one in 36 years (2^60 / 10^9
seconds). The alphabet (https://www.crockford.com/base32.html) has no I, L, O or U; what people type for the first
three is understood.
"""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_LOOKALIKES = str.maketrans("OIL", "011")


def new() -> str:
    return _grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def normalised(text: str) -> str | None:
    """The number as it is printed, from whatever was typed; None when it can be none."""
    typed = re.sub(r"[\s\-–—.]", "", text).upper().translate(_LOOKALIKES)
    if len(typed) != LENGTH or set(typed) - set(ALPHABET):
        return None
    return _grouped(typed)


def _grouped(digits: str) -> str:
    return "-".join(digits[at : at + 4] for at in range(0, LENGTH, 4))
