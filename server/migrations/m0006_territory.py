"""Who may sell what where."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Filled by the territory."""

    dependencies = [("qutong", "m0005_archive")]

    operations = [ops.RunSQL("SELECT 1")]
