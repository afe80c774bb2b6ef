"""Stocktakes: what was counted, what the books said at that moment, and what was decided about the difference."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """A stocktake has its sessions of scanning, its typed figures, and its lines once the counting is closed."""

    dependencies = [("qutong", "m0019_returns")]

    operations = [ops.RunSQL(Path(__file__).with_name("m0020_counts.sql").read_text("utf-8"))]
