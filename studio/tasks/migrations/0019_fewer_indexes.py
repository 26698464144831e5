
import django.db.models.deletion
import studio.tasks.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0018_task_private'),
        ('teams', '0008_more_acts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    # PostgreSQL: Django takes every index of a single column away together with its own, this constraint's too.
    operations = [
        migrations.RemoveConstraint(
            model_name='attempt',
            name='one_open_attempt_per_task',
        ),
        migrations.RemoveIndex(
            model_name='callback',
            name='tasks_callb_team_id_f696cf_idx',
        ),
        migrations.AlterField(
            model_name='attempt',
            name='connection',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='teams.connection'),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='continued_by',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tasks.attempt'),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='due_at',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='next_poll_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='public_id',
            field=models.CharField(default=studio.tasks.models.public_id, max_length=32),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='task',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='tasks.task'),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='team',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='teams.team'),
        ),
        migrations.AlterField(
            model_name='callback',
            name='attempt',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='callbacks', to='tasks.attempt'),
        ),
        migrations.AlterField(
            model_name='callback',
            name='public_id',
            field=models.CharField(max_length=32),
        ),
        migrations.AlterField(
            model_name='callback',
            name='team',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='teams.team'),
        ),
        migrations.AlterField(
            model_name='event',
            name='attempt',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tasks.attempt'),
        ),
        migrations.AlterField(
            model_name='event',
            name='person',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='event',
            name='task',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='tasks.task'),
        ),
        migrations.AlterField(
            model_name='event',
            name='team',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='teams.team'),
        ),
        migrations.AlterField(
            model_name='task',
            name='connection',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='teams.connection'),
        ),
        migrations.AlterField(
            model_name='task',
            name='parent',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='children', to='tasks.task'),
        ),
        migrations.AlterField(
            model_name='task',
            name='team',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='teams.team'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('next_poll_at__isnull', False)), fields=['next_poll_at'], name='queries_that_are_due'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('continued_by__isnull', False)), fields=['continued_by'], name='continued_attempts'),
        ),
        migrations.AddIndex(
            model_name='callback',
            index=models.Index(fields=['attempt', '-id'], name='newest_of_an_attempt'),
        ),
        migrations.AddIndex(
            model_name='callback',
            index=models.Index(fields=['public_id'], name='callbacks_to_an_address'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(fields=('public_id',), name='one_attempt_per_address'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(condition=models.Q(('open', True)), fields=('task',), name='one_open_attempt_per_task'),
        ),
    ]
