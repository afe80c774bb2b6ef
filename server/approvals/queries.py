"""Statements about approvals."""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

from server.approvals.people import ADMINISTRATORS, steps_of, takes

FLOW = """
(SELECT f.id FROM approval_flow f WHERE f.root_id = {root} AND f.org_id = {org} AND f.subject_kind = {kind}
 AND f.replaced_at IS NULL)"""
"""The present flow of an org for a kind of document, for the statement that asks."""

_FACTS = f"""
SELECT a.id, a.root_id, a.subject_kind, a.subject_id, a.number, a.org_id, a.buyer_id, a.amount_fen, a.step_no,
       s.name AS step_name, s.who, s.reps_first, s.escalate_to, a.escalated_at IS NOT NULL AS is_escalated, a.state,
       a.decided_by, d.name AS decided_by_name, a.decided_at, a.reason, a.created_at,
       CASE WHEN a.state = 'pending' THEN a.proposal::text END AS proposal
FROM approval a LEFT JOIN account d ON d.id = a.decided_by
JOIN LATERAL (SELECT * FROM ({steps_of("a")}) z WHERE z.no = a.step_no) s ON true
WHERE a.root_id = $1
"""
BY_ID = _FACTS + " AND a.id = $2"
BY_SUBJECT = _FACTS + " AND a.subject_kind = $2 AND a.subject_id = $3"
OF_MANY = _FACTS.replace("a.root_id = $1", "a.root_id = ANY ($1::bigint[])") + (
    " AND a.subject_kind = $2 AND a.subject_id = ANY ($3::bigint[])"
)

OPEN = f"""
INSERT INTO approval (root_id, subject_kind, subject_id, number, org_id, buyer_id, amount_fen, flow_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, {FLOW.format(root="$1", org="$5", kind="$2")}, $8) RETURNING id
"""

# The decision, and the step that it was taken at; a withdrawn question takes no step.
CLOSE = """
WITH closed AS (
    UPDATE approval SET state = $4, decided_by = $5, decided_at = $6, reason = $7, surface = $8
    WHERE root_id = $1 AND subject_kind = $2 AND subject_id = $3 AND state = 'pending'
    RETURNING id, step_no
), taken AS (
    INSERT INTO approval_taken (root_id, approval_id, step_no, reached, decision, account_id, at)
    SELECT $1, id, step_no, greatest(step_no, $9), $4, $5, $6 FROM closed WHERE $4 <> 'void'
)
SELECT id FROM closed
"""


def held(account: str, today: str) -> str:
    """Which steps of the approval `a` an account may take, as a subquery: those given to it, of its own right or in the
    place of one who is away; the present one when it was escalated to it; all of them as an administrator."""
    return f"""
(SELECT coalesce(array_agg(DISTINCT s.no), '{{}}') FROM ({steps_of("a")}) s
 JOIN account h ON h.org_id = a.org_id AND h.status = 'active'
  AND (h.id = {account} OR h.id IN (
        SELECT u.account_id FROM substitute u
        WHERE u.substitute_id = {account} AND {today} BETWEEN u.from_on AND u.until_on))
  AND ({takes("s.who", "h")} OR {takes(f"'{ADMINISTRATORS}'", "h")}
       OR s.no = a.step_no AND a.escalated_at IS NOT NULL AND {takes("s.escalate_to", "h")}))"""


STEPS = f"(SELECT json_agg(row_to_json(s) ORDER BY s.no)::text FROM ({steps_of('a')}) s)"

STANDING = f"""
SELECT a.id, a.step_no, a.proposal::text AS proposal, coalesce(f.in_turn, false) AS in_turn, {STEPS} AS steps,
       {held("$4", "$5::date")} AS held
FROM approval a LEFT JOIN approval_flow f ON f.root_id = a.root_id AND f.id = a.flow_id
WHERE a.root_id = $1 AND a.subject_kind = $2 AND a.subject_id = $3 AND a.state = 'pending'
"""

