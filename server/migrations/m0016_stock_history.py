"""The past of stock: snapshots, sales by day, and indexes by which moves are read in the order of their time."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops

_INDEXES = {
    # The moves of a place for one reason, or for each of all, by their time.
    "stock_move_from_reason": "ON stock_move (root_id, from_location_id, reason, at, id)",
    "stock_move_to_reason": "ON stock_move (root_id, to_location_id, reason, at, id)",
    # Those of a product there.
    "stock_move_from_product": "ON stock_move (root_id, from_location_id, product_id, at, id)",
    "stock_move_to_product": "ON stock_move (root_id, to_location_id, product_id, at, id)",
}
_GONE = ("stock_move_from", "stock_move_to")  # the last two say the same, and when


class Migration(migrations.Migration):
    """The journal is in use while its indexes are made: one statement each, and no transaction around."""

    atomic = False
    dependencies = [("qutong", "m0015_stock")]

    operations = [
        ops.RunSQL(Path(__file__).with_name("m0016_stock_history.sql").read_text("utf-8")),
        *(
            ops.RunSQL(statement)
            for name, what in _INDEXES.items()
            for statement in (
                f"DROP INDEX CONCURRENTLY IF EXISTS {name}",  # what an interrupted attempt has left
                f"CREATE INDEX CONCURRENTLY {name} {what}",
            )
        ),
        *(ops.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {name}") for name in _GONE),
    ]
