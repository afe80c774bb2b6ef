"""Many customers at once, as a file brings them: their archives and, beside these, their tags. (D3.2)"""

from __future__ import annotations

from collections.abc import Sequence

from server.channel.imports import OrgRow, save_orgs
from server.core import db
from server.core.actor import Actor
from server.core.bulk import Plan, Told, batches, nobody
from server.customers.tags import tags_now, write_tags

_IDS = """
SELECT id, code FROM org
WHERE root_id = $1 AND kind = 'store' AND code COLLATE "C" = ANY ($2::text[]) AND path LIKE ANY ($3::text[])
"""


class CustomerRow(OrgRow):
    """A customer with all its tags; None leaves those that it has."""

    tags: tuple[str, ...] | None = None


async def save_customers(
    actor: Actor, rows: Sequence[CustomerRow], *, write: bool = False, told: Told = nobody
) -> Plan:
    """Add and change customers by their codes, as `save_orgs` does, and let these be their tags."""
    plan = await save_orgs(actor, rows, write=write, told=told)
    tagged = [index for index in plan.good() if rows[index].tags is not None]
    if tagged:
        actor.require("customer.manage")
    for part in batches(tagged):
        found = await db.rows(_IDS, actor.root_id, [rows[index].code for index in part], actor.patterns)
        ids = {item["code"]: item["id"] for item in found}
        before = await tags_now(actor.root_id, list(ids.values()))
        after = {}
        for index in part:
            row = rows[index]
            org_id = ids.get(row.code)
            wanted = sorted(set(row.tags or ()))
            if org_id is not None and before[org_id] != wanted:
                after[org_id] = wanted
                if plan.states[index] == "same":
                    plan.states[index] = "changed"
        if write and after:
            await write_tags(actor, before, after)
    return plan
