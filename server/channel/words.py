"""What orgs are found by and sorted by, kept right whoever writes them: one org's edit, or a sheet of thousands."""

from __future__ import annotations

from collections.abc import Sequence

from server.core import db, search

_FACTS = """
SELECT g.id, g.root_id, g.code, g.name, g.contact_name, g.contact_phone,
       (SELECT array_agg(c.name) FROM org_contact c WHERE c.org_id = g.id) AS names,
       (SELECT array_agg(c.phone) FROM org_contact c WHERE c.org_id = g.id) AS phones
FROM org g WHERE g.id = ANY ($1::bigint[])
"""

_WRITE = """
WITH given AS (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) AS t (id, root_id, sort_name, words)
), sorted AS (
    UPDATE org g SET sort_name = t.sort_name FROM given t
    WHERE g.id = t.id AND g.sort_name <> t.sort_name COLLATE "C"
)
INSERT INTO org_search AS s (org_id, root_id, search_text) SELECT id, root_id, words FROM given ORDER BY id
ON CONFLICT (org_id) DO UPDATE SET search_text = excluded.search_text WHERE s.search_text <> excluded.search_text
"""


async def rewrite(org_ids: Sequence[int]) -> None:
    """Make these orgs be found by what they are called now: call it in the transaction that wrote them."""
    found = await db.rows(_FACTS, list(org_ids))
    words = [
        search.search_text(
            org["code"],
            org["contact_phone"],
            *(org["phones"] or ()),
            spoken=[org["name"], org["contact_name"], *(org["names"] or ())],
        )
        for org in found
    ]
    ids, roots = [org["id"] for org in found], [org["root_id"] for org in found]
    await db.run(_WRITE, ids, roots, [search.sort_name(org["name"]) for org in found], words)
