"""The small types of which requests and responses are made."""

from __future__ import annotations

from typing import Annotated

import msgspec

MAX_ID = 2**53 - 1

Version = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1, description="of the record as it was read")]
Id = Annotated[int, msgspec.Meta(ge=1, le=MAX_ID)]
Fen = Annotated[int, msgspec.Meta(ge=0, le=10**13, description="integer fen")]
Qty = Annotated[int, msgspec.Meta(ge=0, le=10_000_000, description="base units")]
ShortText = Annotated[str, msgspec.Meta(max_length=100)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"\S")]
Text = Annotated[str, msgspec.Meta(max_length=500)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\S")]
Phone = Annotated[str, msgspec.Meta(pattern=r"^1[0-9]{10}$")]
Password = Annotated[str, msgspec.Meta(min_length=8, max_length=64)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]


class OrgRef(msgspec.Struct):
    """An org by its name."""

    id: int
    name: str
