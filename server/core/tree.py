"""Parts of the tree of orgs, as statements read them."""

from __future__ import annotations

from collections.abc import Sequence


def below(prefixes: str, columns: str = "*", condition: str = "true") -> str:
    """What a FROM names to get the orgs `g` of some parts of the tree: `prefixes` is the parameter with their paths.

    `columns` and `condition` speak of an org as `o`; `$1` is the root. A path "/1/7/" and all that begin with it lie
    between it and "/1/70", for "0" follows "/": so each part is one range of the index of paths. It is read by itself
    (OFFSET 0 keeps it so): as a condition of a join the database would take every ninth org for one that is meant, and
    rather look at them all.
    """
    return f"""unnest({prefixes}::text[]) AS s (prefix) CROSS JOIN LATERAL (
        SELECT {columns} FROM org o
        WHERE o.root_id = $1 AND o.path ~>=~ s.prefix AND o.path ~<~ (left(s.prefix, -1) || '0')
          AND {condition} OFFSET 0
    ) g"""  # noqa: S608 - put together from its callers' constants


def newest(prefixes: str, runs: Sequence[str], rows: str) -> str:
    """The ids of the newest rows that concern the orgs of some parts of the tree, found org by org.

    `runs` are queries of the ids of one org `b`, the newest first, each by an index and of no more than `rows`.
    """
    each = " UNION ALL ".join(f"({run})" for run in runs)
    return f"""SELECT DISTINCT n.id FROM (SELECT DISTINCT g.id FROM {below(prefixes, "o.id")}) b
    CROSS JOIN LATERAL ({each}) n ORDER BY n.id DESC LIMIT {rows}"""  # noqa: S608 - put together from its callers' constants
