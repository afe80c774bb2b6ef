-- `amount_fen`: what all that may come back of a line is worth. Until now it was the quantity times the average, rounded
-- down; what that left over stays with what has not been given back, and is in the next return.
ALTER TABLE goods_return_line ADD COLUMN amount_fen bigint;
UPDATE goods_return_line SET amount_fen = approved_qty * price_fen;
ALTER TABLE goods_return_line ALTER COLUMN amount_fen SET NOT NULL;
ALTER TABLE goods_return_line ADD CHECK (0 <= amount_fen AND amount_fen <= paid_fen);
