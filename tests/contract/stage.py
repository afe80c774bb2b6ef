"""Two brands with all that belongs to them, so that everybody has somebody else's rows to reach for.

The own brand has a dealer with two stores and a sibling dealer with one; the other brand has a dealer and a store.
Each place owns one row of every kind that a path or a body can name.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from server.approvals.schemas import Decision
from server.channel import contacts, qualifications
from server.channel.addresses import save_address
from server.channel.archive_schemas import NewContact, NewQualification
from server.channel.models import Org
from server.channel.schemas import NewAddress
from server.core import clock, db, files
from server.counts import plans as stocktake_plans
from server.counts.schemas import NewPlan, NewStocktake
from server.counts.service import plan_stocktake
from server.customers import segments
from server.customers.schemas import Conditions, NewSegment
from server.exchange import jobs
from server.identity.roles import ROLES
from server.notify import queries as notices
from server.price_exceptions.schemas import NewException
from server.price_exceptions.service import ask_exception
from server.rebates import accrual, progress_queries
from server.rebates import service as rebates
from server.rebates.schemas import NewRebate, RebateAudience
from server.rebates.terms import Rule, Step, Term
from server.returns.asking import ask
from server.returns.schemas import NewReturn, NewReturnLine
from server.settlement.service import credit_rebate
from server.territory.schemas import NewAuthority
from server.territory.service import grant_authority
from server.trace.ranges import make_range
from server.trace.schemas import NewRange
from server.transfers.schemas import NewLine, NewTransfer
from server.transfers.service import propose
from tests.world import Product, User, World, number

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
UNKNOWN = 2**52
WHOLE_BRANDS = {"product", "packaging", "category", "message", "code", "guide", "range", "recall", "lot"}
BASES = {"brand": "manager", "dealer": "clerk", "store": "clerk"}

_OUTBOX = """
INSERT INTO outbox (root_id, channel, topic, subject_id, stream, state, last_error, next_at, created_at)
VALUES ($1, 'wecom_text', $2, 1, '', 'failed', 'gone', $3, $3) RETURNING id
"""

_ROLE = """
INSERT INTO role (root_id, org_id, base, name, permissions) VALUES ($1, $2, $3, $4, '{order.read}') RETURNING id
"""

_INVITATION = """
INSERT INTO invitation (root_id, org_id, role, name, token, made_by, host_id, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $2, $7::timestamptz, $7::timestamptz + interval '3 days') RETURNING id
"""

_GUIDE = """
INSERT INTO guide_price (root_id, product_id, grade, floor_fen, guide_fen, ceiling_fen, from_on, set_at)
VALUES ($1, $2, '一级', 1, 2, 9000, '2026-01-01', now()) RETURNING id
"""

_WAREHOUSE = "SELECT id FROM location WHERE org_id = $1 AND kind = 'warehouse' AND is_default"

_SCANNING = """
INSERT INTO scan_session (root_id, org_id, number, kind, location_id, reason, opened_by, opened_at)
VALUES ($1, $2, $3, 'in', $4, 'opening', $5, $6) RETURNING id
"""

_RECALL = """
WITH old AS (
    INSERT INTO lot (root_id, product_id, code, expires_on) VALUES ($1, $2, $3, '2030-01-01') RETURNING id
)
INSERT INTO recall (root_id, number, product_id, lot_id, reason, instruction, started_by, started_at)
SELECT $1, $3, $2, id, $4, '下架', $5, $6 FROM old RETURNING id
"""

_HOLDER = "INSERT INTO recall_holder (root_id, recall_id, org_id, qty, told_at) VALUES ($1, $2, $3, 1, $4)"

_DIVERSION = """
INSERT INTO diversion (root_id, number, kind, dealer_id, subject, region_code, product_id, opened_at, last_at,
                       counted_on)
VALUES ($1, $2, 'scan', $3, 'hand:1', '330203', $4, $5, $5, '2026-01-01') RETURNING id
"""

_ALERT = """
WITH digest AS (INSERT INTO alert_digest (root_id, org_id, at) VALUES ($1, $2, $5) RETURNING id)
INSERT INTO alert (root_id, org_id, warehouse_id, product_id, kind, digest_id, limit_qty, available, on_way, used,
                   ageing, expired, opened_at, looked_at)
