"""The product's own codes: short, and nobody can make one up or count from one to the next.

A code is the tag of its range, which says where to look, and the case's number in the range, put through a permutation
of 60 bits that the range's secret chooses (a balanced Feistel network of ten rounds over BLAKE2b, built as NIST
SP 800-38G builds them). Whoever knows some codes of a range learns nothing about the others; of the texts that
look like a code, one in 2^60 / count is one. Signs are those of Crockford's base 32: no I, L, O or U to be
misread. (T2)
"""

from __future__ import annotations

import re
import secrets
from hashlib import blake2b

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TAG, BODY = 5, 12
_HALF = 30
_MASK = (1 << _HALF) - 1
_ROUNDS = 10
_VALUES = {sign: value for value, sign in enumerate(SIGNS)} | {"I": 1, "L": 1, "O": 0}
_SHAPE = re.compile(rf"[0-9A-TV-Z]{{{TAG + BODY}}}")
_LINK = re.compile(r"https?://[^/?#]+(?:/[^?#]*)?/t/([^/?#]+)", re.IGNORECASE)


def new_tag() -> str:
    """A tag that no range has yet, most likely; the database says if it has."""
    return "".join(secrets.choice(SIGNS) for _ in range(TAG))


def new_secret() -> bytes:
    """What chooses a range's permutation."""
    return secrets.token_bytes(16)


def _mixed(secret: bytes, step: int, half: int) -> int:
    digest = blake2b(half.to_bytes(4, "big") + bytes([step]), key=secret, digest_size=4).digest()
    return int.from_bytes(digest, "big") & _MASK


def _hidden(secret: bytes, number: int) -> int:
    left, right = number >> _HALF, number & _MASK
    for step in range(_ROUNDS):
        left, right = right, left ^ _mixed(secret, step, right)
    return left << _HALF | right


def _shown(secret: bytes, number: int) -> int:
    left, right = number >> _HALF, number & _MASK
    for step in reversed(range(_ROUNDS)):
        left, right = right ^ _mixed(secret, step, left), left
    return left << _HALF | right


def write(tag: str, secret: bytes, no: int) -> str:
    """The code of a range's case."""
    value = _hidden(secret, no)
    return tag + "".join(SIGNS[value >> 5 * place & 31] for place in reversed(range(BODY)))


def plain(text: str) -> str:
    """The code in a scanned text: in a link of any deployment, or by itself, typed with blanks and dashes; or ''."""
    link = _LINK.match(text.strip())
    code = re.sub(r"[\s-]", "", link[1] if link else text).upper()
    return "".join(SIGNS[_VALUES[sign]] for sign in code) if _SHAPE.fullmatch(code) else ""


def number(code: str, secret: bytes, count: int) -> int | None:
    """Which case of its range a code names; None where it is made up."""
    value = 0
    for sign in code[TAG:]:
        value = value << 5 | _VALUES[sign]
    no = _shown(secret, value)
    return no if 1 <= no <= count else None
