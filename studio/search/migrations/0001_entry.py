import django.db.models.deletion
from django.db import migrations, models

import studio.search.fields

# Beginnings of up to six letters have lists of their own: without them FTS5 gathers all texts that hold any word with
# that beginning before it gives the first. Texts are folded already; nothing but the letters of ASCII is told apart.
SQLITE = """
    CREATE VIRTUAL TABLE search_words USING fts5(
        words, content='search_entry', content_rowid='id', columnsize=0, prefix='1 2 3 4 5 6',
        tokenize="ascii tokenchars '_'"
    )
"""
# Without a list of what is not yet in the index, which every search would read through.
POSTGRESQL = "CREATE INDEX entries_by_words ON search_entry USING gin (words) WITH (fastupdate = off)"


def make(_apps, editor):
    editor.execute(POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE)


def take_away(_apps, editor):
    editor.execute(
        "DROP INDEX entries_by_words" if editor.connection.vendor == "postgresql" else "DROP TABLE search_words"
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [("teams", "0004_invitation")]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("prompt", "Prompt"), ("preset", "Preset"), ("task", "Task")], max_length=10
                    ),
                ),
                ("of", models.BigIntegerField()),
                ("words", studio.search.fields.WordsField()),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="teams.team",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["team", "kind", "-id"], name="entries_newest_first")],
                "constraints": [models.UniqueConstraint(fields=("team", "kind", "of"), name="one_entry_each")],
            },
        ),
        migrations.RunPython(make, take_away),
    ]
