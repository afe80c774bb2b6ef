-- Rebates ----------------------------------------------------------------------------------------------------

-- Every seller has agreed with all its buyers; an agreement has the number of its seller.
INSERT INTO rebate_agreement (id, root_id, number, seller_id, name, audience, every, from_on, until_on, rule, state,
                              made_by, made_at, approved_at)
SELECT o.id, {brand}, 'FL' || o.id, o.id, '进货返利', 'all', 'month', '2026-01-01', '2026-12-31',
       jsonb_build_object('terms', jsonb_build_array(jsonb_build_object(
           'name', '', 'indicator', 'amount', 'reward', 'percent',
           'steps', jsonb_build_array(jsonb_build_object('reach', 100000, 'value', 200))))),
       'approved', o.id, timestamptz '2025-12-20', timestamptz '2025-12-21'
FROM org o WHERE o.kind <> 'store';

-- Ten months of each buyer; all but the last wait for finance, so that nothing is owed in the journal.
INSERT INTO rebate_progress (root_id, agreement_id, period_no, buyer_id, seller_id, from_on, until_on, amount_fen, fen,
                             outcome, as_of, settled_fen, settled_at)
SELECT {brand}, b.parent_id, m.no, b.id, b.parent_id, d.first, (d.first + interval '1 month')::date - 1, 200000, 4000,
       jsonb_build_object(
           'amount_fen', 200000, 'earned_fen', 4000, 'fen', 4000, 'refused', false,
           'terms', jsonb_build_array(jsonb_build_object(
               'measure', 200000, 'compared', 0, 'amount_fen', 200000, 'quantity', 10, 'step', 1, 'missing', NULL,
               'fen', 4000))),
       d.first + interval '1 month', NULL::bigint, NULL::timestamptz
FROM org b CROSS JOIN generate_series(1, 10) AS m (no)
CROSS JOIN LATERAL (SELECT make_date(2026, m.no, 1) AS first) d
WHERE b.parent_id IS NOT NULL;

INSERT INTO rebate_period (root_id, agreement_id, period_no, from_on, until_on, state, buyers, amount_fen, fen, settled,
                           settled_fen)
SELECT root_id, agreement_id, period_no, from_on, until_on, CASE WHEN period_no < 10 THEN 'waiting' ELSE 'open' END,
       count(*), sum(amount_fen), sum(fen), count(settled_fen), coalesce(sum(settled_fen), 0)
FROM rebate_progress GROUP BY 1, 2, 3, 4, 5;