SELECT $1, $2, $3, $4, 'low', id, 9999, 1, 0, 0, 0, 0, $5, $5 FROM digest RETURNING id
"""

_SUBSTITUTE = """
INSERT INTO substitute (root_id, account_id, substitute_id, from_on, until_on) VALUES ($1, $2, $3, $4, $4) RETURNING id
"""


@dataclass
class Place:
    """An org with its rows: kind → id; and the words by which a reader would recognise it."""

    org: Org
    boss: User
    rows: dict[str, Any] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)


@dataclass
class Stage:
    """All places, and an account of every role in the own brand, its first dealer and that dealer's first store."""

    world: World
    other: World
    goods: Product
    other_goods: Product
    folder: Path
    places: dict[str, Place] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    def own(self, role: str) -> Place:
        """The place whose rows this role works with every day: its own, or that of its buyer."""
        return self.places["store" if role.startswith(("dealer", "store")) else "dealer"]

    def home(self, role: str) -> Place:
        """The place of this role's org."""
        return self.places[role.split("_", 1)[0]]

    def strangers(self, role: str) -> list[Place]:
        """The places of which this role must not learn anything."""
        kind = role.split("_", 1)[0]
        hidden = ["other_brand", "other_dealer", "other_store"]
        if kind != "brand" or role == "brand_rep":
            hidden += ["sibling", "sibling_store"]
        if kind == "store":
            hidden += ["next_store"]
        return [self.places[name] for name in hidden]

    def outside(self, role: str, kind: str) -> list[Any]:
        """The ids of a kind that this role must not be able to use."""
        mine = self.home(role)
        if kind in WHOLE_BRANDS:
            found = [place for name, place in self.places.items() if name.startswith("other")]
        elif kind in (
            "session",
            "address",
            "notice",
            "photo",
            "substitute",
            "role",
            "segment",
            "job",
            "scan_session",
            "warehouse",
            "stocktake_plan",
        ):  # the own ones
            found = [place for place in self.places.values() if place is not mine]
        else:
            above = {"brand": [], "dealer": ["brand"], "store": ["brand", "dealer"]}[role.split("_", 1)[0]]
            found = self.strangers(role) + [self.places[name] for name in above]
        return [place.rows[kind] for place in found if kind in place.rows]


async def build(http: httpx.AsyncClient, folder: Path) -> Stage:
    """Make the two brands through the verbs that users use."""
    world, other = await World.create(http), await World.create(http)
    goods, other_goods = await world.product(), await other.product()
    stage = Stage(world, other, goods, other_goods, folder)
    dealer, sibling, other_dealer = await world.dealer(), await world.dealer(), await other.dealer()
    places = {
        "brand": (world, world.brand, None),
        "dealer": (world, dealer, world.brand),
        "store": (world, await world.store(dealer), dealer),
        "next_store": (world, await world.store(dealer), dealer),
        "sibling": (world, sibling, world.brand),
        "sibling_store": (world, await world.store(sibling), sibling),
        "other_brand": (other, other.brand, None),
        "other_dealer": (other, other_dealer, other.brand),
        "other_store": (other, await other.store(other_dealer), other_dealer),
    }
    for name, (owner, org, supplier) in places.items():
        item = goods if owner is world else other_goods
        boss = await owner.boss(org)
        stage.places[name] = place = Place(org, boss, words=[org.name, boss.phone, boss.actor.name])
        if org.kind != "store":
            await owner.offer(org, [item])
            await owner.stock(org, item, 1000)
            place.rows["price"] = await db.value("SELECT max(id) FROM price WHERE seller_id = $1", org.id)
        await _rows(stage, owner, place, item)
        if supplier is not None:
            await _trade(owner, place, next(p for p in stage.places.values() if p.org.id == supplier.id), item)
    stage.places["other_brand"].words += [other_goods.code]
    for role in ROLES:
        org = stage.home(role).org
        stage.users[role] = await world.user(org, role, dealers=[dealer] if role == "brand_rep" else None)
        await stage.users[role].sign_in()
    return stage


