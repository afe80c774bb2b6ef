"""What can be done with territories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from msgspec import UNSET

from server.channel.models import Org
from server.channel.service import find_org
from server.core import audit, clock, db, outbox
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, InvalidInput, NotFound, StaleVersion
from server.core.types import OrgRef
from server.regions import service as regions
from server.territory import areas, categories, queries
from server.territory.categories import Tree
from server.territory.queries import Wanted
from server.territory.schemas import AuthorityEdit, Conflict, GrantCheck, NewAuthority, Revocation

MANY_ROWS = 10_000
"""How many authorities one grant may write."""

_STRANGER = "其他经销商"


class AuthorityConflict(BusinessError):
    """Another dealer's territory stands against it, or the upper dealer's does not reach so far; see `conflicts`."""

    status, code, title = 409, "authority_conflict", "授权冲突"


class LowerAuthorities(BusinessError):
    """Lower dealers hold what they could not hold any more; `conflicts` names them."""

    status, code, title = 409, "lower_authorities", "下级还有授权"


class AuthorityEnded(BusinessError):
    """The authority was revoked or is over."""

    status, code, title = 409, "authority_ended", "授权已结束"


class Terms(NamedTuple):
    """What of an authority can be changed."""

    from_on: date
    until_on: date | None
    exclusive: bool
    note: str


class _Undo(Exception):  # noqa: N818 - no error: ends a trial
    """Takes back what a trial has written."""


def _period(from_on: date, until_on: date | None) -> None:
    """A period has its days in their order and is not over."""
    if until_on is not None and until_on < from_on:
        raise InvalidInput("结束日期不能早于开始日期", [FieldError("/until_on", "不能早于开始日期")])
    if until_on is not None and until_on < clock.today():
        raise InvalidInput("结束日期已经过去", [FieldError("/until_on", "已经过去")])


async def _dealer(actor: Actor, org_id: int) -> Org:
    org = await find_org(actor, org_id)
    if org.kind != "dealer":
        raise InvalidInput("只能给经销商授权", [FieldError("/org_id", "不是经销商")])
    return org


def _wanted(tree: Tree, new: NewAuthority) -> Wanted:
    _period(new.from_on, new.until_on)
    codes, chosen = areas.outermost(new.region_codes), tree.outermost(new.category_ids)
    if len(codes) * len(chosen) > MANY_ROWS:
        raise InvalidInput(f"一次最多授权 {MANY_ROWS} 条，请分几次选择")
    return Wanted(codes, chosen, tree.meeting(chosen), new.from_on, new.until_on, new.exclusive)


def _seen(actor: Actor, org_id: int, name: str, path: str) -> OrgRef:
    """The other dealer by name, to those who may see it."""
    return OrgRef(org_id, name) if actor.sees(path) else OrgRef(0, _STRANGER)


def conflict_of(actor: Actor, tree: Tree, found: db.Row, org_id: int) -> Conflict:
    """An authority that stands against what the dealer `org_id` is to hold."""
    return Conflict(
        kind="twice" if found["org_id"] == org_id else "taken",
        org=_seen(actor, found["org_id"], found["name"], found["path"]),
        region_code=found["region_code"],
        region_name=regions.full_name(found["region_code"]),
        category_name=tree.name(found["category_id"]),
        wanted_region_code=found["wanted"],
        wanted_region_name=regions.full_name(found["wanted"]),
        from_on=found["from_on"],
        until_on=found["until_on"],
        exclusive=found["exclusive"],
        authority_id=found["id"],
    )


def beyond_of(actor: Actor, tree: Tree, found: db.Row) -> Conflict:
    """A dealer's authority that those of its upper dealer (`org`) do not reach."""
    return Conflict(
        kind="outside",
        org=_seen(actor, found["above_id"], found["above_name"], found["above_path"]),
        region_code=found["region_code"],
        region_name=regions.full_name(found["region_code"]),
        category_name=tree.name(found["category_id"]),
        wanted_region_code=found["region_code"],
        wanted_region_name=regions.full_name(found["region_code"]),
        from_on=found["from_on"],
        until_on=found["until_on"],
        exclusive=found["exclusive"],
        authority_id=found["id"],
        dealer=OrgRef(found["org_id"], found["name"]),
    )


def period_words(from_on: date, until_on: date | None) -> str:
    """A period as people say it."""
    return f"{from_on.isoformat()} 起" if until_on is None else f"{from_on.isoformat()} 至 {until_on.isoformat()}"


def in_words(found: Conflict) -> str:
    """A conflict as people say it."""
    where = f"{found.region_name}·{found.category_name}（{period_words(found.from_on, found.until_on)}）"
    if found.kind == "twice":
        return f"这家经销商已经有 {where} 的授权"
    if found.kind == "outside":
        return f"{where} 超出了上级“{found.org.name}”的授权范围"
    return f"{where} 已{'独家' if found.exclusive else ''}授权给“{found.org.name}”"


