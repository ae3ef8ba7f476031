"""The components that pages are built of; every one is shown with its use on /styleguide/."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm, BaseFormSet, BoundField, FileInput
from django.http import QueryDict
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kepu.foundation import icons, navigation, undo
from kepu.foundation.charts import BarChart

register = template.Library()
PARTS = "foundation/components/"

register.simple_tag(icons.icon, name="icon")


# --- text ----------------------------------------------------------------------------------------------------------
WEEKDAYS = (
    gettext_lazy("Mon"),
    gettext_lazy("Tue"),
    gettext_lazy("Wed"),
    gettext_lazy("Thu"),
    gettext_lazy("Fri"),
    gettext_lazy("Sat"),
    gettext_lazy("Sun"),
)


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def cn_date(value: date | datetime | None) -> str:
    """2026年9月5日: no leading zero."""
    if not value:
        return ""
    day = _local(value)
    return _("%(year)s-%(month)s-%(day)s") % {"year": day.year, "month": day.month, "day": day.day}


@register.filter
def cn_time(value: datetime | None) -> str:
    """2026年9月5日 14:05, in the time of the office."""
    return f"{cn_date(value)} {_local(value):%H:%M}" if value else ""


@register.filter
def deadline(value: date | datetime | None) -> str:
    """3月15日（周五）17:00前: weekday always, the hour where there is one; the year where it is not this year's."""
    if not value:
        return ""
    day = _local(value)
    text = _("%(month)s-%(day)s (%(weekday)s)") % {
        "month": day.month,
        "day": day.day,
        "weekday": WEEKDAYS[day.weekday()],
    }
    if day.year != timezone.localdate().year:
        text = _("%(year)s, %(day)s") % {"year": day.year, "day": text}
    if isinstance(day, datetime):
        text = _("%(day)s by %(hour)s") % {"day": text, "hour": f"{day:%H:%M}"}
    return text


@register.filter
def as_of(value: date | None) -> str:
    """截至2026年9月30日, for figures; 截止 is for deadlines."""
    return _("as of %(date)s") % {"date": cn_date(value)} if value else ""


@register.filter
def plain_number(value: Decimal | int | None) -> str:
    """12,000 or 9.8: grouped, without zeros that say nothing."""
    if value is None:
        return ""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- page ----------------------------------------------------------------------------------------------------------
@register.inclusion_tag("foundation/components/idle.html")
def idle_warning() -> dict[str, int]:
    """Says before the session ends for want of use that it will, and keeps it at a press (WCAG 2.2.1)."""
    return {"seconds": settings.SESSION_COOKIE_AGE}


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """ "错误：" before the title when any form on the page was refused (quality A15)."""
    for value in context.flatten().values():
        if isinstance(value, BaseForm) and value.is_bound and value.errors:
            return _("Error: ")
        if isinstance(value, BaseFormSet) and value.is_bound and not value.is_valid():
            return _("Error: ")
    return ""


@register.inclusion_tag(PARTS + "page_header.html")
def page_header(title: str, lead: str = "", kicker: str = "") -> dict[str, Any]:
    return {"title": title, "lead": lead, "kicker": kicker}


@register.inclusion_tag(PARTS + "crumb.html")
def crumb(label: str, url: str = "") -> dict[str, Any]:
    return {"label": label, "url": url}


@register.inclusion_tag(PARTS + "menu.html", takes_context=True)
def desk_nav(context: Context) -> dict[str, Any]:
    """The desk's menu in groups, each role its own; the entry with the longest matching address is the current one."""
    request = context["request"]
    found = navigation.entries(request.actor, "desk")
    current = _current(request.path, found)
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in found:
        item = {"entry": entry, "current": entry is current, "count": entry.count and entry.count(request.actor)}
        groups.setdefault(str(entry.group), []).append(item)
    return {"groups": groups.items()}


@register.inclusion_tag(PARTS + "jobs_indicator.html", takes_context=True)
def jobs_indicator(context: Context) -> dict[str, Any]:
    """How much work this person ordered is still going on; shows nothing when there is none."""
    from kepu.foundation.models.jobs import Job, JobState  # models load after this library is found

    mine = Job.objects.filter(actor_id=context["request"].actor.user_id)
    return {"open_jobs": mine.filter(state__in=(JobState.WAITING, JobState.RUNNING)).count()}


@register.inclusion_tag(PARTS + "site_menu.html", takes_context=True)
def site_nav(context: Context) -> dict[str, Any]:
    request = context["request"]
    found = navigation.entries(request.actor, "portal")
    return {"entries": found, "current": _current(request.path, found)}