async def _rows(stage: Stage, owner: World, place: Place, item: Product) -> None:
    actor = place.boss.actor
    await place.boss.sign_in()
    rows, moment = place.rows, clock.now()
    rows["org"], rows["account"] = place.org.id, (await owner.boss(place.org)).account_id
    rows["session"] = await db.value("SELECT max(id) FROM session WHERE account_id = $1", place.boss.account_id)
    rows["file"] = rows["photo"] = await files.store(actor, stage.folder, PICTURE + str(number()).encode())
    address = NewAddress(f"收货人{number()}", f"1{number() % 10**10:010d}", f"路{number()}号", is_default=True)
    rows["address"] = (await save_address(actor, address)).id if place.org.kind != "brand" else UNKNOWN
    told = notices.Told(place.org.root_id, place.boss.account_id, "test", f"通知{number()}", "正文", "", str(number()))
    await notices.tell([told], moment)
    file = (f"文件{number()}.xlsx", "xlsx", str(number()))
    rows["warehouse"] = await db.value(_WAREHOUSE, place.org.id)
    rows["scan_session"] = await db.value(
        _SCANNING, place.org.root_id, place.org.id, f"RK{number()}", rows["warehouse"], place.boss.account_id, moment
    )
    counted = NewStocktake("all", True, note=f"盘点{number()}")
    rows["stocktake"] = await plan_stocktake(actor, counted)
    plan = NewPlan(f"计划{number()}", "all", True, "month", clock.today())
    rows["stocktake_plan"] = await stocktake_plans.add_plan(actor, plan)
    place.words += [counted.note, plan.name]
    rows["scans_below"] = rows["scan_session"]
    rows["lot"] = await db.value("SELECT max(id) FROM lot WHERE root_id = $1", place.org.root_id) or UNKNOWN
    rows["job"] = await jobs.create(actor, "import", "stores", "check", *file, {})
    await db.run("UPDATE exchange_job SET state = 'ready' WHERE id = $1", rows["job"])
    rows["notice"] = await db.value("SELECT max(id) FROM notice WHERE account_id = $1", place.boss.account_id)
    title, base = f"角色{number()}", f"{place.org.kind}_{BASES[place.org.kind]}"
    rows["role"] = await db.value(_ROLE, place.org.root_id, place.org.id, base, title)
    token, guest = f"token-of-{place.org.kind}-{number()}", f"客人{number()}"
    asked = (place.org.root_id, place.org.id, f"{place.org.kind}_{BASES[place.org.kind]}", guest, token)
    rows["invitation"] = await db.value(_INVITATION, *asked, place.boss.account_id, moment)
    place.words += [title, token, guest]
    if place.org.kind != "store":
        away = (place.org.root_id, rows["account"], place.boss.account_id, clock.today())
        rows["substitute"] = await db.value(_SUBSTITUTE, *away)
    if place.org.kind == "dealer":
        note = f"授权备注{number()}"
        await grant_authority(owner.admin.actor, NewAuthority(place.org.id, ["330106"], clock.today(), note=note))
        rows["authority"] = await db.value("SELECT max(id) FROM authority WHERE org_id = $1", place.org.id)
        place.words.append(note)
    person = await contacts.add_contact(owner.admin.actor, place.org, NewContact(f"联系人{number()}"))
    document, _ = await files.store_document(owner.admin.actor, stage.folder, PICTURE + str(number()).encode())
    paper = NewQualification("food_licence", number=f"证{number()}", file_ids=[document])
    kept = await qualifications.add_qualification(owner.admin.actor, place.org, paper)
    rows |= {"contact": person.id, "document": document, "qualification": kept.id}
    if place.org.kind != "store":
        chosen = await segments.add_segment(actor, NewSegment(f"分群{number()}", Conditions()))
        rows["segment"] = chosen.id
        place.words.append(chosen.name)
    place.words += [person.name, paper.number]
    place.words += [file[0], address.contact_name, address.contact_phone, address.detail, told.title]
    await _traced(owner, place, item)
    alarm = (place.org.root_id, place.org.id, rows["warehouse"], item.id, moment)
    rows["alert"] = await db.value(_ALERT, *alarm)
    if place.org.kind == "brand":
        topic = f"topic-{number()}"
        rows["message"] = await db.value(_OUTBOX, place.org.root_id, topic, moment)
        rows["guide"] = await db.value(_GUIDE, place.org.id, item.id)
        rows["lot"] = await db.value("SELECT min(id) FROM lot WHERE product_id = $1", item.id)
        rows |= {"product": item.id, "packaging": item.piece, "category": owner.category_id, "code": item.ean}
        place.words.append(topic)


async def _traced(owner: World, place: Place, item: Product) -> None:
    """Codes and a recall of the brand that its dealers and shops are told of, a diversion of each dealer."""
    rows, root, moment = place.rows, place.org.root_id, clock.now()
    if place.org.kind == "brand":
        codes = NewRange("url", item.id, item.case, 10, lot_code="L1")
        made = await make_range(place.boss.actor, codes)
        why = f"原因{number()}"
        recall = await db.value(_RECALL, root, item.id, f"ZH{number()}", why, place.boss.account_id, moment)
        rows |= {"range": made.id, "trace_code": made.first, "recall": recall}
        place.words += [why, made.last]
    else:
        recall = await db.value("SELECT max(id) FROM recall WHERE root_id = $1", root)
        await db.run(_HOLDER, root, recall, place.org.id, moment)
    if place.org.kind == "dealer":
        title = f"CH{number()}"
        rows["diversion"] = await db.value(_DIVERSION, root, title, place.org.id, item.id, moment)
        place.words.append(title)


