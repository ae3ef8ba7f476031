"""How a target reads in one line, the same on pages, in tables and in papers."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from kepu.plans.enums import Comparator, Modality, Period
from kepu.plans.models.terms import TargetTerms


def number(value: Decimal | None) -> str:
    """12,000 or 9.8: grouped, without zeros that say nothing."""
    if value is None:
        return ""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(target: TargetTerms) -> str:
    """The figure with its comparator and unit: 「不少于800人次」, 「6—8个」, 「全覆盖」."""
    if target.full_coverage:
        return _("full coverage")
    values = {"value": number(target.value), "unit": target.unit, "high": number(target.value_max)}
    sentence = {
        Comparator.AT_LEAST: _("at least %(value)s%(unit)s"),
        Comparator.AT_MOST: _("at most %(value)s%(unit)s"),
        Comparator.ABOUT: _("about %(value)s%(unit)s"),
        Comparator.RANGE: _("%(value)s to %(high)s%(unit)s"),
    }.get(Comparator(target.comparator), "%(value)s%(unit)s")
    return sentence % values


def period(target: TargetTerms) -> str:
    """When the figure is due: 「2030年」, 「每年」, 「三年内」; empty where the plan prints none."""
    sentence = {
        Period.DEADLINE: _("by %(year)s"),
        Period.YEAR: _("in %(year)s"),
        Period.WITHIN_YEARS: _("within %(years)s years"),
        Period.EVERY_N_YEARS: _("every %(years)s years"),
        Period.SPAN: _("%(start_year)s to %(end_year)s"),
        Period.PER_YEAR: _("every year"),
        Period.PER_HALF_YEAR: _("every half-year"),
        Period.PER_QUARTER: _("every quarter"),
        Period.PER_MONTH: _("every month"),
        Period.PER_WEEK: _("every week"),
    }.get(Period(target.period), "")
    return sentence % {name: getattr(target, name) for name in ("year", "years", "start_year", "end_year")}


def phrase(target: TargetTerms) -> str:
    """The whole target: 「科学教师培训 800人次（每年）」."""
    when = period(target)
    line = f"{target.subject} {amount(target)}"
    if target.modality == Modality.ASPIRATIONAL:
        line = _("%(subject)s, aiming at %(amount)s") % {"subject": target.subject, "amount": amount(target)}
    return _("%(target)s (%(period)s)") % {"target": line, "period": when} if when else line


def day(value: date) -> str:
    """2026年9月5日"""
    return _("%(year)s-%(month)s-%(day)s") % {"year": value.year, "month": value.month, "day": value.day}


def roll_state(*, covered_on: date | None, note: str, removed: bool) -> str:
    """Where one item of a roll stands: 「已覆盖，2026年9月5日（已挂牌）」."""
    state = _("taken off the roll") if removed else _("not covered")
    if covered_on and not removed:
        state = _("covered, %(day)s") % {"day": day(covered_on)}
    return _("%(target)s (%(period)s)") % {"target": state, "period": note} if note else state
