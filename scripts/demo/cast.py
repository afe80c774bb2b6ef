"""Who works where: the accounts of the demo world, and the few that a visitor signs in with."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from scripts.demo.network import Member, dealer_phone
from scripts.demo.sources import source

PASSWORD = "qutong123"  # noqa: S105 - printed at every start of the demo, for everybody to use


@dataclass(frozen=True)
class Person:
    """An account to be; `org` is the number of a dealer or store, 0 for the brand.

    `shown`: one of those that a visitor is told. `dealers`: whom a rep looks after. `title`: the role that the
    brand has built for him, on the base of `role`.
    """

    org: int
    role: str
    name: str
    phone: str
    wecom_userid: str | None = None
    shown: bool = False
    dealers: tuple[int, ...] = ()
    title: str = ""


SERVICE = "区域客服"
SERVICE_MAY = ("order.read", "catalog.read", "stock.read", "channel.read", "settlement.read")
"""Answers dealers by telephone, for her region only; decides nothing."""


def plan_cast(members: list[Member], chance: random.Random) -> list[Person]:
    """Everybody; those who are shown come in the order in which they are shown."""
    tops = [member for member in members if member.level == "province"]
    return [*_brand(tops), *_dealers(members, chance), *_stores(members, chance)]


def _brand(tops: list[Member]) -> Iterator[Person]:
    half = (len(tops) + 1) // 2
    mine, others = (tuple(top.number for top in part) for part in (tops[:half], tops[half:]))
    staff = (
        ("brand_admin", "沈一鸣", "shenyiming", ()),
        ("brand_manager", "顾南枝", "gunanzhi", ()),
        ("brand_rep", "陆川", "luchuan", mine),
        ("brand_rep", "许知遥", "xuzhiyao", others or mine),
        ("brand_finance", "方静", "fangjing", ()),
        ("brand_warehouse", "石大勇", "shidayong", ()),
    )
    for seat, (role, name, userid, dealers) in enumerate(staff, 1):
        yield Person(0, role, name, f"138000000{seat:02d}", userid, True, dealers)
    yield Person(0, "brand_rep", "秦悦", "13800000007", "qinyue", True, mine, SERVICE)


_STAFF = ("dealer_owner", "dealer_clerk", "dealer_warehouse", "dealer_driver", "dealer_finance")


def _dealers(members: list[Member], chance: random.Random) -> Iterator[Person]:
    """The first dealer has all its staff, every other an owner and a clerk; the first of each level is shown."""
    seen: set[str] = set()
    for member in members:
        if not member.sells:
            continue
        shown = member.level not in seen
        seen.add(member.level)
        for seat, role in enumerate(_STAFF if member.number == 1 else _STAFF[:2], 1):
            name = member.contact if seat == 1 else _name(chance)
            told = shown and (seat == 1 or member.number == 1)
            yield Person(member.number, role, name, dealer_phone(member.number, seat), shown=told)


def _stores(members: list[Member], chance: random.Random) -> Iterator[Person]:
    """Every store has its owner; the first store of each level of dealer is shown, the very first with a clerk."""
    levels = {member.number: member.level for member in members}
    seen: set[str] = set()
    for member in members:
        if member.sells or member.parent is None:
            continue
        level = levels[member.parent]
        first, shown = not seen, level not in seen
        seen.add(level)
        yield Person(member.number, "store_owner", member.contact, member.phone, shown=shown)
        if first:
            yield Person(member.number, "store_clerk", _name(chance), f"136{member.phone[3:]}", shown=True)


def _name(chance: random.Random) -> str:
    names = source("names")
    return str(chance.choice(names["surnames"]) + chance.choice(names["given"]))
