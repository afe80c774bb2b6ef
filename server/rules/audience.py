"""Whom a rule is for, as a text that a statement can compare, and which of several rules holds."""

from __future__ import annotations

from server.channel.terms import group_name
from server.rules.schemas import Audience

_RANKS = {"all": 0, "grade": 10, "group": 20, "region": 30, "buyer": 100}


def text_of(audience: Audience) -> str:
    """`all`, `grade:A`, `group:vip`, `region:330100`, `buyer:12`."""
    if audience.kind == "all":
        return "all"
    return f"{audience.kind}:{audience.buyer_id if audience.kind == 'buyer' else audience.key}"


def rank_of(audience: Audience) -> int:
    """The most specific one holds: a buyer, then its region (the smaller first), its price group, its grade, all."""
    smaller = 6 - 2 * (audience.key.endswith("00") + audience.key.endswith("0000"))
    return _RANKS[audience.kind] + (smaller if audience.kind == "region" else 0)


def audience_of(text: str, buyer_name: str = "") -> Audience:
    """The audience of a text."""
    kind, _, key = text.partition(":")
    if kind == "buyer":
        return Audience("buyer", buyer_name, int(key))
    return Audience(kind, key)  # type: ignore[arg-type]


def words_of(text: str, buyer_name: str = "") -> str:
    """An audience as a person says it."""
    kind, _, key = text.partition(":")
    names = {
        "all": "所有客户",
        "grade": f"等级 {key} 的客户",
        "group": f"价格组 {group_name(key)} 的客户",
        "region": f"区域 {key} 的客户",
        "buyer": buyer_name or "这个客户",
    }
    return names[kind]
