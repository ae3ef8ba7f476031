from django.db import migrations
from django.db.models import Case, F, IntegerField, OuterRef, Subquery, When

ROLES = ("lead", "co_lead", "responsible", "cooperate")


def fill(apps, schema_editor):
    """A plan is in hand with who began it; a task of the ledger is answered for by the strongest unit that it prints."""
    apps.get_model("plans", "Plan").objects.filter(kept_by=None).update(kept_by=F("created_by"))
    rank = Case(*(When(role=role, then=place) for place, role in enumerate(ROLES)), output_field=IntegerField())
    units = apps.get_model("plans", "LedgerUnit").objects.filter(task=OuterRef("pk"), of=None)
    first = units.order_by(rank, "position", "id").values("name")[:1]
    apps.get_model("plans", "LedgerTask").objects.update(answering=Subquery(first))


class Migration(migrations.Migration):
    dependencies = [("plans", "0003_plan_kept_by_task_answering")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
