-- What a place held just before a moment: the sum of all moves before it. A place has one when enough has moved since
-- the last (server/stock/snapshots.py); a day in the past is read from the nearest, and the moves between.
CREATE TABLE IF NOT EXISTS stock_snapshot (
    root_id     bigint NOT NULL,
    location_id bigint NOT NULL,
    before      timestamptz NOT NULL,
    product_id  bigint NOT NULL,
    lot_id      bigint NOT NULL,
    on_hand     bigint NOT NULL CHECK (on_hand <> 0),
    PRIMARY KEY (root_id, location_id, before, product_id, lot_id)
);
CREATE TABLE IF NOT EXISTS stock_snapshot_head (
    root_id     bigint NOT NULL,
    location_id bigint NOT NULL,
    before      timestamptz NOT NULL,
    taken_at    timestamptz NOT NULL,
    PRIMARY KEY (root_id, location_id, before)
);

-- What an org sold to consumers of a product on a day, in base units: a projection of the moves with reason `sale`,
-- kept in their transaction, by the day of the sale and not that of the booking.
CREATE TABLE IF NOT EXISTS sale_day (
    root_id    bigint NOT NULL,
    org_id     bigint NOT NULL REFERENCES org (id),
    day        date NOT NULL,
    product_id bigint NOT NULL,
    qty        bigint NOT NULL CHECK (qty > 0),
    PRIMARY KEY (root_id, org_id, day, product_id)
);
CREATE INDEX IF NOT EXISTS sale_day_org_product ON sale_day (root_id, org_id, product_id, day);
-- For who sees the whole brand.
CREATE INDEX IF NOT EXISTS sale_day_all ON sale_day (root_id, day, org_id, product_id);
CREATE INDEX IF NOT EXISTS sale_day_product ON sale_day (root_id, product_id, day, org_id);

-- What tills have reported: so that the same file twice sells nothing twice. Without a ticket, all of a day's.
CREATE TABLE IF NOT EXISTS till_sale (
    root_id    bigint NOT NULL,
    org_id     bigint NOT NULL REFERENCES org (id),
    day        date NOT NULL,
    ticket     text NOT NULL,
    product_id bigint NOT NULL,
    qty        bigint NOT NULL CHECK (qty > 0),
    account_id bigint,
    at         timestamptz NOT NULL,
    PRIMARY KEY (root_id, org_id, day, ticket, product_id)
);

-- From how many days before its end a product of a category is told of; without a row: server/stock/freshness.py.
CREATE TABLE IF NOT EXISTS freshness_rule (
    root_id     bigint NOT NULL,
    category_id bigint NOT NULL REFERENCES category (id),
    soon_days   integer NOT NULL CHECK (soon_days BETWEEN 1 AND 3650),
    version     integer NOT NULL DEFAULT 1,
    updated_by  bigint,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (root_id, category_id)
);
