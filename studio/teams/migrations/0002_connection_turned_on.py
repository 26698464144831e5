from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="turned_on",
            field=models.JSONField(blank=True, default=list, verbose_name="operations turned on"),
        ),
    ]
