"""How the review desk writes a doubt and a place in words."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from kepu.plans import phrases
from kepu.plans.enums import Category, Comparator, Counting, Modality, Period, PlanState, Resolution, Role
from kepu.plans.forms import SectionForm, TargetForm, TaskForm, UnitForm
from kepu.plans.models import NumberFinding, SourceDocument
from kepu.plans.versions import Change

register = template.Library()
LABELS = [form._meta.labels for form in (TaskForm, TargetForm, SectionForm, UnitForm)]

register.filter("doubt", phrases.doubt)


@register.filter
def candidate_reason(reason: str) -> str:
    return str(phrases.CANDIDATE_REASONS.get(reason, ""))


@register.filter
def context_of(number: NumberFinding, source: SourceDocument | None) -> str:
    """A few characters around a number of the source."""
    if source is None or number.start is None or number.end is None:
        return number.sentence[:40]
    before = source.text[max(0, number.start - 12) : number.start].rsplit("\n", 1)[-1]
    after = source.text[number.end : number.end + 12].split("\n", 1)[0]
    return f"…{before}【{number.printed}】{after}…"


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    return mapping.get(key)


CHIPS = {
    PlanState.IMPORTING: "todo",
    PlanState.REVIEWING: "active",
    PlanState.ISSUED: "done",
    PlanState.ARCHIVED: "neutral",
}


@register.filter
def plan_state_kind(state: str) -> str:
    """The shape and colour of a plan's state chip."""
    return CHIPS[PlanState(state)]


@register.filter
def field_name(name: str) -> str:
    """The label of a draft field, for the page of two texts; a field without one keeps its name."""
    return str(next((labels[name] for labels in LABELS if name in labels), name))


WORDS = {"task": _("Task"), "target": _("Target"), "unit": _("Unit")}
CHOICES = {
    "comparator": Comparator, "modality": Modality, "period": Period, "counting": Counting, "category": Category,
    "role": Role, "resolution": Resolution,
}  # fmt: skip


@register.filter
def entry_word(what: str) -> str:
    return str(WORDS[what])


def _words(name: str, value: Any) -> str:
    if value in (None, ""):
        return "—"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return str(CHOICES[name](value).label) if name in CHOICES else str(value)


@register.filter
def before_words(change: Change) -> str:
    return _words(change.name, change.before)


@register.filter
def after_words(change: Change) -> str:
    return _words(change.name, change.after)