# One step of several is taken: what was proposed is kept, and the next one is asked for.
ADVANCE = """
WITH passed AS (
    UPDATE approval SET step_no = $4, step_at = $5, proposal = $6::text::jsonb, reminded_at = NULL, escalated_at = NULL
    WHERE root_id = $1 AND id = $2 AND state = 'pending' AND step_no = $3
    RETURNING id
)
INSERT INTO approval_taken (root_id, approval_id, step_no, reached, decision, account_id, at)
SELECT $1, id, $3, $7, 'approved', $8, $5 FROM passed
"""

TAKEN = """
(SELECT json_agg(json_build_object('step_no', t.step_no, 'reached', t.reached, 'decision', t.decision, 'name', c.name,
                                   'at', t.at) ORDER BY t.step_no)::text
 FROM approval_taken t LEFT JOIN account c ON c.id = t.account_id
 WHERE t.root_id = a.root_id AND t.approval_id = a.id)"""

LIST = f"""
SELECT a.id, a.subject_kind, a.subject_id, a.number, a.org_id, a.buyer_id, a.amount_fen, a.step_no, a.state,
       a.decided_at, a.reason, a.created_at, a.proposal::text AS proposal, b.name AS buyer_name,
       d.name AS decided_by_name,
       {STEPS} AS steps, {TAKEN} AS taken, coalesce(f.in_turn, false) AS in_turn,
       {held("$7", "$8::date")} AS held,
       a.escalated_at IS NOT NULL AS is_escalated
FROM approval a
JOIN org b ON b.id = a.buyer_id
LEFT JOIN approval_flow f ON f.root_id = a.root_id AND f.id = a.flow_id
LEFT JOIN account d ON d.id = a.decided_by
WHERE a.root_id = $1 AND a.org_id = $2 AND a.state = $3 AND b.path LIKE ANY ($4::text[])
  AND a.id < $5
ORDER BY a.id DESC
LIMIT $6
"""

PRESENT_FLOW = """
SELECT f.id, f.in_turn, a.name AS made_by, f.made_at,
       (SELECT json_agg(row_to_json(s) ORDER BY s.no)::text FROM approval_step s
        WHERE s.root_id = f.root_id AND s.flow_id = f.id) AS steps
FROM approval_flow f LEFT JOIN account a ON a.id = f.made_by
WHERE f.root_id = $1 AND f.org_id = $2 AND f.subject_kind = $3 AND f.replaced_at IS NULL
"""

# Who saves at the same moment waits for the org's row, and then finds that the flow is not the one he has read.
LOCK_ORG = "SELECT 1 FROM org WHERE id = $1 FOR UPDATE"

REPLACE_FLOW = """
UPDATE approval_flow SET replaced_at = $4
WHERE root_id = $1 AND org_id = $2 AND subject_kind = $3 AND replaced_at IS NULL
"""

WRITE_FLOW = """
WITH made AS (
    INSERT INTO approval_flow (root_id, org_id, subject_kind, in_turn, made_by, made_at)
    VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
), steps AS (
    INSERT INTO approval_step (root_id, flow_id, no, name, who, reps_first, above_fen, over_credit, first_order,
                               below_guide_pct, remind_hours, escalate_hours, escalate_to)
    SELECT $1, made.id, t.n, t.name, t.who, t.reps_first, t.above_fen, t.over_credit, t.first_order, t.below_guide_pct,
           t.remind_hours, t.escalate_hours, t.escalate_to
    FROM made, unnest($7::text[], $8::text[], $9::boolean[], $10::bigint[], $11::boolean[], $12::boolean[],
                      $13::smallint[], $14::smallint[], $15::smallint[], $16::text[]) WITH ORDINALITY
        AS t (name, who, reps_first, above_fen, over_credit, first_order, below_guide_pct, remind_hours, escalate_hours,
              escalate_to, n)
)
SELECT id FROM made
"""