def _refuse(found: Sequence[Conflict], count: int) -> AuthorityConflict:
    more = f"，另有 {count - 1} 处冲突" if count > 1 else ""
    return AuthorityConflict(f"{in_words(found[0])}{more}", conflicts=found[:20], conflict_count=count)


async def _hindrances(
    actor: Actor, tree: Tree, dealer: Org, wanted: Wanted, without: int = 0
) -> tuple[list[Conflict], int]:
    found = await queries.conflicts(dealer.root_id, dealer.id, dealer.path, wanted, areas.inside(wanted.codes), without)
    return [conflict_of(actor, tree, item, dealer.id) for item in found], found[0]["found"] if found else 0


async def _hold_bounds(actor: Actor, tree: Tree, dealer: Org) -> None:
    """After a change: neither this dealer nor one below it holds more than the dealer above."""
    found = await queries.outside(dealer.root_id, [dealer.path], clock.today(), tree.lines)
    own = [item for item in found if item["org_id"] == dealer.id]
    if own:
        raise _refuse([beyond_of(actor, tree, item) for item in own], len(own))
    _spare_lower(actor, tree, found)


def _spare_lower(actor: Actor, tree: Tree, found: Sequence[db.Row]) -> None:
    if found:
        told = [beyond_of(actor, tree, item) for item in found[:20]]
        names = "、".join(list(dict.fromkeys(f"“{item['name']}”" for item in found))[:3])
        words = f"下级 {names} 的 {len(found)} 条授权会超出范围，例如 {told[0].region_name}·{told[0].category_name}"
        raise LowerAuthorities(words, conflicts=told, conflict_count=len(found))


async def grant_authority(actor: Actor, new: NewAuthority) -> int:
    """Let a dealer sell every one of these categories in every one of these regions; the number of authorities (S1.3).

    Raises `AuthorityConflict`, with the name of the other dealer, where an exclusive territory would be shared by
    dealers of different lines, where the dealer has the same authority already, or where its upper dealer's does not
    reach; and `LowerAuthorities` where dealers below hold more than this.
    """
    actor.require("territory.manage")
    async with db.transaction():
        await queries.lock(actor.root_id)
        tree = await categories.load(actor)  # under the lock: nobody moves a category meanwhile
        wanted = _wanted(tree, new)
        dealer = await _dealer(actor, new.org_id)
        found, count = await _hindrances(actor, tree, dealer, wanted)
        if found:
            raise _refuse(found, count)
        rows = await _write(actor, dealer, wanted, new)
        await _hold_bounds(actor, tree, dealer)
        told = {"count": rows, "regions": wanted.codes[:3], "from_on": new.from_on, "until_on": new.until_on}
        await outbox.announce(dealer.root_id, "authority.granted", dealer.id, told)
        await audit.record(actor, "grant_authority", "org", dealer.id, _audited(tree, wanted, new))
    return rows


async def _write(actor: Actor, dealer: Org, wanted: Wanted, new: NewAuthority) -> int:
    by = actor.account_id or None
    return await queries.insert(dealer.root_id, dealer.id, wanted, new.note, by, clock.now())


def _audited(tree: Tree, wanted: Wanted, new: NewAuthority) -> dict[str, object]:
    return {
        "regions": [regions.full_name(code) for code in wanted.codes],
        "categories": [tree.name(item) for item in wanted.categories],
        "from_on": new.from_on,
        "until_on": new.until_on,
        "exclusive": new.exclusive,
        "note": new.note,
    }


async def check_authority(actor: Actor, new: NewAuthority) -> GrantCheck:
    """What would come of a grant, for the form: nothing is written."""
    actor.require("territory.manage")
    tree = await categories.load(actor)
    wanted = _wanted(tree, new)
    dealer = await _dealer(actor, new.org_id)
    found, count = await _hindrances(actor, tree, dealer, wanted)
    if not found:
        found = await _tried(actor, tree, dealer, wanted, new)
        count = len(found)
    return GrantCheck(len(wanted.codes) * len(wanted.categories), found[:50], count)


async def _tried(actor: Actor, tree: Tree, dealer: Org, wanted: Wanted, new: NewAuthority) -> list[Conflict]:
    """What would lie beyond an upper dealer, if it were so: written, looked at, taken back."""
    found: Sequence[db.Row] = ()
    try:
        async with db.transaction():
            await _write(actor, dealer, wanted, new)
            found = await queries.outside(dealer.root_id, [dealer.path], clock.today(), tree.lines)
            raise _Undo
    except _Undo:
        return [beyond_of(actor, tree, item) for item in found]


