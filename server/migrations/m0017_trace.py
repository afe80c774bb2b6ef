"""Trace codes and the way of each case, diversions, recalls."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """What is made but not yet sold is a range, whatever its size; a row is kept of what was bound to a document."""

    dependencies = [("qutong", "m0016_stock_history")]

    operations = [ops.RunSQL(Path(__file__).with_name("m0017_trace.sql").read_text("utf-8"))]
