from django.db import migrations


def fill(apps, schema_editor):
    """The table of the day on which this was written; what an office changed later is its own."""
    from kepu.plans.duties import DUTIES

    duty = apps.get_model("plans", "Duty")
    duty.objects.bulk_create(
        [duty(region_path="0/", word=word, unit=unit) for unit, words in DUTIES.items() for word in words],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_draft_and_ledger")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
