"""What buyers have reached, as of each day: a projection that can be worked out anew from the journals at any time.

It goes in chunks of buyers, each a transaction of its own and a fixed number of statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from server.core import clock, db, outbox
from server.rebates import audience, progress_queries, settling
from server.rebates.periods import Period
from server.rebates.reading import CHUNK, periods_of, reached, reckoned

LOOKS_BACK = timedelta(days=366)
"""For so long after its end goods that go back correct an agreement."""


async def accrue_all() -> int:
    """Bring the projection of all agreements up to now, correct what is settled, let settlements begin; the number of
    rows written."""
    today = clock.today()
    agreements = await progress_queries.living(today, today - LOOKS_BACK)
    return sum([await accrue(agreement) for agreement in agreements])


async def accrue(agreement: db.Row) -> int:
    """Bring the projection of an agreement up to now; the number of rows written.

    Buyers who are among those that it is for take part in the period that runs; whoever takes part once does so to its
    end. In periods that are over nobody joins.
    """
    today = clock.today()
    begun = [period for period in periods_of(agreement) if period.from_on <= today]
    written = 0
    current = begun[-1] if begun[-1].until_on >= today else None
    if current is not None:
        written += await _walk(agreement, current, members=True)
    for period in begun:
        written += await _walk(agreement, period, members=False)
    await progress_queries.add_up(agreement, begun)
    await settling.begin(agreement)
    return written


async def _walk(agreement: db.Row, period: Period, members: bool) -> int:
    """All buyers of a period, chunk by chunk, each in its own transaction."""
    after, written = 0, 0
    while True:
        if members:
            buyers = await audience.members(agreement, after, CHUNK)
        else:
            buyers = await progress_queries.taking_part(agreement, period.no, after, CHUNK)
        if not buyers:
            return written
        written += await _chunk(agreement, period, buyers)
        after = buyers[-1]


async def _chunk(agreement: db.Row, period: Period, buyers: Sequence[int]) -> int:
    async with db.transaction():
        await progress_queries.in_turn(agreement)
        found = await reckoned(agreement, buyers, [period])
        rows = [reached(buyer_id, period, found[buyer_id, period.no][1]) for buyer_id in buyers]
        new = await progress_queries.write(agreement, rows, clock.now())
        await outbox.announce_each(
            agreement["root_id"], "rebate.joined", [(agreement["id"], {"buyer_id": buyer_id}) for buyer_id in new]
        )
        credited = await progress_queries.settled(agreement, buyers)
        changed = [
            row for row in rows
            if credited.get((row.buyer_id, period.no)) not in (None, row.fen)
        ]  # fmt: skip
        await settling.correct(agreement, period.no, changed)
    return len(rows)