def _current(path: str, entries: list[navigation.Entry]) -> navigation.Entry | None:
    matching = [e for e in entries if path == e.url or (e.url.count("/") > 2 and path.startswith(e.url))]
    return max(matching, key=lambda entry: len(entry.url), default=None)


@register.filter
def undo_url(message: Any) -> str:
    """Where to post to take a message's change back; empty for ordinary messages."""
    tags = message.extra_tags or ""
    return tags[len(undo.TAG) :] if tags.startswith(undo.TAG) else ""


@register.filter
def message_kind(level: str) -> str:
    """Which notice a message of Django's levels is shown as."""
    return {"success": "success", "warning": "warning", "error": "error"}.get(level, "info")


# --- forms ---------------------------------------------------------------------------------------------------------
@register.inclusion_tag(PARTS + "field.html")
def field(bound: BoundField) -> dict[str, Any]:
    return {"field": bound}


@register.filter
def is_upload(bound: BoundField) -> bool:
    return isinstance(bound.field.widget, FileInput)


@register.filter
def input_kind(bound: BoundField) -> str:
    return getattr(bound.field.widget, "input_type", "")


@register.inclusion_tag(PARTS + "error_summary.html")
def error_summary(*forms: BaseForm | BaseFormSet) -> dict[str, Any]:
    """Everything that was refused, in the order of the page, each a link to its field."""
    found: list[dict[str, str]] = []
    for form in forms:
        if not form or not form.is_bound:
            continue
        for part in form.forms if isinstance(form, BaseFormSet) else [form]:
            found += _errors_of(part)
        if isinstance(form, BaseFormSet):
            found += [{"text": str(text), "target": ""} for text in form.non_form_errors()]
    return {"errors": found}


def _errors_of(form: BaseForm) -> list[dict[str, str]]:
    found = [{"text": str(text), "target": ""} for text in form.non_field_errors()]
    for bound in form:
        # a group of choices has no element with the group's own id: the first choice has the suffix 0
        target = f"{bound.id_for_label or bound.auto_id + '_0'}"
        found += [{"text": f"{bound.label}：{text}", "target": target} for text in bound.errors]
    return found


@register.inclusion_tag(PARTS + "filter_bar.html", takes_context=True)
def filter_bar(context: Context, form: BaseForm, total: int | None = None) -> dict[str, Any]:
    """Filters as a form whose state is the address; what is set shows as chips that take themselves away."""
    asked: QueryDict = context["request"].GET
    kept = [(key, value) for key in ("sort",) for value in asked.getlist(key)]
    active = []
    for bound in form:
        value = bound.value()
        if value in (None, "", []) or value is False:
            continue
        rest = asked.copy()
        rest.pop(bound.html_name, None)
        rest.pop("page", None)
        active.append({"label": bound.label, "value": _shown(bound, value), "without": rest.urlencode()})
    return {"form": form, "total": total, "kept": kept, "active": active, "request": context["request"]}


def _shown(bound: BoundField, value: Any) -> str:
    labels = {}
    for key, label in getattr(bound.field, "choices", ()):
        labels |= {str(k): str(v) for k, v in label} if isinstance(label, list | tuple) else {str(key): str(label)}
    values = value if isinstance(value, list | tuple) else [value]
    return "、".join(_("yes") if v is True else labels.get(str(v), str(v)) for v in values)


# --- lists ---------------------------------------------------------------------------------------------------------
@register.inclusion_tag(PARTS + "export_links.html", takes_context=True)
def export_links(context: Context, kind: str) -> dict[str, Any]:
    """The files of a registered list, as it is filtered and ordered on this page."""
    from kepu.foundation.exports.pages import links  # it writes papers, which use the words of this library

    return {"links": links(context["request"], kind)}


@register.inclusion_tag(PARTS + "sort_head.html", takes_context=True)
def sort_head(context: Context, key: str, label: str, kind: str = "") -> dict[str, Any]:
    """A `<th>` that sorts by `key` (`?sort=key`, again `?sort=-key`); `kind="number"` aligns right."""
    now = context["request"].GET.get("sort", "")
    state = {key: "ascending", f"-{key}": "descending"}.get(now, "none")
    asked = context["request"].GET.copy()
    asked["sort"] = f"-{key}" if state == "ascending" else key
    asked.pop("page", None)
    return {"label": label, "state": state, "query": asked.urlencode(), "kind": kind}


