"""Indexes by which lists of the whole channel are read; made beside the running system, as in m0012."""

from tortoise import migrations
from tortoise.migrations import operations as ops

_INDEXES = {
    # Scan sessions of the whole channel that are open, were given up, or sold something.
    "scan_session_all_state": "ON scan_session (root_id, state, id DESC)",
    "scan_session_all_kind": "ON scan_session (root_id, kind, id DESC)",
    # Prices outside the limits of a seller, and those that somebody has asked for.
    "price_exception_of_seller": "ON price_exception (root_id, seller_id, id DESC)",
    "price_exception_asker": "ON price_exception (root_id, asked_by, id DESC)",
    # How far a recall is, which adds up what all its holders have answered.
    "recall_holder_progress": "ON recall_holder (root_id, recall_id) INCLUDE (read_at, answered_at, qty, set_aside)",
}


class Migration(migrations.Migration):
    """Without them, a few rows were looked for in all of the brand's."""

    atomic = False
    dependencies = [("qutong", "m0024_return_amounts")]

    operations = [
        ops.RunSQL(statement)
        for name, what in _INDEXES.items()
        for statement in (
            f"DROP INDEX CONCURRENTLY IF EXISTS {name}",  # what an interrupted attempt has left
            f"CREATE INDEX CONCURRENTLY {name} {what}",
        )
    ]
