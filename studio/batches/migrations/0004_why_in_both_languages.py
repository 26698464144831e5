"""Why a cell was left out or refused is kept in both languages; what stands there already is in one."""

from django.db import migrations, models


def keep(apps, schema_editor):
    cells = apps.get_model("batches", "Cell").objects.exclude(why_text="")
    for text in cells.order_by().values_list("why_text", flat=True).distinct():
        cells.filter(why_text=text).update(why=text)


class Migration(migrations.Migration):
    dependencies = [("batches", "0003_batch_private")]

    operations = [
        migrations.RenameField("cell", "why", "why_text"),
        migrations.AddField("cell", "why", models.JSONField(default=str)),
        migrations.RunPython(keep, migrations.RunPython.noop),
        migrations.RemoveField("cell", "why_text"),
    ]
