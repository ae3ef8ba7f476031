"""The roll of a full-coverage promise."""

import pytest
from django.urls import reverse

from kepu.plans.models import RollItem
from tests import world as places
from tests.plans import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def promise(world):
    """A full-coverage target of county A, on a task of the education bureau."""
    plan = make.plan(places.COUNTY_A, state="issued")
    target = make.ledger_target(make.ledger_task(plan, (world.body(places.COUNTY_A, "县教体局"),)))
    type(target).objects.filter(pk=target.pk).update(value=None, unit="全覆盖")
    return target


def test_a_roll_is_pasted_and_ticked_one_by_one(promise, world):
    clerk = world.sign_in("clerk", places.COUNTY_A)
    address = reverse("plans:roll", args=[promise.pk])
    clerk.post(address, {"names": "第一小学\n第二小学\n\n第一小学\n第三小学"})
    rows = list(RollItem.objects.filter(target=promise))
    assert [row.name for row in rows] == ["第一小学", "第二小学", "第三小学"]
    clerk.post(address, {"shown": [row.pk for row in rows[:2]], "tick": [rows[0].pk, rows[2].pk]})
    assert [row.covered_on is not None for row in RollItem.objects.filter(target=promise)] == [True, False, False]
    assert "1／3" in clerk.get(address).content.decode()
    clerk.post(address, {"names": "第一小学\n第四小学"})
    assert RollItem.objects.get(target=promise, name="第一小学").covered_on is not None
    clerk.post(address, {"shown": [rows[0].pk]})
    assert not RollItem.objects.exclude(covered_on=None).exists()


def test_the_named_unit_sees_the_roll_and_only_the_office_ticks(promise, world):
    address = reverse("plans:roll", args=[promise.pk])
    bureau = world.sign_in("liaison", places.COUNTY_A, world.body(places.COUNTY_A, "县教体局"))
    assert bureau.get(address).status_code == 200
    assert bureau.post(address, {"names": "第一小学"}).status_code == 403
    assert world.sign_in("clerk", places.COUNTY_B).get(address).status_code == 404
    assert not RollItem.objects.exists()


def test_a_target_with_a_number_has_no_roll(world):
    target = make.ledger_target(make.ledger_task(make.plan(places.COUNTY_A, state="issued")))
    clerk = world.sign_in("clerk", places.COUNTY_A)
    assert clerk.get(reverse("plans:roll", args=[target.pk])).status_code == 404
