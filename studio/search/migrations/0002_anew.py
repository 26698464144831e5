"""Emoji are words now. What was put into the index before is put in again: `setup` fills what is empty."""

from django.db import migrations


def empty(apps, editor):
    apps.get_model("search", "Entry").objects.all().delete()
    if editor.connection.vendor != "postgresql":
        editor.execute("INSERT INTO search_words (search_words) VALUES ('delete-all')")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_entry")]

    operations = [migrations.RunPython(empty, migrations.RunPython.noop)]
