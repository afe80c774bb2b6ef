"""Checks of the ways of cases (S1.4): each is in one hand, and came there by documents that goods passed with."""

from __future__ import annotations

from tests.invariants.asking import check

# The documents by which goods pass from one org to another, and how much of each lot left with them.
_PAPERS = """
papers AS (
    SELECT root_id, 'goods_issue' AS kind, id, seller_id AS from_id, buyer_id AS to_id FROM goods_issue
    UNION ALL
    SELECT root_id, 'transfer', id, from_org_id, to_org_id FROM transfer WHERE state IN ('issued', 'received', 'closed')
    UNION ALL
    SELECT root_id, 'return', id, buyer_id, seller_id FROM goods_return WHERE state IN ('issued', 'received', 'closed')
), goods AS (
    SELECT root_id, 'goods_issue' AS kind, issue_id AS id, lot_id, qty FROM goods_issue_line
    UNION ALL SELECT root_id, 'transfer', transfer_id, lot_id, qty FROM transfer_lot
    UNION ALL SELECT root_id, 'return', return_id, lot_id, qty FROM goods_return_lot
)
"""


@check
def hands_equal_their_documents() -> str:
    """Each hand is a document that goods left with, from its giver to its receiver."""
    return f"""
    WITH {_PAPERS}
    SELECT format('%s %s: the hand goes from %s to %s, the document from %s to %s', h.document_kind, h.document_id,
                  h.from_id, h.to_id, p.from_id, p.to_id)
    FROM trace_hand h
    LEFT JOIN papers p ON p.root_id = h.root_id AND p.kind = h.document_kind AND p.id = h.document_id
    WHERE ($1::bigint IS NULL OR h.root_id = $1) AND (h.from_id, h.to_id) IS DISTINCT FROM (p.from_id, p.to_id)
    """


@check
def cases_go_from_hand_to_hand() -> str:
    """A case begins with the brand, each hand gives what the one before got, and the last of them is the present."""
    return """
    WITH steps AS (
        SELECT c.root_id, c.range_id, c.no, x.step, h.id AS hand_id, h.from_id,
               lag(h.to_id, 1, c.root_id) OVER w AS holder, c.hand_id AS present,
               x.step = cardinality(c.hands) AS is_last, count(*) OVER (PARTITION BY c.root_id, c.range_id, c.no,
                                                                        x.hand_id) AS times
        FROM trace_code c CROSS JOIN LATERAL unnest(c.hands) WITH ORDINALITY AS x (hand_id, step)
        LEFT JOIN trace_hand h ON h.root_id = c.root_id AND h.id = x.hand_id
        WHERE ($1::bigint IS NULL OR c.root_id = $1)
        WINDOW w AS (PARTITION BY c.root_id, c.range_id, c.no ORDER BY x.step)
    )
    SELECT format('case %s/%s step %s: given by %s, held by %s (%s times)', range_id, no, step, from_id, holder, times)
    FROM steps
    WHERE from_id IS DISTINCT FROM holder OR times > 1 OR (is_last AND hand_id IS DISTINCT FROM present)
    UNION ALL
    SELECT format('case %s/%s is of lot %s, its range of %s (%s cases)', c.range_id, c.no, c.lot_id, r.lot_id, r.count)
    FROM trace_code c LEFT JOIN trace_range r ON r.root_id = c.root_id AND r.id = c.range_id
    WHERE ($1::bigint IS NULL OR c.root_id = $1)
      AND NOT coalesce(c.no BETWEEN 1 AND r.count AND coalesce(r.lot_id, c.lot_id) = c.lot_id, false)
    """


@check
def no_more_cases_pass_than_goods() -> str:
    """Of each lot, at most as much as left with a document passed with it in cases."""
    return f"""
    WITH {_PAPERS}, bound AS (
        SELECT c.root_id, x.hand_id, c.lot_id, sum(r.unit_qty) AS qty
        FROM trace_code c CROSS JOIN LATERAL unnest(c.hands) AS x (hand_id)
        JOIN trace_range r ON r.root_id = c.root_id AND r.id = c.range_id
        WHERE ($1::bigint IS NULL OR c.root_id = $1) GROUP BY 1, 2, 3
    ), left_with AS (SELECT root_id, kind, id, lot_id, sum(qty) AS qty FROM goods GROUP BY 1, 2, 3, 4)
    SELECT format('%s %s lot %s: %s left, cases of %s are bound', h.document_kind, h.document_id, b.lot_id, g.qty,
                  b.qty)
    FROM bound b JOIN trace_hand h ON h.root_id = b.root_id AND h.id = b.hand_id
    LEFT JOIN left_with g ON g.root_id = h.root_id AND g.kind = h.document_kind AND g.id = h.document_id
                         AND g.lot_id = b.lot_id
    WHERE b.qty > coalesce(g.qty, 0)
    """
