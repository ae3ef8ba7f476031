"""How a target reads in one line, the same on pages, in tables and in papers. `typed` reads such a line back."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kepu.plans.enums import Comparator, Modality, Period
from kepu.plans.models.terms import TargetTerms

AMOUNTS = {
    Comparator.RANGE: gettext_lazy("%(value)s to %(high)s%(unit)s"),
    Comparator.AT_LEAST: gettext_lazy("at least %(value)s%(unit)s"),
    Comparator.AT_MOST: gettext_lazy("at most %(value)s%(unit)s"),
    Comparator.ABOUT: gettext_lazy("about %(value)s%(unit)s"),
    Comparator.EQUAL: "%(value)s%(unit)s",
}
PERIODS = {
    Period.DEADLINE: gettext_lazy("by %(year)s"),
    Period.YEAR: gettext_lazy("in %(year)s"),
    Period.WITHIN_YEARS: gettext_lazy("within %(years)s years"),
    Period.EVERY_N_YEARS: gettext_lazy("every %(years)s years"),
    Period.SPAN: gettext_lazy("%(start_year)s to %(end_year)s"),
    Period.PER_YEAR: gettext_lazy("every year"),
    Period.PER_HALF_YEAR: gettext_lazy("every half-year"),
    Period.PER_QUARTER: gettext_lazy("every quarter"),
    Period.PER_MONTH: gettext_lazy("every month"),
    Period.PER_WEEK: gettext_lazy("every week"),
}
COVERAGE = gettext_lazy("full coverage")
FIRM = "%(subject)s %(amount)s"
AIMING = gettext_lazy("%(subject)s, aiming at %(amount)s")
WITH_PERIOD = gettext_lazy("%(target)s (%(period)s)")


def number(value: Decimal | None) -> str:
    """12,000 or 9.8: grouped, without zeros that say nothing."""
    if value is None:
        return ""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(target: TargetTerms) -> str:
    """The figure with its comparator and unit: 「不少于800人次」, 「6—8个」, 「全覆盖」."""
    if target.full_coverage:
        return str(COVERAGE)
    values = {"value": number(target.value), "unit": target.unit, "high": number(target.value_max)}
    return AMOUNTS[Comparator(target.comparator)] % values


def period(target: TargetTerms) -> str:
    """When the figure is due: 「2030年」, 「每年」, 「三年内」; empty where the plan prints none."""
    sentence = PERIODS.get(Period(target.period), "")
    return sentence % {name: getattr(target, name) for name in ("year", "years", "start_year", "end_year")}


def phrase(target: TargetTerms) -> str:
    """The whole target: 「科学教师培训 800人次（每年）」."""
    when = period(target)
    line = (AIMING if target.modality == Modality.ASPIRATIONAL else FIRM) % {
        "subject": target.subject,
        "amount": amount(target),
    }
    return WITH_PERIOD % {"target": line, "period": when} if when else line


def day(value: date) -> str:
    """2026年9月5日"""
    return _("%(year)s-%(month)s-%(day)s") % {"year": value.year, "month": value.month, "day": value.day}


def roll_state(*, covered_on: date | None, note: str, removed: bool) -> str:
    """Where one item of a roll stands: 「已覆盖，2026年9月5日（已挂牌）」."""
    state = _("taken off the roll") if removed else _("not covered")
    if covered_on and not removed:
        state = _("covered, %(day)s") % {"day": day(covered_on)}
    return WITH_PERIOD % {"target": state, "period": note} if note else state
