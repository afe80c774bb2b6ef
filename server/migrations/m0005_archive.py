"""The archive of an org: terms, people, papers, place, and words to be found by."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """What is found by a part of its name is found by index."""

    dependencies = [("qutong", "m0004_payment")]

    operations = [ops.RunSQL((Path(__file__).with_name("m0005_archive.sql")).read_text("utf-8"))]
