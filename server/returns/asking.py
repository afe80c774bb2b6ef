"""Who may give back what, and for how much: a return is asked for. `server.returns` says the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from server.approvals import service as approvals
from server.core import audit, clock, db, files, live, outbox
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, InvalidInput, NotFound, OrgFrozen
from server.returns import queries
from server.returns.credit import Part, credits_of
from server.returns.hooks import Bought
from server.returns.queries import KIND, New, NewLine
from server.returns.schemas import NewReturn, NewReturnLine
from server.stock import holding
from server.stock.fefo import Wanted

MOST_PHOTOS = 60
"""So many pictures in one return."""


class ReturnTooMuch(BusinessError):
    """More than was bought there and not given back; each line is named with what may go back."""

    status, code, title = 409, "return_too_much", "超出可退数量"


async def ask(actor: Actor, new: NewReturn) -> int:
    """Ask to give goods back (S3.3); they are held from now on. The id.

    Raises `NotFound` for a seller of whom nothing was bought, `ReturnTooMuch`, `StockShort`, `OrgFrozen`.
    """
    actor.require("return.ask")
    async with db.transaction():
        await queries.in_turn(actor.org_id)
        ends = await _ends(actor, new)
        source = await queries.place(actor.org_id, new.warehouse_id)
        if source is None:
            raise NotFound("没有找到这个仓库，或者它已经停用", [FieldError("/warehouse_id", "请重新选择")])
        await _check_photos(actor, new.lines)
        products = sorted({line.product_id for line in new.lines})
        bought = await queries.bought(actor.root_id, ends["id"], actor.org_id, products)
        _within(new.lines, bought)
        wanted = [
            Wanted(n, line.product_id, line.qty, None if line.lot_id is None else frozenset([line.lot_id]))
            for n, line in enumerate(new.lines, 1)
        ]
        recalled = {n for n, line in enumerate(new.lines, 1) if line.reason == "recalled"}
        picks = await holding.hold_back(actor.root_id, actor.org_id, source["id"], wanted, recalled)
        head = New(f"TH{clock.today():%y%m%d}", actor.org_id, ends["id"], source["id"], new.note.strip())
        lines = _priced(new.lines, bought)
        made = await queries.ask(actor, head, lines, picks, clock.now())
        about = (made["id"], made["number"], ends["id"], actor.org_id, made["total_fen"])
        await approvals.open_approval(actor.root_id, KIND, *about)
        await announce(actor.root_id, "approval.asked", made["id"])
        await audit.record(actor, "ask", KIND, made["id"], {**msgspec.to_builtins(new), "number": made["number"]})
        both = {"id": made["id"], "buyer_id": actor.org_id, "seller_id": ends["id"], "buyer_path": actor.path}
        await tell(both, "asked")
    return int(made["id"])


async def _ends(actor: Actor, new: NewReturn) -> db.Row:
    """The seller, who supplies the own org or has done so; neither is frozen."""
    ends = await queries.ends(actor.root_id, actor.org_id, new.seller_id)
    if ends is None or not (ends["is_supplier"] or ends["traded"]):
        raise NotFound("没有找到这个供货方", [FieldError("/seller_id", "请选择您进过货的供货方")])
    for name, status in ((ends["buyer_name"], ends["buyer_status"]), (ends["name"], ends["status"])):
        if status != "active":
            raise OrgFrozen(f"{name}已被冻结，不能退货")
    return ends


async def _check_photos(actor: Actor, lines: Sequence[NewReturnLine]) -> None:
    photos = {photo for line in lines for photo in line.photo_ids}
    if len(photos) > MOST_PHOTOS:
        raise InvalidInput(f"一张退货单最多 {MOST_PHOTOS} 张照片")
    if photos and not await files.are_of_org(actor, sorted(photos)):
        raise InvalidInput("有照片没有上传成功，请重新拍照", [FieldError("/lines", "请重新上传照片")])


def _within(lines: Sequence[NewReturnLine], bought: Mapping[int, Bought]) -> None:
    """Nobody gives back more than he bought; all lines of a product count together."""
    asked: Counter[int] = Counter()
    for line in lines:
        asked[line.product_id] += line.qty
    errors = []
    for n, line in enumerate(lines):
        most = max(0, bought.get(line.product_id, Bought(0, 0)).qty)
        if asked[line.product_id] > most:
            words = f"最多可退 {most}" if most else "没有从这个供货方进过货，或者已经全部退回"
            errors.append(FieldError(f"/lines/{n}/qty", words))
    if errors:
        raise ReturnTooMuch(f"有 {len(errors)} 行超出可退数量，没有做任何改动", errors)


def _priced(lines: Sequence[NewReturnLine], bought: Mapping[int, Bought]) -> list[NewLine]:
    """The lines with what each comes to, and what that is worked out from."""
    whole = {product: (had.qty, max(0, had.fen)) for product, had in bought.items()}
    parts = [Part(line.product_id, line.qty, *whole[line.product_id]) for line in lines]
    return [
        NewLine(
            line.product_id, line.qty, line.reason, line.note.strip(), msgspec.json.encode(line.photo_ids).decode(),
            part.whole_qty, part.whole_fen, part.whole_fen // part.whole_qty, fen,
        )
        for line, part, fen in zip(lines, parts, credits_of(parts), strict=True)
    ]  # fmt: skip


async def announce(root_id: int, topic: str, return_id: int) -> None:
    """Say in the outbox what became of a return."""
    await outbox.announce(root_id, topic, return_id, {"kind": KIND})


async def tell(found: Mapping[str, Any], state: str) -> None:
    """Open pages of both sides show how it stands."""
    sides = [found["buyer_id"], found["seller_id"]]
    await live.tell(sides, found["buyer_path"], "return", {"id": found["id"], "state": state})
