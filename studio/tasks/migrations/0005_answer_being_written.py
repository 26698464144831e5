from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0004_figures_index'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('begun', 'Begun'), ('held', 'Held'), ('released', 'Released'), ('sending', 'Sending'), ('writing', 'Being written'), ('not_sent', 'Not sent'), ('refused', 'Refused'), ('unknown', 'Answer lost'), ('heard', 'News'), ('late', 'Late news, nothing changed'), ('no_word', 'Query without an answer'), ('incident', 'Incident'), ('cancelled', 'Cancelled'), ('looked', 'Looking again'), ('sent_again', 'Sent again'), ('written_off', 'Written off'), ('kept', 'Kept'), ('continued', 'Answered, another task goes on with it'), ('lost', 'Result lost')], max_length=30),
        ),
    ]
