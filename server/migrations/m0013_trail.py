"""Indexes by which the trail is read by days and by person; made beside the running system, as in m0012."""

from tortoise import migrations
from tortoise.migrations import operations as ops

_INDEXES = {
    # What was done in some days.
    "audit_entry_at": "ON audit_entry (root_id, at, id)",
    # What somebody did; what the system did by itself is nobody's.
    "audit_entry_person": "ON audit_entry (root_id, account_id, at, id) WHERE account_id IS NOT NULL",
}


class Migration(migrations.Migration):
    """Without them, a week long ago was looked for in all that was done since."""

    atomic = False
    dependencies = [("qutong", "m0012_speed")]

    operations = [
        ops.RunSQL(statement)
        for name, what in _INDEXES.items()
        for statement in (
            f"DROP INDEX CONCURRENTLY IF EXISTS {name}",  # what an interrupted attempt has left
            f"CREATE INDEX CONCURRENTLY {name} {what}",
        )
    ]
