"""The archive of an org: terms, people, papers, place, and words to be found by."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Filled by the channel."""

    dependencies = [("qutong", "m0004_payment")]

    operations = [ops.RunSQL("SELECT 1")]
