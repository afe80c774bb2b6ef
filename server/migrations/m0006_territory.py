"""Who may sell what where."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Authorities: dealer × region × category, with a period."""

    dependencies = [("qutong", "m0005_archive")]

    operations = [ops.RunSQL((Path(__file__).with_name("m0006_territory.sql")).read_text("utf-8"))]
