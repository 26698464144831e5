import django.db.models.deletion
import django.utils.timezone
import studio.tasks.fields
import studio.teams.borders
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ('library', '0002_borders'),
        ('tasks', '0011_attempt_id_is_certain'),
        ('teams', '0004_invitation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operation', models.CharField(max_length=80)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('values', studio.tasks.fields.ExactJSON(default=dict)),
                ('extras', studio.tasks.fields.ExactJSON(default=dict)),
                ('fates', models.JSONField(default=dict)),
                ('axes', models.JSONField(default=list)),
                ('size', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('running', 'Running'), ('paused', 'Paused'), ('cancelled', 'Cancelled')], default='running', max_length=10)),
                ('nonce', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='teams.connection')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='teams.team')),
                ('version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='library.presetversion')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Cell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('place', models.JSONField(default=list)),
                ('changed', studio.tasks.fields.ExactJSON(default=dict)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('begun', 'Begun'), ('excluded', 'Left out'), ('refused', 'Refused'), ('cancelled', 'Cancelled')], default='waiting', max_length=10)),
                ('why', models.TextField(blank=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cells', to='batches.batch')),
                ('task', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tasks.task')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='teams.team')),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='CellStar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cell', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stars', to='batches.cell')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='teams.team')),
            ],
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.UniqueConstraint(fields=('team', 'nonce'), name='one_batch_per_nonce'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.UniqueConstraint(fields=('team', 'id'), name='batches_of_a_team'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=studio.teams.borders.OneTeam(fields=['connection', 'version'], name='batch_in_one_team'),
        ),
        migrations.AddIndex(
            model_name='cell',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['batch', 'number'], name='cells_waiting'),
        ),
        migrations.AddConstraint(
            model_name='cell',
            constraint=models.UniqueConstraint(fields=('batch', 'number'), name='cells_are_numbered'),
        ),
        migrations.AddConstraint(
            model_name='cell',
            constraint=models.UniqueConstraint(fields=('team', 'id'), name='cells_of_a_team'),
        ),
        migrations.AddConstraint(
            model_name='cell',
            constraint=studio.teams.borders.OneTeam(fields=['batch', 'task'], name='cell_in_one_team'),
        ),
        migrations.AddConstraint(
            model_name='cellstar',
            constraint=models.UniqueConstraint(fields=('cell', 'person'), name='one_star_per_person_and_cell'),
        ),
        migrations.AddConstraint(
            model_name='cellstar',
            constraint=studio.teams.borders.OneTeam(fields=['cell'], name='cell_star_in_one_team'),
        ),
    ]
