
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0002_partial_answer_and_recipe'),
        ('teams', '0002_connection_turned_on'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='attempt',
            name='gateway_id_bound_once',
        ),
        migrations.AddField(
            model_name='attempt',
            name='continued_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tasks.attempt'),
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('begun', 'Begun'), ('held', 'Held'), ('released', 'Released'), ('sending', 'Sending'), ('not_sent', 'Not sent'), ('refused', 'Refused'), ('unknown', 'Answer lost'), ('heard', 'News'), ('late', 'Late news, nothing changed'), ('no_word', 'Query without an answer'), ('incident', 'Incident'), ('cancelled', 'Cancelled'), ('looked', 'Looking again'), ('sent_again', 'Sent again'), ('written_off', 'Written off'), ('kept', 'Kept'), ('continued', 'Answered, another task goes on with it'), ('lost', 'Result lost')], max_length=30),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('gateway_id', ''), _negated=True), ('continued_by', None)), fields=('connection', 'gateway_id'), name='gateway_id_bound_once'),
        ),
    ]
