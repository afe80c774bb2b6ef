"""WeCom's XML: read without entities, written so that no text can break out of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import xmltodict  # type: ignore[import-untyped]


def read(text: str, lists: tuple[str, ...] = ()) -> dict[str, Any]:
    """The members of the `<xml>` element, those named in `lists` always as lists.

    Raises `ExpatError` or `ValueError` for what is no such document.
    """
    found = xmltodict.parse(text, disable_entities=True, force_list=lists).get("xml")
    if not isinstance(found, dict):
        raise ValueError("no members")
    return found


def write(members: Mapping[str, Any]) -> str:
    """An `<xml>` element with these members, escaped."""
    return str(xmltodict.unparse({"xml": members}, full_document=False))


def cut_bytes(text: str, length: int) -> str:
    """`text` in at most `length` bytes of UTF-8, with an ellipsis where it was cut."""
    raw = text.encode()
    return text if len(raw) <= length else raw[: length - 3].decode("utf-8", "ignore") + "…"
