-- Searching: the pairs of neighbouring signs of a text whose words are parted by spaces, with a pair " x" where a
-- word begins, and each sign outside ASCII alone too (server/core/search.py).
CREATE FUNCTION bigrams(words text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    sign text;
    before text := ' ';
    found text[] := '{}';
BEGIN
    FOREACH sign IN ARRAY string_to_array(words, NULL) LOOP
        IF sign <> ' ' THEN
            found := found || (before || sign);
            IF sign COLLATE "C" > '~' THEN
                found := found || sign;
            END IF;
        END IF;
        before := sign;
    END LOOP;
    RETURN found;
END
$$;

UPDATE product SET search_text = lower(normalize(search_text, NFKC)) WHERE search_text <> lower(normalize(search_text, NFKC));
ALTER TABLE product ADD COLUMN grams text[] GENERATED ALWAYS AS (bigrams(search_text)) STORED;
CREATE INDEX product_grams ON product USING gin (grams) WITH (gin_pending_list_limit = 256);
