"""What comes of goods in quarantine: they are sold again (放行), or written off (报损), with a reason. (S3.3)

What lies there is counted and real, but nobody can be promised it. A lot that has expired, or is called back, is not
sold again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from server.core import audit, clock, db
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, InvalidInput
from server.core.types import Id, Reason
from server.stock import queries
from server.stock.documents import Paper, numbered_by
from server.stock.queries import Document, Move

Verdict = Literal["release", "write_off"]
MAX_LINES = 200

_PAPER = """
INSERT INTO quarantine_paper (id, root_id, org_id, number, verdict, reason, settled_by, settled_at)
SELECT n.id, $1, $2, $3 || lpad(n.id::text, greatest(5, length(n.id::text)), '0'), $4, $5, $6, $7
FROM (SELECT nextval('quarantine_paper_id_seq') AS id) n
RETURNING id, number
"""
_UNFIT = """
SELECT id, code FROM lot WHERE id = ANY ($1::bigint[]) AND (blocked_by IS NOT NULL OR expires_on < $2)
"""
_NUMBERS = "SELECT id, number FROM quarantine_paper WHERE root_id = $1 AND id = ANY ($2::bigint[])"


class QuarantineLine(msgspec.Struct):
    """So many base units of a lot."""

    product_id: Id
    lot_id: Id
    qty: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]


class QuarantineVerdict(msgspec.Struct):
    """What comes of which goods in the own quarantine, and why."""

    verdict: Verdict
    lines: Annotated[list[QuarantineLine], msgspec.Meta(min_length=1, max_length=MAX_LINES)]
    reason: Reason


class QuarantinePaper(msgspec.Struct):
    """The paper of a verdict."""

    id: int
    number: str


class QuarantineShort(BusinessError):
    """Not so much of a lot lies in quarantine; each line is named with what there is."""

    status, code, title = 409, "quarantine_short", "隔离区没有这么多"


class LotUnfit(BusinessError):
    """The lot has expired, or is called back: it is not sold again."""

    status, code, title = 409, "lot_unfit", "批次不能放行"


async def settle(actor: Actor, wanted: QuarantineVerdict) -> QuarantinePaper:
    """Sell goods in quarantine again, from the warehouse that delivers, or write them off; all or nothing.

    Raises `QuarantineShort`, `LotUnfit`.
    """
    actor.require("quarantine.settle")
    keys = [(line.product_id, line.lot_id) for line in wanted.lines]
    if len(set(keys)) != len(keys):
        raise InvalidInput("同一批次出现了两次，请合并成一行")
    async with db.transaction():
        places = await queries.locations([actor.org_id], into=actor.org_id)
        shelf = places[actor.org_id, "quarantine"]
        target = places[actor.org_id, "warehouse" if wanted.verdict == "release" else "loss"]
        products = sorted({product for product, _ in keys})
        found = await queries.lock_lots(actor.root_id, actor.org_id, products, shelf, target)
        free = {(x["product_id"], x["lot_id"]): x["free"] for x in found if x["location_id"] == shelf}
        _there(wanted.lines, free)
        if wanted.verdict == "release":
            await _fit(wanted.lines)
        made = await db.row(
            _PAPER, actor.root_id, actor.org_id, f"GL{clock.today():%y%m%d}", wanted.verdict, wanted.reason.strip(),
            actor.account_id or None, clock.now(),
        )  # fmt: skip
        assert made is not None
        ends = (shelf, target, wanted.verdict)
        moves = [Move(line.product_id, line.lot_id, line.qty, *ends) for line in wanted.lines]
        document = Document("quarantine", made["id"], actor.account_id or None, clock.now())
        await queries.post(actor.root_id, moves, document)
        facts = {"number": made["number"], "reason": wanted.reason, "lines": msgspec.to_builtins(wanted.lines)}
        await audit.record(actor, wanted.verdict, "quarantine", made["id"], facts)
    return QuarantinePaper(made["id"], made["number"])


def _there(lines: Sequence[QuarantineLine], free: dict[tuple[int, int], int]) -> None:
    errors = [
        FieldError(f"/lines/{n}/qty", f"隔离区只有 {free.get((line.product_id, line.lot_id), 0)}")
        for n, line in enumerate(lines)
        if line.qty > free.get((line.product_id, line.lot_id), 0)
    ]
    if errors:
        raise QuarantineShort(f"有 {len(errors)} 行超过了隔离区的数量，没有做任何改动", errors)


async def _fit(lines: Sequence[QuarantineLine]) -> None:
    unfit = {x["id"]: x["code"] for x in await db.rows(_UNFIT, [line.lot_id for line in lines], clock.today())}
    if unfit:
        errors = [
            FieldError(f"/lines/{n}/lot_id", "已过期或正在召回") for n, x in enumerate(lines) if x.lot_id in unfit
        ]
        codes = "、".join(sorted(code or "（无批号）" for code in unfit.values()))
        raise LotUnfit(f"批次 {codes} 已过期或正在召回，不能放行，只能报损", errors)


async def _papers(root_id: int, ids: Sequence[int]) -> dict[int, Paper]:
    found = await db.rows(_NUMBERS, root_id, list(ids))
    return {item["id"]: Paper(item["number"], "quarantine", item["id"]) for item in found}


numbered_by("quarantine", _papers)
