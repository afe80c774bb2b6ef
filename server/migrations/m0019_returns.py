"""Returns of goods to whom they were bought from, and papers of what comes of goods in quarantine."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """A return holds its lots by itself from the moment that it is asked for."""

    dependencies = [("qutong", "m0018_transfers")]

    operations = [ops.RunSQL(Path(__file__).with_name("m0019_returns.sql").read_text("utf-8"))]
