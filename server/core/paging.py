"""Keyset paging: a cursor names the last row seen, so pages stay right while rows arrive."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from server.core.errors import InvalidInput

R = TypeVar("R", bound=Mapping[str, Any])


def encode_cursor(*key: Any) -> str:
    """The cursor that continues after the row with this key."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(cursor: str | None, size: int = 1) -> list[Any] | None:
    """The key inside a cursor of `size` integers or texts; `InvalidInput` when it is not one of ours."""
    if not cursor:
        return None
    try:
        key = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise InvalidInput("翻页标记无效，请重新打开列表") from None
    if not isinstance(key, list) or len(key) != size:
        raise InvalidInput("翻页标记无效，请重新打开列表")
    return key


def id_cursor(cursor: str | None) -> int | None:
    """The id inside a cursor made of one id that fits the database's bigint."""
    key = decode_cursor(cursor)
    if key is None:
        return None
    if not isinstance(key[0], int) or not 0 < key[0] < 2**63:
        raise InvalidInput("翻页标记无效，请重新打开列表")
    return key[0]


def page(found: Sequence[R], limit: int, key: str = "id") -> tuple[list[R], str | None]:
    """Split `limit + 1` rows into a page and the cursor of the next one."""
    shown = list(found[:limit])
    return shown, encode_cursor(shown[-1][key]) if len(found) > limit else None
