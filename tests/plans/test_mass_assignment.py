"""A request may carry any field of a row; only those that its form names are ever written (S4)."""

from datetime import date

import pytest

from kepu.plans.models import Assignment, Section, Target, Task
from kepu.plans.views.acts import FORMS
from tests import world as places
from tests.plans import factories as make

pytestmark = pytest.mark.django_db
MODELS = {"section": Section, "task": Task, "assignment": Assignment, "target": Target}
OTHER = {"BooleanField": "on", "FloatField": "0.1", "JSONField": "[[0, 1]]", "DateField": "2031-01-01"}
# what saving itself sets on every row, and the owner, whose field the form adds by hand
SET_BY_SAVING = {"touched", "version"}
BY_HAND = {"target": {"data_owner"}}


@pytest.fixture
def rows(world):
    plan = make.plan(places.COUNTY_A)
    section = make.section(plan)
    task = make.task(plan, section=section)
    return {
        "section": section,
        "task": task,
        "assignment": make.unit(task, "县教体局"),
        "target": make.target(plan, task),
    }


def stored(row):
    return type(row).objects.filter(pk=row.pk).values().get()


def hostile(row):
    """Another value for every column of the row, valid ones where the form takes it."""
    given = {}
    for field in row._meta.concrete_fields:
        now = getattr(row, field.attname)
        if field.choices:
            given[field.name] = next(value for value, _label in field.choices if value != now)
        elif field.is_relation or "Integer" in field.get_internal_type() or field.primary_key:
            given[field.name] = "7"
        else:
            given[field.name] = OTHER.get(field.get_internal_type(), "7")
    return given | {"seen": row.version} | VALID.get(row._meta.model_name, {})


VALID = {"target": {"comparator": ">=", "period": "deadline", "year": "2031", "data_owner": ""}}


@pytest.mark.parametrize("kind", MODELS)
def test_only_the_fields_of_the_form_are_written(world, rows, kind):
    row = rows[kind]
    before = {name: stored(one) for name, one in rows.items()}
    given = hostile(row)
    answer = world.sign_in("clerk", places.COUNTY_A).post(
        f"/desk/plans/{row.plan_id}/review/{kind}/{row.pk}/save/", given
    )
    assert answer.status_code == 302
    after = stored(row)
    changed = {row._meta.get_field(name).name for name in after if after[name] != before[kind][name]}
    allowed = set(FORMS[kind]._meta.fields) | BY_HAND.get(kind, set())
    assert changed - SET_BY_SAVING <= allowed
    assert changed & allowed  # the request did something, so the test can fail
    assert {name: stored(one) for name, one in rows.items() if name != kind} == {
        name: values for name, values in before.items() if name != kind
    }


def test_the_running_state_takes_its_own_fields_only(world):
    task = make.ledger_task(make.plan(places.COUNTY_A, state="issued"))
    before = stored(task)
    given = {field.name: "7" for field in task._meta.concrete_fields} | {
        "state": "done", "state_note": "已印发", "seen": task.version, "due_on": date(2031, 1, 1), "current": "", "public": "on",
    }  # fmt: skip
    world.sign_in("clerk", places.COUNTY_A).post(f"/desk/ledger/{task.pk}/state/", given)
    after = stored(task)
    assert {name for name in after if after[name] != before[name]} == {"state", "state_note", "state_on", "version"}


def test_the_particulars_of_a_plan_take_their_own_fields_only(world):
    plan = make.plan(places.COUNTY_A)
    before = stored(plan)
    given = {field.name: "7" for field in plan._meta.concrete_fields} | {
        "title": "新题目", "kind": "opinion", "issued_on": "2026-09-01", "start_year": "2027", "end_year": "2031",
        "seen": plan.version, "state": "issued", "public": "on", "region_path": places.COUNTY_B,
    }  # fmt: skip
    world.sign_in("clerk", places.COUNTY_A).post(f"/desk/plans/{plan.pk}/particulars/", given)
    after = stored(plan)
    assert {name for name in after if after[name] != before[name]} == {
        "title", "kind", "issuing_body", "document_number", "issued_on", "start_year", "end_year", "version",
    }  # fmt: skip
    assert after["version"] == before["version"] + 1
