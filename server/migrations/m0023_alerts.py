"""Alerts about stock: thresholds, episodes, and what people have agreed about them."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """All tables are new."""

    dependencies = [("qutong", "m0022_region_stores")]

    operations = [ops.RunSQL(Path(__file__).with_name("m0023_alerts.sql").read_text("utf-8"))]
