"""The life of a stocktake: planned, counted, compared, decided, adjusted. `server.counts` says the rules.

Every verb locks the stocktake first, then stock, as everywhere in the house.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from server.approvals import service as approvals
from server.approvals.schemas import Decision
from server.core import audit, clock, db, live, outbox
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, Forbidden, InvalidInput, NotFound, StaleVersion
from server.counts import adjusting, line_queries, queries, reckoning
from server.counts.queries import KIND, New
from server.counts.rules import FOREVER, LIMIT_FEN
from server.counts.schemas import (
    Closing,
    NewPlan,
    NewStocktake,
    Settling,
    StocktakeSettings,
    StocktakeSettingsEdit,
    Typed,
)
from server.counts.states import next_state
from server.stock import finishing, sessions
from server.stock.documents import Paper
from server.stock.session_schemas import NewScanSession

NAMED = 5


class StocktakeOpen(BusinessError):
    """Another stocktake is going on in this warehouse; two would adjust the same goods twice."""

    status, code, title = 409, "stocktake_open", "这个仓库正在盘点"


class StillScanning(BusinessError):
    """People are still scanning for this stocktake; `sessions` names them."""

    status, code, title = 409, "still_scanning", "还有人在点数"


class LinesUndecided(BusinessError):
    """Some lines were not counted, and nobody has said what they are."""

    status, code, title = 409, "lines_undecided", "还有未盘的商品"


async def _lock(actor: Actor, stocktake_id: int) -> db.Row:
    found = await queries.lock(actor, stocktake_id)
    if found is None:
        raise NotFound("没有找到这张盘点单")
    return found


async def _announce(root_id: int, topic: str, stocktake_id: int) -> None:
    await outbox.announce(root_id, topic, stocktake_id, {"kind": KIND})


async def _tell(actor: Actor, found: db.Row, state: str) -> None:
    """Let the open pages of the org ask again."""
    await live.tell([found["org_id"]], found["path"], KIND, {"id": found["id"], "state": state})


async def checked(actor: Actor, new: NewStocktake | NewPlan) -> int:
    """The warehouse of a new stocktake or plan, after all that it names was looked at."""
    lists = {"category": new.category_id is not None, "list": bool(new.product_ids)}
    if any(given != (name == new.scope) for name, given in lists.items()):
        words = {"all": "全仓盘点不用选分类和商品", "category": "请选择一个分类", "list": "请选择要盘的商品"}
        raise InvalidInput(words[new.scope], [FieldError("/scope", words[new.scope])])
    if len(set(new.product_ids)) < len(new.product_ids) or len(set(new.counter_ids)) < len(new.counter_ids):
        raise InvalidInput("同一个商品或人出现了两次")
    known = await queries.known(actor, new.product_ids, new.category_id, new.counter_ids)
    if known["products"] < len(new.product_ids):
        raise NotFound("有商品不在商品库里")
    if not known["category"]:
        raise NotFound("没有找到这个分类")
    if known["counters"] < len(new.counter_ids):
        raise NotFound("有盘点人不是本单位的在职人员")
    place = await queries.place(actor.org_id, new.warehouse_id)
    if place is None:
        raise NotFound("没有找到这个仓库，或者它已经停用", [FieldError("/warehouse_id", "请重新选择")])
    return int(place["id"])


async def plan_stocktake(actor: Actor, new: NewStocktake) -> int:
    """Plan a stocktake of an own warehouse, or begin it at once where no day is named; its id (D2.3).

    Raises `StocktakeOpen`, `InvalidInput`, and `NotFound` for what is not the actor's to name.
    """
    actor.require("stock.count")
    today = clock.today()
    if new.planned_on is not None and new.planned_on < today:
        raise InvalidInput("计划日期已经过去", [FieldError("/planned_on", "请选今天或以后")])
    async with db.transaction():
        location_id = await checked(actor, new)
        ends = (new.scope, new.category_id, new.product_ids, new.blind, new.counter_ids)
        row = New(actor.org_id, location_id, *ends, new.planned_on or today, new.note.strip())
        made = await queries.make(actor.root_id, row, actor.account_id, clock.now(), today)
        await audit.record(actor, "plan", KIND, made, msgspec.to_builtins(new))
        if new.planned_on is None:
            await _start(actor, await _lock(actor, made))
    return made


async def start(actor: Actor, stocktake_id: int) -> None:
    """Begin to count; who is to count is told. Raises `StocktakeOpen`."""
    actor.require("stock.count", "stock.scan")
    async with db.transaction():
        found = await _lock(actor, stocktake_id)
        _may_count(actor, found)
        await _start(actor, found)


async def _start(actor: Actor, found: db.Row) -> None:
    state = next_state(found["number"], found["state"], "start")
    other = await queries.open_here(found)
    if other is not None:
        raise StocktakeOpen(f"“{found['warehouse']}”正在盘点（{other}），请先完成或取消", number=other)
    await queries.mark(found, "start", state, actor.account_id, clock.now())
    await _announce(found["root_id"], "stocktake.started", found["id"])
    await audit.record(actor, "start", KIND, found["id"], {"number": found["number"]})
    await _tell(actor, found, state)


def _may_count(actor: Actor, found: db.Row) -> None:
    """Who was named counts, and whoever decides; where nobody was named, all."""
    if found["counter_ids"] and actor.account_id not in found["counter_ids"] and not actor.may("stock.count"):
        raise Forbidden("这次盘点指定了别的盘点人")


async def begin_session(actor: Actor, stocktake_id: int) -> int:
    """Begin to scan for a stocktake, beside all others who do; the id of the session."""
    actor.require("stock.scan")
    async with db.transaction():
        found = await queries.share(actor, stocktake_id)
        if found is None:
            raise NotFound("没有找到这张盘点单")
        _may_count(actor, found)
        next_state(found["number"], found["state"], "count")
        note = f"盘点单 {found['number']}" + (f" 第 {found['round']} 轮" if found["round"] > 1 else "")
        session_id = await sessions.open_session(actor, NewScanSession("count", found["location_id"], note=note))
        await queries.attach(found, session_id)
        await _tell(actor, found, found["state"])
    return session_id


async def type_figures(actor: Actor, stocktake_id: int, given: Sequence[Typed]) -> None:
    """Keep figures that were typed; each is the person's own of a product and lot, and replaces what he typed before.

    Raises `NotFound` for a product or lot that is not of the brand.
    """
    actor.require("stock.scan")
    async with db.transaction():
        found = await queries.share(actor, stocktake_id)
        if found is None:
            raise NotFound("没有找到这张盘点单")
        _may_count(actor, found)
        next_state(found["number"], found["state"], "count")
        rows = await _entries(actor, given)
        await queries.type_in(actor, found, rows, clock.now())
        changes = {"number": found["number"], "entries": msgspec.to_builtins(given)}
        await audit.record(actor, "count", KIND, stocktake_id, changes)
        await _tell(actor, found, found["state"])


async def _entries(actor: Actor, given: Sequence[Typed]) -> list[tuple[int, int, str, date, int]]:
    """Typed figures as they are kept; the last one where a product and lot is there twice."""
    products = sorted({one.product_id for one in given})
    known = await line_queries.products(actor.root_id, products)
    if set(products) - known.keys():
        raise NotFound("有商品不在商品库里")
    ids = [one.lot_id for one in given if one.lot_id]
    lots = await line_queries.lots(actor.root_id, ids)
    rows: dict[tuple[int, int, str, date], int] = {}
    for n, one in enumerate(given):
        lot = lots.get(one.lot_id or 0)
        if one.lot_id and (lot is None or lot["product_id"] != one.product_id):
            raise NotFound("没有找到这个批次", [FieldError(f"/entries/{n}/lot_id", "请重新选择")])
        if lot is not None:
            rows[one.product_id, lot["id"], lot["code"], lot["expires_on"]] = one.qty
        else:
            rows[one.product_id, 0, one.lot_code.strip(), one.expires_on or FOREVER] = one.qty
    return [(*key, qty) for key, qty in rows.items()]


async def close(actor: Actor, stocktake_id: int, closing: Closing) -> None:
    """The counting is over: what was counted is compared with the books of its moment.

    Raises `StillScanning` while sessions are open, unless they are to be finished as well; `CountUnclear` for figures
    whose lot nobody can tell, `CodesUnknown` for codes that stand for nothing.
    """
    actor.require("stock.count", "stock.scan")
    async with db.transaction():
        found = await _lock(actor, stocktake_id)
        _may_count(actor, found)
        state = next_state(found["number"], found["state"], "close")
        await _end_sessions(actor, found, closing.finish)
        left = await line_queries.clear(found["root_id"], stocktake_id)
        lines = await reckoning.reckon(found, left)
        if all(line.qty is None for line in lines) and lines:
            raise InvalidInput("还没有点任何商品")
        await line_queries.write(found["root_id"], stocktake_id, lines)
        gain, loss = await line_queries.sum_up(found["root_id"], stocktake_id)
        await queries.mark(found, "close", state, actor.account_id, clock.now())
        await _announce(found["root_id"], "stocktake.counted", stocktake_id)
        facts = {"number": found["number"], "lines": len(lines), "gain_fen": gain, "loss_fen": loss}
        await audit.record(actor, "close_count", KIND, stocktake_id, facts)
        await _tell(actor, found, state)


async def _end_sessions(actor: Actor, found: db.Row, finish: bool) -> None:
    open_ = [item for item in await queries.sessions(found["root_id"], found["id"]) if item["state"] == "open"]
    if open_ and not finish:
        names = "、".join(dict.fromkeys(item["opened_by"] for item in open_))
        told = [{"id": item["id"], "number": item["number"], "opened_by": item["opened_by"]} for item in open_]
        raise StillScanning(f"{names} 的点数还没有结束，请等他们完成，或一并结束", sessions=told)
    for item in open_:
        await finishing.finish_session(actor, item["id"])


async def settle(actor: Actor, stocktake_id: int, given: Settling) -> None:
    """Decide lines: those that were not counted are none, others are left as they are or adjusted after all."""
    actor.require("stock.count")
    async with db.transaction():
        found = await _lock(actor, stocktake_id)
        next_state(found["number"], found["state"], "settle")
        moment = clock.now()
        none = await line_queries.settle(found, given.choice, given.line_nos, moment)
        if none:  # kept as figures, so that a recount of other products finds them again
            rows = [(item["product_id"], item["lot_id"], item["lot_code"], item["expires_on"], 0) for item in none]
            await queries.type_in(actor, found, rows, moment)
        await line_queries.sum_up(found["root_id"], stocktake_id)
        changes = {"number": found["number"], "choice": given.choice, "line_nos": given.line_nos}
        await audit.record(actor, "settle", KIND, stocktake_id, changes)
        await _tell(actor, found, found["state"])


async def recount(actor: Actor, stocktake_id: int, line_nos: Sequence[int]) -> None:
    """Let products be counted again, with all their lots: nothing of what was counted of them stands."""
    actor.require("stock.count")
    async with db.transaction():
        found = await _lock(actor, stocktake_id)
        state = next_state(found["number"], found["state"], "recount")
        products = await line_queries.products_of(found["root_id"], stocktake_id, line_nos)
        if not products:
            raise InvalidInput("请选择要复盘的商品", [FieldError("/line_nos", "请选择")])
        moment = clock.now()
        await queries.ask_again(actor, found, products, moment)
        await queries.next_round(found, state)
        await line_queries.forget_left(found["root_id"], stocktake_id, products)
        await _announce(found["root_id"], "stocktake.recount", stocktake_id)
        changes = {"number": found["number"], "products": len(products)}
        await audit.record(actor, "recount", KIND, stocktake_id, changes)
        await _tell(actor, found, state)


async def limit_of(root_id: int, org_id: int, org_kind: str) -> int | None:
    """Above which value of differences somebody else must agree; None: never."""
    if org_kind not in LIMIT_FEN:
        return None
    found = await queries.setting(root_id, org_id)
    return LIMIT_FEN[org_kind] if found is None else int(found["limit_fen"])


async def submit(actor: Actor, stocktake_id: int, reason: str) -> None:
    """Let the books be put right: at once, or after an approval where the differences are above the limit.

    Raises `LinesUndecided`, and `LinesHeld` naming each line that cannot be adjusted and what holds it.
    """
    actor.require("stock.count")
    async with db.transaction():
        found = await _lock(actor, stocktake_id)
        state = next_state(found["number"], found["state"], "submit")
        waiting = (await line_queries.counts(found["root_id"], stocktake_id))["uncounted"]
        if waiting:
            raise LinesUndecided(f"还有 {waiting} 行没有盘到，请确认为零或保持不变", lines=waiting)
        gain, loss = await line_queries.sum_up(found["root_id"], stocktake_id)
        await queries.mark(found, "submit", state, actor.account_id, clock.now(), reason.strip())
        facts = {"number": found["number"], "gain_fen": gain, "loss_fen": loss, "reason": reason.strip()}
        await audit.record(actor, "submit", KIND, stocktake_id, facts)
        limit = await limit_of(found["root_id"], found["org_id"], found["org_kind"])
        if limit is None or gain + loss <= limit:
            state = next_state(found["number"], state, "adjust")
            await _adjust(actor, found, state)
        else:
            await adjusting.check(found)
            await _ask(found, gain + loss)
        await _tell(actor, found, state)


async def _ask(found: db.Row, fen: int) -> None:
    asked = (found["number"], found["org_id"], found["org_id"], fen)
    await approvals.open_approval(found["root_id"], KIND, found["id"], *asked)
    await _announce(found["root_id"], "approval.asked", found["id"])


async def _adjust(actor: Actor, found: db.Row, state: str) -> None:
    moved = await adjusting.adjust(actor, found)
    gain, loss = await line_queries.sum_up(found["root_id"], found["id"])
    await queries.mark(found, "end", state, actor.account_id or None, clock.now(), "")
    await _announce(found["root_id"], "stocktake.adjusted", found["id"])
    facts = {"number": found["number"], "lines": moved, "gain_fen": gain, "loss_fen": loss}
    await audit.record(actor, "adjust", KIND, found["id"], facts)


async def decide(actor: Actor, stocktake_id: int, decision: Decision) -> None:
    """What deciding about a stocktake means, for the approvals engine: approved, the books are put right.

    Whoever has submitted it does not decide, but for an administrator.
    """
    async with db.transaction():
        found = await queries.lock(actor, stocktake_id)
        if found is None:
            raise Forbidden("盘点由本单位审批")
        state = next_state(found["number"], found["state"], "approve")
        if found["submitted_by"] == actor.account_id and not actor.may("account.manage"):
            raise Forbidden("自己提交的盘点要由别人审批")
        stands = await approvals.standing(actor, KIND, stocktake_id)
        approvals.refuse_others(stands)
        if decision.decision == "reject":
            await _reject(actor, found, decision.reason)
            return
        about = (found["org_id"], found["gain_fen"] + found["loss_fen"])
        passed = await approvals.pass_on(actor, stands, KIND, stocktake_id, *about, {"reason": decision.reason})
        if passed.waits is not None:
            await _announce(found["root_id"], "approval.passed_on", stocktake_id)
            await audit.record(actor, "pass_on", KIND, stocktake_id, {"number": found["number"]})
            return
        await _adjust(actor, found, state)
        await approvals.close(actor, KIND, stocktake_id, "approved", decision.reason, passed.reached)
        await _announce(found["root_id"], "approval.decided", stocktake_id)
        changes = {"number": found["number"], "reason": decision.reason}
        await audit.record(actor, "approve", KIND, stocktake_id, changes)
        await _tell(actor, found, state)


async def _reject(actor: Actor, found: db.Row, reason: str) -> None:
    state = next_state(found["number"], found["state"], "reject")
    await approvals.close(actor, KIND, found["id"], "rejected", reason)
    await _announce(found["root_id"], "approval.decided", found["id"])
    await _end(actor, found, "reject", state, reason)


async def _end(actor: Actor, found: db.Row, verb: str, state: str, reason: str) -> None:
    await queries.mark(found, "end", state, actor.account_id or None, clock.now(), reason)
    await audit.record(actor, verb, KIND, found["id"], {"number": found["number"], "reason": reason})
    await _tell(actor, found, state)


async def cancel(actor: Actor, stocktake_id: int, reason: str) -> None:
    """Call a stocktake off; nothing moves, what was counted stays to be read."""
    actor.require("stock.count")
    async with db.transaction():
        found = await _lock(actor, stocktake_id)
        state = next_state(found["number"], found["state"], "cancel")
        if found["state"] == "submitted":
            await approvals.close(actor, KIND, stocktake_id, "void", reason)
            await _announce(found["root_id"], "approval.decided", stocktake_id)
        for item in await queries.sessions(found["root_id"], stocktake_id):
            if item["state"] == "open":
                await sessions.call_off(actor, item["id"])
        await _end(actor, found, "cancel", state, reason)


async def count_again(actor: Actor, stocktake_id: int) -> int:
    """Count anew what differed in a stocktake that was rejected or called off; the id of the new one."""
    actor.require("stock.count")
    async with db.transaction():
        found = await _lock(actor, stocktake_id)
        products = await line_queries.differing(found["root_id"], stocktake_id)
        if found["state"] not in ("rejected", "cancelled") or not products:
            raise InvalidInput("只有被驳回或取消、并且有差异的盘点可以重新盘")
        place = await queries.place(actor.org_id, found["location_id"])
        if place is None:
            raise NotFound("这个仓库已经停用")
        about = ("list", None, products, found["blind"], list(found["counter_ids"]), clock.today())
        row = New(actor.org_id, found["location_id"], *about, f"重新盘 {found['number']}", stocktake_id)
        made = await queries.make(actor.root_id, row, actor.account_id, clock.now(), clock.today())
        await audit.record(actor, "plan", KIND, made, {"again_of": found["number"], "products": len(products)})
        await _start(actor, await _lock(actor, made))
    return made


async def get_settings(actor: Actor) -> StocktakeSettings:
    """The limit of the own org."""
    actor.require("stock.count")
    found = await queries.setting(actor.root_id, actor.org_id)
    if found is None:
        return StocktakeSettings(LIMIT_FEN.get(actor.org_kind, 0), 0)
    return StocktakeSettings(found["limit_fen"], found["version"])


async def set_settings(actor: Actor, edit: StocktakeSettingsEdit) -> StocktakeSettings:
    """Set the limit of the own org."""
    actor.require("rule.manage")
    async with db.transaction():
        before = await queries.setting(actor.root_id, actor.org_id)
        if not await queries.set_limit(actor, edit.limit_fen, edit.version, clock.now()):
            raise StaleVersion("设置刚被别人改过，请刷新后再改")
        changes = audit.difference({"limit_fen": before and before["limit_fen"]}, {"limit_fen": edit.limit_fen})
        await audit.record(actor, "edit", "stocktake_setting", actor.org_id, changes)
        found = await queries.setting(actor.root_id, actor.org_id)
    assert found is not None
    return StocktakeSettings(found["limit_fen"], found["version"])


async def papers(root_id: int, ids: Sequence[int]) -> dict[int, Paper]:
    """The numbers of stocktakes, for whoever shows what they moved."""
    return {id_: Paper(number, KIND, id_) for id_, number in (await queries.numbers(root_id, ids)).items()}


async def undone(root_id: int, location_id: int) -> str:
    """Which stocktake must be ended before a warehouse is closed, in words; empty where none is open."""
    number = await queries.undone(root_id, location_id)
    return f"未完成的盘点 {number}" if number else ""


approvals.register(KIND, decide)
