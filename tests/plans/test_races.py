"""Two people at one desk at the same moment: one wins, the other is told, nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from kepu.foundation.scope import SYSTEM
from kepu.plans.enums import NumberKind
from kepu.plans.errors import Conflict, NoChange
from kepu.plans.models import Decision, LedgerTask, NumberFinding, Target, Task, Version
from kepu.plans.services import issuing, review
from tests.plans import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]
PEOPLE = 6


def together(act):
    """Runs `act(n)` in PEOPLE threads that start at the same moment; the refusal of each, or None."""
    gate = Barrier(PEOPLE)

    def one(number):
        gate.wait(timeout=30)
        try:
            act(number)
        except (Conflict, NoChange) as refusal:
            return type(refusal)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(one, range(PEOPLE)))


def test_of_many_edits_of_one_row_exactly_one_is_saved():
    task = make.task(make.plan())

    def edit(number):
        review.edit(row=Task.objects.get(pk=task.pk), expected=1, actor=SYSTEM, title=f"第{number}人的题目")

    outcomes = together(edit)
    assert sorted(map(str, outcomes)) == sorted([str(None), *[str(Conflict)] * (PEOPLE - 1)])
    task.refresh_from_db()
    assert (task.version, task.title) == (2, f"第{outcomes.index(None)}人的题目")
    assert Decision.objects.count() == 1


def test_a_number_becomes_one_target_however_many_click():
    plan = make.plan()
    task = make.task(plan)
    number = make.number(plan, task=task, value=20, unit="场")

    def click(_number):
        row = NumberFinding.objects.get(pk=number.pk)
        review.classify(number=row, kind=NumberKind.TARGET, expected=1, actor=SYSTEM)

    assert together(click).count(None) == 1
    assert Target.objects.filter(plan=plan).count() == 1


def test_of_many_issues_one_makes_the_version():
    plan = make.plan()
    make.task(plan, no_units=True, reviewed=True)
    outcomes = together(lambda _number: issuing.issue(plan=plan, actor=SYSTEM))
    assert (outcomes.count(None), outcomes.count(NoChange)) == (1, PEOPLE - 1)
    assert [version.number for version in Version.objects.all()] == [1]
    assert LedgerTask.objects.count() == 1
