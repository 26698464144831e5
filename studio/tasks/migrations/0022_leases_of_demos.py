from datetime import timedelta

from django.db import migrations
from django.utils import timezone


def end_made_up_leases(apps, schema_editor):
    """Earlier versions of `demo` had calls under way for years, which took the place of real ones. None lasts a day."""
    attempts = apps.get_model('tasks', 'Attempt').objects
    attempts.filter(state='sending', lease_until__gt=timezone.now() + timedelta(days=1)).update(lease_until=None)


class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0021_rehearsals'),
    ]

    operations = [
        migrations.RunPython(end_made_up_leases, migrations.RunPython.noop),
    ]
