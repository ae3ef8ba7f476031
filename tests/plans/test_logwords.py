"""The audit page speaks Chinese about everything that this room writes into the log."""

import ast
from pathlib import Path

import pytest
from django.utils import translation

import kepu.plans
from kepu.foundation import audit
from kepu.plans.enums import RollAct
from kepu.plans.logwords import WORDS
from kepu.plans.models import Alignment, LedgerTarget, LedgerTask, Opinion, Plan
from tests import world as places
from tests.plans import factories as make

ROOM = Path(kepu.plans.__file__).parent


def written():
    """Names of actions in the room's own calls, and those that exports leave."""
    texts = {
        node.value
        for path in ROOM.rglob("*.py")
        if "migrations" not in path.parts and path.name not in {"actions.py", "logwords.py"}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("plan.")
    }
    return {text for text in texts if text != "plan.roll_"} | {f"plan.roll_{act}" for act in RollAct.values}


def test_every_action_has_words_and_no_word_is_left_over():
    assert set(WORDS) == written()
    with translation.override("zh-hans"):
        assert [key for key in WORDS if not any("一" <= sign <= "鿿" for sign in audit.label_of(key))] == []


def test_kinds_of_rows_have_chinese_names():
    with translation.override("zh-hans"):
        names = {model: str(model._meta.verbose_name) for model in (Plan, LedgerTask, LedgerTarget, Opinion, Alignment)}
    assert names == {
        Plan: "规划", LedgerTask: "台账任务", LedgerTarget: "台账目标", Opinion: "征求意见", Alignment: "与上级任务的对应",
    }  # fmt: skip


@pytest.mark.django_db
def test_the_audit_page_shows_them(world):
    plan = make.plan(places.COUNTY_A, state="issued")
    world.sign_in("office_head", places.COUNTY_A).post(f"/desk/plans/{plan.pk}/archive/")
    page = world.sign_in("auditor", places.COUNTY_A).get("/desk/audit/").content.decode()
    assert "归档方案" in page
    assert f"规划 {plan.pk}" in page