@register.inclusion_tag(PARTS + "pager.html", takes_context=True)
def pager(context: Context, page: Page[Any]) -> dict[str, Any]:
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    links = []
    for number in numbers:
        asked = context["request"].GET.copy()
        asked["page"] = str(number)
        links.append({"number": number, "query": asked.urlencode(), "is_page": isinstance(number, int)})
    steps = {}
    for name, there, number in (
        ("before", page.has_previous(), page.number - 1),
        ("after", page.has_next(), page.number + 1),
    ):
        asked = context["request"].GET.copy()
        asked["page"] = str(number)
        steps[name] = asked.urlencode() if there else ""
    return {"page": page, "links": links, **steps}


CHIPS = {"neutral": "todo", "todo": "todo", "active": "active", "done": "done", "warn": "warn", "bad": "bad"}


@register.inclusion_tag(PARTS + "status_chip.html")
def status_chip(kind: str, label: str) -> dict[str, Any]:
    """A state in words with a shape; `kind` is todo, active, done, warn or bad."""
    return {"kind": kind, "label": label, "icon_name": "state-" + CHIPS[kind]}


@register.inclusion_tag(PARTS + "task_list.html")
def task_list(items: list[Any]) -> dict[str, Any]:
    """Links with what is to do: each item has title, url and any of hint, when, chip (kind), status (words)."""
    return {"items": items}


@register.inclusion_tag(PARTS + "tabs.html")
def tabs(items: list[tuple[str, str, str, int | None]], current: str, label: str = "") -> dict[str, Any]:
    """Pages beside each other: (key, label, url, count or None); they are links, so each has an address."""
    return {"items": items, "current": current, "label": label}


@register.inclusion_tag(PARTS + "stepper.html")
def stepper(steps: list[str], current: int) -> dict[str, Any]:
    """Where one is in a job of several pages; `current` counts from 1."""
    states = [
        (name, "done" if n < current else "current" if n == current else "todo") for n, name in enumerate(steps, 1)
    ]
    return {"steps": states, "current": current, "total": len(steps)}


@register.inclusion_tag(PARTS + "tile.html")
def tile(label: str, value: Any, unit: str = "", note: str = "", url: str = "", kind: str = "") -> dict[str, Any]:
    """A figure with what it counts; `note` says definition, owner and date, `url` opens the rows behind it."""
    return {"label": label, "value": value, "unit": unit, "note": note, "url": url, "kind": kind}


@register.inclusion_tag(PARTS + "progress.html")
def progress(done: int | Decimal, total: int | Decimal, label: str = "", show_label: bool = False) -> dict[str, Any]:
    """A bar with its words, like 已覆盖 12／40; a total of 0 shows the words alone."""
    percent = int(100 * done / total) if total else None
    return {"done": done, "total": total, "label": label, "percent": percent, "show_label": show_label}


@register.inclusion_tag(PARTS + "chart.html")
def chart_figure(chart: BarChart) -> dict[str, Any]:
    return {"chart": chart}


@register.inclusion_tag(PARTS + "empty_state.html")
def empty_state(title: str = "", hint: str = "", url: str = "", label: str = "") -> dict[str, Any]:
    """What a list says when nothing is in it, and the one thing to do then."""
    return {"title": title or _("No records match these conditions"), "hint": hint, "url": url, "label": label}


@register.inclusion_tag(PARTS + "undo_bar.html", takes_context=True)
def undo_bar(context: Context, sentence: str, url: str) -> dict[str, Any]:
    return {"sentence": sentence, "url": url, "csrf_token": context.get("csrf_token")}


# --- wrappers ------------------------------------------------------------------------------------------------------
NOTICES = {"info": "info", "success": "state-done", "warning": "warning", "error": "state-bad"}


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """{% notice "warning" title=… %}…{% endnotice %}; kind is info, success, warning or error."""
    heading = format_html('<p class="notice-title">{}</p>', title) if title else ""
    return format_html(
        '<div class="notice notice-{}">{}<div>{}{}</div></div>', kind, icons.icon(NOTICES[kind]), heading, content
    )


@register.simple_block_tag
def dialog(content: str, key: str, title: str) -> SafeString:
    """{% dialog "shortcuts" "…" %}…{% enddialog %}, opened by `<a href="a page with the same" data-dialog="shortcuts">`."""
    return format_html(
        '<dialog id="{0}" aria-labelledby="{0}-title"><h2 id="{0}-title">{1}</h2>{2}'
        '<form method="dialog" class="form-actions"><button class="button-second">{3}</button></form></dialog>',
        key,
        title,
        content,
        _("Close"),
    )
