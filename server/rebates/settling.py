"""Settlement: what a period came to is credited once; what goes back afterwards is taken from it again.

Whoever reckons to write does so in turn for an agreement, then locks the buyers' rows of the period and the pairs'
money, in the order of the buyers' numbers. What is written is the difference to what was written before: doing it twice
writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.core import audit, clock, db, live, outbox
from server.core.actor import Actor, system_actor
from server.core.errors import BusinessError, NotFound
from server.rebates import progress_queries, queries
from server.rebates.progress_queries import Reached
from server.rebates.reading import CHUNK, periods_of, reached, reckoned
from server.settlement import service as settlement

_SYSTEM: frozenset[str] = frozenset()

_ANNOUNCE = """
INSERT INTO outbox (root_id, channel, topic, subject_id, payload, next_at, created_at)
SELECT DISTINCT $1::bigint, 'event', $3, $2::bigint, jsonb_build_object('buyer_id', p.buyer_id), $4::timestamptz,
       $4::timestamptz
FROM rebate_progress p WHERE p.root_id = $1 AND p.agreement_id = $2 AND p.settled_fen IS NULL
"""


class NothingToConfirm(BusinessError):
    """The period is not over yet, or somebody has confirmed its settlement already."""

    status, code, title = 409, "nothing_to_confirm", "不需要确认"


async def announce_buyers(root_id: int, agreement_id: int, topic: str) -> None:
    """Leave an event about an agreement for each buyer in a period that is not settled."""
    await db.run(_ANNOUNCE, root_id, agreement_id, topic, clock.now())


async def begin(agreement: db.Row) -> None:
    """Let the settlement of periods that are over begin; where finance confirms it, ask for that, once."""
    state = "waiting" if agreement["confirmed"] else "running"
    async with db.transaction():
        for period_no in await progress_queries.over(agreement, state, clock.today()):
            if agreement["confirmed"]:
                await outbox.announce(agreement["root_id"], "rebate.waiting", agreement["id"], {"period_no": period_no})


async def confirm(actor: Actor, agreement_id: int, period_no: int) -> None:
    """Let a period be settled that waits for finance (S2.3)."""
    actor.require("rebate.settle")
    async with db.transaction():
        agreement = await progress_queries.agreement(actor.root_id, agreement_id)
        seen = await queries.lock(actor.root_id, agreement_id, actor.patterns)
        if agreement is None or seen is None or agreement["seller_id"] != actor.org_id:
            raise NotFound("没有找到这份返利协议")
        if not await progress_queries.confirm(actor.root_id, agreement_id, period_no, actor.account_id, clock.now()):
            raise NothingToConfirm("这一期还没有结束，或者已经确认过了")
        changes = {"number": agreement["number"], "period_no": period_no}
        await audit.record(actor, "confirm", "rebate", agreement_id, changes)
        await live.tell([actor.org_id], actor.path, "rebate", {"id": agreement_id})


async def settle_all() -> int:
    """Settle what has begun to be settled, chunk by chunk; the number of buyers."""
    done = 0
    for found in await progress_queries.running():
        agreement = await progress_queries.agreement(found["root_id"], found["agreement_id"])
        assert agreement is not None
        done += await _settle_period(agreement, found["period_no"])
    return done


async def _settle_period(agreement: db.Row, period_no: int) -> int:
    period = periods_of(agreement)[period_no - 1]
    done = 0
    while buyers := await progress_queries.unsettled(agreement, period_no, CHUNK):
        async with db.transaction():
            await progress_queries.in_turn(agreement)
            found = await reckoned(agreement, buyers, [period])
            rows = [reached(buyer_id, period, found[buyer_id, period_no][1]) for buyer_id in buyers]
            done += await _settle(agreement, period_no, rows)
    async with db.transaction():
        if await progress_queries.done(agreement, period_no, clock.now()):
            await outbox.announce(agreement["root_id"], "rebate.done", agreement["id"], {"period_no": period_no})
            await live.tell([agreement["seller_id"]], agreement["seller_path"], "rebate", {"id": agreement["id"]})
    return done


async def _settle(agreement: db.Row, period_no: int, rows: Sequence[Reached]) -> int:
    """Credit what these buyers have reached; whoever was faster has done so, and is not done again."""
    await progress_queries.write(agreement, rows, clock.now())
    stand = await progress_queries.lock(agreement, period_no, [row.buyer_id for row in rows])
    open_rows = [row for row in sorted(rows, key=_by_buyer) if stand.get(row.buyer_id, 0) is None]
    for row in open_rows:
        await _post(agreement, row, "settle", row.fen)
    await progress_queries.settle(agreement, period_no, {row.buyer_id: row.fen for row in open_rows}, clock.now())
    await progress_queries.count(agreement, period_no, len(open_rows), sum(row.fen for row in open_rows))
    return len(open_rows)


async def correct(agreement: db.Row, period_no: int, rows: Sequence[Reached]) -> None:
    """Bring what was credited for a settled period to what the journals say now."""
    if not rows:
        return
    stand = await progress_queries.lock(agreement, period_no, [row.buyer_id for row in rows])
    changed: dict[int, int] = {}
    for row in sorted(rows, key=_by_buyer):
        before = stand[row.buyer_id]
        if before is not None and before != row.fen:
            await _post(agreement, row, "correct", row.fen - before)
            changed[row.buyer_id] = row.fen
    await progress_queries.settle(agreement, period_no, changed, clock.now())


def _by_buyer(row: Reached) -> int:
    return row.buyer_id


async def _post(agreement: db.Row, row: Reached, kind: str, fen: int) -> None:
    """An entry with its ledger; taken back is from the credit what is there, the rest is owed again."""
    if not fen:
        return
    pair = (agreement["root_id"], agreement["seller_id"], row.buyer_id)
    _, credit = await progress_queries.account(*pair, lock=True)
    from_credit = min(credit, -fen) if fen < 0 else 0
    owed = -fen - from_credit if fen < 0 else 0
    day = f"{clock.today():%y%m%d}"
    about = (kind, fen, from_credit, owed, row.outcome, day, clock.now())
    made = await progress_queries.write_entry(agreement, row.period_no, row.buyer_id, *about)
    actor = system_actor(agreement["root_id"], f"/{agreement['root_id']}/", _SYSTEM)
    if fen > 0:
        await settlement.credit_rebate(actor, *pair[1:], made["id"], fen)
    else:
        await settlement.take_back_rebate(actor, *pair[1:], made["id"], from_credit, owed)
    told = {"entry_id": made["id"], "buyer_id": row.buyer_id, "fen": fen, "owed_fen": owed}
    topic = {"settle": "rebate.settled", "correct": "rebate.corrected"}[kind]
    await outbox.announce(agreement["root_id"], topic, agreement["id"], told)
    changes = {"number": made["number"], "buyer_id": row.buyer_id, "period_no": row.period_no, "fen": fen}
    await audit.record(actor, kind, "rebate", agreement["id"], changes)
