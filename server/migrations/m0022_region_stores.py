"""How many stores lie in each region, counted as they come, move and go."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Without it, every store of a brand was counted whenever somebody asked who covers the country."""

    dependencies = [("qutong", "m0020_counts")]

    operations = [ops.RunSQL(Path(__file__).with_name("m0022_region_stores.sql").read_text("utf-8"))]
