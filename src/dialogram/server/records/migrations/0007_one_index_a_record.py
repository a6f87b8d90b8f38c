import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0006_consents_signed_on'),
    ]

    operations = [
        migrations.AlterField(
            model_name='eventrecord',
            name='stream',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='records', to='records.stream'),
        ),
    ]
