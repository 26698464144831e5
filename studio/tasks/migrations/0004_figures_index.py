from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0003_continued_attempts'),
        ('teams', '0002_connection_turned_on'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['team', 'operation', 'created_at', 'state', 'sent_at', 'finished_at'], name='figures_of_operations'),
        ),
    ]
