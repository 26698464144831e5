

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='attempt',
            name='heard_text',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='task',
            name='recipe',
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name='task',
            name='step',
            field=models.PositiveSmallIntegerField(null=True),
        ),
    ]
