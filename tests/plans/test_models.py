import pytest
from django.db import DatabaseError, IntegrityError, transaction

from kepu.foundation.scope import PUBLIC, Scope
from kepu.plans.enums import PlanState
from kepu.plans.models import Assignment, Decision, LedgerTarget, LedgerTask, NumberFinding, Plan, Target, Version
from tests.plans import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.mark.parametrize(
    "terms",
    [
        {"value": None},
        {"comparator": "range"},
        {"value_max": 30},
        {"comparator": "range", "value_max": 10},
        {"period": "deadline"},
        {"period": "within_years"},
        {"period": "span", "start_year": 2027, "end_year": 2026},
        {"period": "sometime"},
    ],
)
def test_a_target_that_makes_no_sense_is_refused_by_the_database(terms):
    plan = make.plan()
    with pytest.raises(IntegrityError), transaction.atomic():
        make.target(plan, **terms)
    assert not Target.objects.exists()


def test_full_coverage_needs_no_value():
    assert make.target(make.plan(), value=None, unit="全覆盖").full_coverage


@pytest.mark.parametrize(
    "values",
    [
        {"resolution": "organisation"},
        {"resolution": "wildcard"},
        {"resolution": "as_printed", "wildcard": "members"},
        {"role": "boss"},
    ],
)
def test_a_unit_that_is_half_resolved_is_refused(values):
    task = make.task(make.plan())
    with pytest.raises(IntegrityError), transaction.atomic():
        make.unit(task, **values)
    assert not Assignment.objects.exists()


def test_a_unit_stands_once_on_a_task_unless_left_out():
    task = make.task(make.plan())
    make.unit(task, dropped=True)
    make.unit(task)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.unit(task)


def test_a_number_called_target_needs_its_target():
    plan = make.plan()
    with pytest.raises(IntegrityError), transaction.atomic():
        make.number(plan, kind="target")
    assert not NumberFinding.objects.exists()


def _titles(scope):
    return set(Plan.objects.visible_to(scope).values_list("title", flat=True))


def test_who_sees_which_plan():
    city = make.plan(make.CITY, title="city issued", state=PlanState.ISSUED)
    make.plan(make.CITY, title="city draft")
    make.plan(make.NORTH, title="north draft")
    make.plan(make.SOUTH, title="south issued", state=PlanState.ISSUED)
    make.plan(make.SOUTH, title="south public", state=PlanState.ISSUED, public=True)
    make.plan(make.SOUTH, title="south public draft", public=True)
    school, farm = (make.organisation(make.SOUTH, name) for name in ("县教育局", "县农业农村局"))
    make.ledger_task(city, (school,))

    assert _titles(Scope(regions=(make.NORTH,))) == {"city issued", "north draft"}
    assert _titles(Scope(regions=(make.CITY,))) == {
        "city issued", "city draft", "north draft", "south issued", "south public", "south public draft",
    }  # fmt: skip
    assert _titles(Scope(organisations=frozenset({school.pk}))) == {"city issued"}
    assert _titles(Scope(organisations=frozenset({farm.pk}))) == set()
    assert _titles(PUBLIC) == {"south public"}
    assert _titles(Scope()) == set()


def test_a_county_sees_exactly_the_city_tasks_that_name_its_units():
    city = make.plan(make.CITY, state=PlanState.ISSUED)
    in_north, in_south, in_city = (make.organisation(region) for region in (make.NORTH, make.SOUTH, make.CITY))
    both = make.ledger_task(city, (in_north, in_south))
    south = make.ledger_task(city, (in_south,))
    make.ledger_task(city, (in_city,))
    shown = make.ledger_task(city, (in_city,), public=True)
    own = make.ledger_task(make.plan(make.NORTH, state=PlanState.ISSUED))

    def ids(scope):
        return set(LedgerTask.objects.visible_to(scope).values_list("pk", flat=True))

    assert ids(Scope(regions=(make.NORTH,))) == {both.pk, own.pk}
    assert ids(Scope(regions=(make.SOUTH,))) == {both.pk, south.pk}
    assert ids(Scope(organisations=frozenset({in_south.pk}))) == {both.pk, south.pk}
    assert ids(PUBLIC) == {shown.pk}


def test_a_target_is_seen_by_the_units_of_its_task_and_by_the_owner_of_the_figure():
    city = make.plan(make.CITY, state=PlanState.ISSUED)
    in_north, in_city = make.organisation(make.NORTH), make.organisation(make.CITY)
    named = make.ledger_target(make.ledger_task(city, (in_north,)))
    owned = make.ledger_target(make.ledger_task(city, (in_city,)), data_owner=in_north)

    assert set(LedgerTarget.objects.visible_to(Scope(organisations=frozenset({in_north.pk})))) == {named, owned}
    assert set(LedgerTarget.objects.visible_to(Scope(regions=(make.NORTH,)))) == {named, owned}
    assert set(LedgerTarget.objects.visible_to(Scope(regions=(make.SOUTH,)))) == set()


def test_an_issued_version_and_a_decision_never_change():
    plan = make.plan()
    version = Version.objects.create(plan=plan, number=1, content={}, digest="0" * 64, issued_at=make.NOW)
    decision = Decision.objects.create(plan=plan, region_path=plan.region_path, act="edit", changes=[], at=make.NOW)
    for row in (version, decision):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(plan=plan)
        with pytest.raises(DatabaseError), transaction.atomic():
            row.delete()


def test_a_later_version_says_why():
    plan = make.plan()
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(plan=plan, number=2, content={}, digest="0" * 64, issued_at=make.NOW)
