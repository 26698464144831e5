import django.utils.timezone
from django.db import migrations, models


def count_no_rehearsal(apps, schema_editor):
    """What ran on the sandbox took nothing from any month."""
    sandboxes = apps.get_model('teams', 'Connection').objects.filter(is_sandbox=True).values('pk')
    tasks = apps.get_model('tasks', 'Task').objects
    tasks.filter(connection__in=sandboxes).update(counted_at=None, charge=0)


class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0020_attempt_path'),
    ]

    operations = [
        migrations.AlterField(
            model_name='task',
            name='counted_at',
            field=models.DateTimeField(default=django.utils.timezone.now, null=True),
        ),
        migrations.RunPython(count_no_rehearsal, migrations.RunPython.noop),
    ]