async def _trade(owner: World, place: Place, supplier: Place, item: Product) -> None:
    """One order that waits for its approval, one that is on its way, and a price outside the limits that is asked."""
    why = f"原因{number()}"
    price = NewException(place.org.id, item.id, 100, clock.today() + timedelta(days=1), why)
    if place.org.kind == "dealer":
        back = NewTransfer([NewLine(item.id, 1)], f"调拨{number()}", supplier="takes")
        place.rows["transfer"] = await propose(place.boss.actor, back)
        place.words.append(back.reason)
    await _give_back(owner, place, supplier, item)
    await _rebate(place, supplier)
    place.rows["exception"] = (await ask_exception(supplier.boss.actor, price)).id
    place.words.append(why)
    waiting = await owner.order(place.boss, [(item, 3)])
    sent = await owner.order(place.boss, [(item, 5)])
    await supplier.boss.post(f"/orders/{sent.id}/approve", {})
    issued = await supplier.boss.post(f"/orders/{sent.id}/issue", {})
    root = place.org.root_id
    approval = await db.value("SELECT id FROM approval WHERE root_id = $1 AND subject_id = $2", root, waiting.id)
    issue = issued["issue"]
    place.rows |= {"order": waiting.id, "sent": sent.id, "approval": approval}
    place.rows |= {"issue": issue["id"], "issue_number": issue["number"]}
    place.words += [waiting.number, sent.number, issued["issue"]["number"]]


async def _rebate(place: Place, supplier: Place) -> None:
    """An agreement for this buyer alone, of which a period waits for finance; and credit."""
    day, told, actor = clock.today(), f"返利{number()}", supplier.boss.actor
    rule = Rule((Term("", "amount", "percent", (Step(0, 100),)),))
    new = NewRebate(told, RebateAudience("list", buyers=[place.org.id]), "dates", day, day, rule, confirmed=True)
    made = (await rebates.make(actor, new)).id
    await rebates.submit(actor, made)
    if supplier.org.kind == "brand":
        await rebates.decide(actor, made, Decision("approve"))
    agreement = await progress_queries.agreement(place.org.root_id, made)
    assert agreement is not None
    await accrual.accrue(agreement)
    await db.run("UPDATE rebate_period SET state = 'waiting' WHERE agreement_id = $1", made)
    await credit_rebate(actor, supplier.org.id, place.org.id, made, 500)
    place.rows["rebate"] = made
    place.words.append(told)


async def _give_back(owner: World, place: Place, supplier: Place, item: Product) -> None:
    """A return that waits, of goods that were bought and signed for."""
    bought = await owner.order(place.boss, [(item, 2)])
    await supplier.boss.post(f"/orders/{bought.id}/approve", {})
    issue = (await supplier.boss.post(f"/orders/{bought.id}/issue", {}))["issue"]["id"]
    await place.boss.post(f"/goods-issues/{issue}/receive", {})
    told = f"退货{number()}"
    back = NewReturn([NewReturnLine(item.id, 1, "damaged")], told)
    place.rows["return"] = await ask(place.boss.actor, back)
    place.words.append(told)


async def fingerprints(only: Collection[str] | None = None) -> dict[str, tuple[int, int]]:
    """What is in every table, or in some, in two numbers each; that a session was used is no change."""
    tables = await db.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    names = [item["name"] for item in tables if only is None or item["name"] in only]
    parts = [
        f"SELECT '{name}' AS name, count(*) AS rows, "
        f"coalesce(sum(hashtext(({_shown(name)})::text)), 0) AS sum FROM {name} x"
        for name in names
    ]
    return {item["name"]: (item["rows"], int(item["sum"])) for item in await db.rows(" UNION ALL ".join(parts))}


def _shown(name: str) -> str:
    return "to_jsonb(x) - 'last_seen_at'" if name == "session" else "x"


_WITNESS = """
CREATE UNLOGGED TABLE witness (name text NOT NULL);
CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO witness VALUES (TG_TABLE_NAME); RETURN NULL; END $$;
"""
_WATCHED = "CREATE TRIGGER witness AFTER INSERT OR UPDATE OR DELETE ON {} FOR EACH ROW EXECUTE FUNCTION witness();"


class Witness:
    """Knows which tables were written to and kept it: only those are read again, which is what takes time."""

    def __init__(self, rows: dict[str, tuple[int, int]]) -> None:
        self._rows = rows

    @classmethod
    @asynccontextmanager
    async def watching(cls) -> AsyncIterator[Witness]:
        """Watch all tables of the database; afterwards nothing of it is left there."""
        rows = await fingerprints()
        await db.run(_WITNESS + "".join(map(_WATCHED.format, rows)))
        try:
            yield cls(rows)
        finally:
            await db.run("DROP FUNCTION witness() CASCADE; DROP TABLE witness")

    async def changed(self) -> set[str]:
        """The tables that hold something else than when this was asked before."""
        written = {item["name"] for item in await db.rows("DELETE FROM witness RETURNING name")}
        now = await fingerprints(written) if written else {}
        changed = {name for name in now if now[name] != self._rows[name]}
        self._rows |= now
        return changed


def tomorrow() -> str:
    """A day that a delivery can be wished for."""
    return (clock.today() + timedelta(days=1)).isoformat()
