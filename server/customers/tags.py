"""Tags: what a customer is called in a word. Free, and suggested from those in use. (D3.2)"""

from __future__ import annotations

from collections.abc import Sequence

from server.channel.bulk import record_all
from server.channel.lists import apart
from server.channel.models import Org
from server.channel.service import find_org
from server.core import clock, db, tree
from server.core.actor import Actor
from server.core.errors import Forbidden, InvalidInput
from server.customers.schemas import MAX_TAGS, Tags, TagsForMany

SUGGESTED = 50

_NOW = "SELECT org_id, tag FROM customer_tag WHERE root_id = $1 AND org_id = ANY ($2::bigint[]) ORDER BY org_id, tag"
_ADD = """
INSERT INTO customer_tag (root_id, org_id, tag, account_id, at)
SELECT $1, t.org_id, t.tag, $4, $5 FROM unnest($2::bigint[], $3::text[]) AS t (org_id, tag) ORDER BY 2, 3
ON CONFLICT DO NOTHING
"""
_REMOVE = """
DELETE FROM customer_tag c USING unnest($2::bigint[], $3::text[]) AS t (org_id, tag)
WHERE c.root_id = $1 AND c.org_id = t.org_id AND c.tag = t.tag
"""
# From one tag to the next by the index, whatever the number of customers that have it.
_ALL = f"""
WITH RECURSIVE used AS (
    (SELECT tag FROM customer_tag WHERE root_id = $1 ORDER BY tag LIMIT 1)
    UNION ALL
    SELECT (SELECT c.tag FROM customer_tag c WHERE c.root_id = $1 AND c.tag > u.tag ORDER BY c.tag LIMIT 1)
    FROM used u WHERE u.tag IS NOT NULL
)
SELECT tag FROM used WHERE tag IS NOT NULL LIMIT {SUGGESTED}
"""  # noqa: S608 - a constant of this file
_BELOW = f"""
SELECT t.tag FROM {tree.below("$2", "o.id")}
CROSS JOIN LATERAL (SELECT x.tag FROM customer_tag x WHERE x.root_id = $1 AND x.org_id = g.id OFFSET 0) t
GROUP BY t.tag ORDER BY count(*) DESC, t.tag LIMIT {SUGGESTED}
"""  # noqa: S608 - a constant of this file


async def suggested(actor: Actor) -> list[str]:
    """Tags in use inside the scope."""
    if actor.sees_all:
        return [item["tag"] for item in await db.rows(_ALL, actor.root_id)]
    return [item["tag"] for item in await db.rows(_BELOW, actor.root_id, apart(actor.scope))]


async def tags_now(root_id: int, org_ids: Sequence[int]) -> dict[int, list[str]]:
    """The tags of these orgs, sorted."""
    found: dict[int, list[str]] = {org_id: [] for org_id in org_ids}
    for item in await db.rows(_NOW, root_id, list(org_ids)):
        found[item["org_id"]].append(item["tag"])
    return found


async def write_tags(actor: Actor, before: dict[int, list[str]], after: dict[int, list[str]]) -> int:
    """Bring the tags of these orgs from what they are to what they are to be; how many orgs changed."""
    changed = {org_id: [before[org_id], tags] for org_id, tags in after.items() if tags != before[org_id]}
    gone = [(org_id, tag) for org_id in changed for tag in before[org_id] if tag not in after[org_id]]
    come = [(org_id, tag) for org_id in changed for tag in after[org_id] if tag not in before[org_id]]
    await db.run(_REMOVE, actor.root_id, [pair[0] for pair in gone], [pair[1] for pair in gone])
    add = ([pair[0] for pair in come], [pair[1] for pair in come])
    await db.run(_ADD, actor.root_id, *add, actor.account_id or None, clock.now())
    await record_all(actor, "set_tags", {org_id: {"tags": pair} for org_id, pair in changed.items()})
    return len(changed)


def _not_own(actor: Actor, org_ids: Sequence[int]) -> None:
    if actor.org_id in org_ids:
        raise Forbidden("不能给自己所在的组织打标签")


async def set_tags(actor: Actor, org_id: int, wanted: Tags) -> None:
    """Let these be all the tags of a customer."""
    actor.require("customer.manage")
    _not_own(actor, [org_id])
    async with db.transaction():
        org = await find_org(actor, org_id)
        await db.run("SELECT 1 FROM org WHERE id = $1 FOR UPDATE", org.id)
        await write_tags(actor, await tags_now(actor.root_id, [org.id]), {org.id: sorted(set(wanted.tags))})


async def tag_many(actor: Actor, wanted: TagsForMany) -> int:
    """Put tags on many customers and take others off; strangers among them are left alone. How many changed."""
    actor.require("customer.manage")
    _not_own(actor, wanted.ids)
    if not wanted.add and not wanted.remove:
        raise InvalidInput("请选择标签")
    async with db.transaction():
        seen = await actor.visible(Org).filter(id__in=wanted.ids).order_by("id").values_list("id", flat=True)
        ids = [int(str(org_id)) for org_id in seen]
        await db.run("SELECT 1 FROM org WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE", ids)
        before = await tags_now(actor.root_id, ids)
        after = {org_id: sorted((set(tags) | set(wanted.add)) - set(wanted.remove)) for org_id, tags in before.items()}
        if any(len(tags) > MAX_TAGS for tags in after.values()):
            raise InvalidInput(f"每个客户最多 {MAX_TAGS} 个标签")
        return await write_tags(actor, before, after)
