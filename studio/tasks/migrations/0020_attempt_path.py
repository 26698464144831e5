
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0019_fewer_indexes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='attempt',
            name='path',
            field=models.TextField(blank=True),
        ),
    ]
