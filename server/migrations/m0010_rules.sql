-- What a seller asks of its buyers' orders. `audience`: all, grade:<grade>, group:<price group>, region:<code>,
-- buyer:<org>; of several that fit, the one of the highest rank holds (server/rules/audience.py).
CREATE TABLE order_rule (
    root_id     bigint NOT NULL,
    seller_id   bigint NOT NULL REFERENCES org (id),
    audience    text NOT NULL CHECK (audience <> ''),
    kind        text NOT NULL CHECK (kind IN ('minimum', 'goods', 'calendar')),
    product_id  bigint NOT NULL DEFAULT 0,
    category_id bigint NOT NULL DEFAULT 0,
    rank        smallint NOT NULL,
    min_fen     bigint CHECK (min_fen > 0),
    min_qty     integer CHECK (min_qty > 0),
    multiple    integer CHECK (multiple > 0),
    whole_cases boolean NOT NULL DEFAULT false,
    weekdays    smallint[],
    cut_off     time,
    lead_days   smallint CHECK (lead_days BETWEEN 0 AND 60),
    PRIMARY KEY (root_id, seller_id, audience, kind, product_id, category_id),
    CHECK (product_id = 0 OR category_id = 0),
    CHECK (kind = 'goods' OR product_id = 0 AND category_id = 0),
    CHECK ((kind = 'minimum') = (min_fen IS NOT NULL)),
    CHECK ((kind = 'calendar') = (weekdays IS NOT NULL AND lead_days IS NOT NULL)),
    CHECK (kind <> 'goods' OR min_qty IS NOT NULL OR multiple IS NOT NULL OR whole_cases)
);

-- Raised with every change, so that nobody overwrites what he has not seen.
CREATE TABLE order_rule_set (
    root_id    bigint NOT NULL,
    seller_id  bigint NOT NULL REFERENCES org (id),
    version    integer NOT NULL,
    updated_by bigint,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (root_id, seller_id)
);

-- Days that are not like their weekday: holidays (closed), and weekends on which work is made up for (open).
CREATE TABLE calendar_day (
    root_id   bigint NOT NULL,
    seller_id bigint NOT NULL REFERENCES org (id),
    day       date NOT NULL,
    is_open   boolean NOT NULL,
    name      text NOT NULL DEFAULT '',
    PRIMARY KEY (root_id, seller_id, day)
);
