"""What buyers have reached, from the journals as they are now: one way for the projection, settlements and statements.

Each read is a fixed number of statements, whatever the number of buyers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from server.core import clock, db
from server.rebates import sources
from server.rebates.netting import Kept, Moved, Owed, kept, paid_in_time
from server.rebates.periods import Period, periods, year_before
from server.rebates.progress_queries import Reached
from server.rebates.reckoning import Facts, Outcome, Product, reckon
from server.rebates.terms import Rule

CHUNK = 500
"""So many buyers at a time."""


class Journal(NamedTuple):
    """What the journals say of some buyers of a seller."""

    kept: Mapping[int, Sequence[Kept]]
    owed: Mapping[int, Sequence[Owed]]
    products: Mapping[int, Product]


def rule_of(agreement: db.Row) -> Rule:
    """What an agreement says."""
    return msgspec.json.decode(agreement["rule"], type=Rule)


def periods_of(agreement: db.Row) -> list[Period]:
    """The periods of an agreement."""
    return periods(agreement["every"], agreement["from_on"], agreement["until_on"])


async def read(root_id: int, seller_id: int, buyers: Sequence[int], rule: Rule, first: date, last: date) -> Journal:
    """What a rule asks about buyers: from a year before `first` where it asks for growth, else from `first`, on."""
    grows = any(term.indicator == "growth" for term in rule.terms)
    moved = await sources.moved(root_id, seller_id, buyers, year_before(first) if grows else first, last)
    found = {buyer: [item for item in kept(moves) if item.qty] for buyer, moves in moved.items()}
    pays = any(term.indicator == "payment" for term in rule.terms)
    owed = await sources.owed(root_id, seller_id, buyers, last) if pays else {}
    return Journal(found, owed, await _products(root_id, moved))


async def _products(root_id: int, moved: Mapping[int, Sequence[Moved]]) -> dict[int, Product]:
    return await sources.products(root_id, {move.product_id for moves in moved.values() for move in moves})


def facts_of(journal: Journal, rule: Rule, buyer_id: int, period: Period) -> Facts:
    """What is known of a buyer's period until now; growth is against all of the same days a year before."""
    bought = journal.kept.get(buyer_id, ())
    first, last = period.from_on, min(period.until_on, clock.today())
    before = (year_before(first), year_before(period.until_on))
    changes = journal.owed.get(buyer_id, ())
    days = {term.within_days for term in rule.terms if term.indicator == "payment"}
    return Facts(
        [item for item in bought if first <= item.day <= last],
        [item for item in bought if before[0] <= item.day <= before[1]],
        {within: paid_in_time(changes, within, first, last) for within in days},
        journal.products,
    )


async def reckoned(
    agreement: db.Row, buyers: Sequence[int], which: Sequence[Period]
) -> dict[tuple[int, int], tuple[Facts, Outcome]]:
    """What buyers have reached in periods, by (buyer, period), from the journals as they are now."""
    rule = rule_of(agreement)
    about = (agreement["root_id"], agreement["seller_id"], buyers, rule)
    journal = await read(*about, agreement["from_on"], clock.today())
    found = {}
    for buyer_id in buyers:
        for period in which:
            facts = facts_of(journal, rule, buyer_id, period)
            found[buyer_id, period.no] = (facts, reckon(rule, facts))
    return found


def reached(buyer_id: int, period: Period, outcome: Outcome) -> Reached:
    """An outcome as the projection keeps it."""
    text = msgspec.json.encode(outcome).decode()
    return Reached(period.no, buyer_id, period.from_on, period.until_on, outcome.amount_fen, outcome.fen, text)
