-- How many stores lie in each region: the sum of its rows. Whatever writes to `org` adds a row and changes none, so
-- nobody waits for another one's stores; the schedule adds rows up (server/channel/counted.py).
CREATE TABLE region_stores (
    root_id     bigint NOT NULL,
    region_code text COLLATE "C" NOT NULL,
    stores      integer NOT NULL CHECK (stores <> 0)
);
CREATE INDEX region_stores_place ON region_stores (root_id, region_code) INCLUDE (stores);

CREATE FUNCTION count_stores() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO region_stores SELECT root_id, region_code, count(*) FROM came WHERE kind = 'store' GROUP BY 1, 2;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO region_stores SELECT root_id, region_code, -count(*) FROM went WHERE kind = 'store' GROUP BY 1, 2;
    ELSE
        INSERT INTO region_stores VALUES (OLD.root_id, OLD.region_code, -1), (NEW.root_id, NEW.region_code, 1);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER org_stores_came AFTER INSERT ON org REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION count_stores();
CREATE TRIGGER org_stores_went AFTER DELETE ON org REFERENCING OLD TABLE AS went
    FOR EACH STATEMENT EXECUTE FUNCTION count_stores();
CREATE TRIGGER org_stores_moved AFTER UPDATE OF region_code ON org FOR EACH ROW
    WHEN (NEW.kind = 'store' AND OLD.region_code <> NEW.region_code) EXECUTE FUNCTION count_stores();

INSERT INTO region_stores SELECT root_id, region_code, count(*) FROM org WHERE kind = 'store' GROUP BY 1, 2;