async def _changeable(actor: Actor, ids: list[int]) -> Sequence[db.Row]:
    """Authorities inside the scope that are not over."""
    found = await queries.for_change(actor.root_id, ids)
    if len(found) != len(set(ids)) or not all(actor.sees(item["path"]) for item in found):
        raise NotFound("没有找到这项授权")
    if any(item["revoked_on"] is not None for item in found):
        raise AuthorityEnded("这项授权已经收回，不能再改")
    if any(item["until_on"] is not None and item["until_on"] < clock.today() for item in found):
        raise AuthorityEnded("这项授权已经到期，不能再改，请重新授权")
    return found


def _edited(before: db.Row, edit: AuthorityEdit) -> Terms:
    return Terms(
        from_on=edit.from_on or before["from_on"],
        until_on=before["until_on"] if edit.until_on is UNSET else edit.until_on,
        exclusive=before["exclusive"] if edit.exclusive is None else edit.exclusive,
        note=before["note"] if edit.note is None else edit.note,
    )


async def change_authority(actor: Actor, authority_id: int, edit: AuthorityEdit) -> None:
    """Change an authority's period, exclusivity or note; the same refusals as for a new one (S1.3)."""
    actor.require("territory.manage")
    async with db.transaction():
        await queries.lock(actor.root_id)
        tree = await categories.load(actor)
        (before,) = await _changeable(actor, [authority_id])
        after = _edited(before, edit)
        _period(after.from_on, after.until_on)
        dealer = await find_org(actor, before["org_id"])
        chosen = [before["category_id"]]
        wanted = Wanted([before["region_code"]], chosen, tree.meeting(chosen), *after[:3])
        found, count = await _hindrances(actor, tree, dealer, wanted, authority_id)
        if found:
            raise _refuse(found, count)
        if not await queries.change(actor.root_id, authority_id, edit.version, after):
            raise StaleVersion("这项授权刚被别人改过，请刷新后再改")
        await _hold_bounds(actor, tree, dealer)
        where = {"region": regions.full_name(before["region_code"]), "category": tree.name(before["category_id"])}
        changed = audit.difference(before, after._asdict())
        await audit.record(actor, "change_authority", "org", dealer.id, {**where, **changed})


async def revoke_authorities(actor: Actor, wanted: Revocation) -> int:
    """End authorities today; the number of them (S1.3).

    Where dealers below would hold more than their upper dealer then, raises `LowerAuthorities`, or with `and_below`
    ends theirs too.
    """
    actor.require("territory.manage")
    async with db.transaction():
        await queries.lock(actor.root_id)
        tree = await categories.load(actor)
        found = await _changeable(actor, wanted.ids)
        rows = await _revoke(actor, tree, found, wanted.reason)
        paths = sorted({item["path"] for item in found})
        while lower := await queries.outside(actor.root_id, paths, clock.today(), tree.lines):
            if not wanted.and_below:
                _spare_lower(actor, tree, lower)
            below = await queries.for_change(actor.root_id, [item["id"] for item in lower])
            rows += await _revoke(actor, tree, below, wanted.reason)
    return rows


async def _revoke(actor: Actor, tree: Tree, found: Sequence[db.Row], reason: str) -> int:
    ids = [item["id"] for item in found]
    rows = await queries.revoke(actor.root_id, ids, clock.today(), actor.account_id or None, reason)
    for org_id in sorted({item["org_id"] for item in found}):
        own = [item for item in found if item["org_id"] == org_id]
        told = {"count": len(own), "regions": [item["region_code"] for item in own[:3]], "reason": reason}
        await outbox.announce(actor.root_id, "authority.revoked", org_id, told)
        names = [f"{regions.full_name(i['region_code'])}·{tree.name(i['category_id'])}" for i in own]
        await audit.record(actor, "revoke_authority", "org", org_id, {"authorities": names, "reason": reason})
    return rows


async def covers(actor: Actor, org_id: int, region_code: str, category_id: int, day: date) -> bool | None:
    """Whether a dealer may sell a category in a region on a day; None where it held no authority at all that day."""
    tree = await categories.load(actor)
    some, here = await queries.held(actor.root_id, org_id, day, regions.lineage(region_code), tree.up(category_id))
    return here if some else None


async def beyond(
    actor: Actor, org_id: int, region_code: str | None, category_ids: Iterable[int], day: date
) -> set[int]:
    """Which of these categories a dealer might not sell on a day in a region; without one, nowhere at all (S1.3).

    None of them where it held no authority at all that day: its territory is not kept here.
    """
    lineage = None if region_code is None else regions.lineage(region_code)
    held = await queries.holds(actor.root_id, org_id, day, lineage)
    here = {item["category_id"] for item in held if item["here"]}
    if not held or None in here:
        return set()
    tree = await categories.load(actor)
    return {item for item in category_ids if not here & set(tree.up(item))}


async def announce_expiring() -> int:
    """Tell of what ends in thirty days, in seven and today, once each; the number of dealers told (S1.3)."""
    return await queries.announce_expiring(clock.today(), clock.now())
