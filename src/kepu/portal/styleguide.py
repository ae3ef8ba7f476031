"""The living page of components: what is drawn here is drawn by the same tags as on every other page."""

from datetime import date
from decimal import Decimal

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kepu.foundation import door as foundation


class SampleForm(forms.Form):
    title = forms.CharField(label=_("Name of the task"), help_text=_("As it stands in the document"))
    value = forms.DecimalField(label=_("Target value"), min_value=0)
    nature = forms.ChoiceField(
        label=_("Nature"),
        choices=[("binding", _("Binding")), ("anticipated", _("Anticipated"))],
        widget=forms.RadioSelect,
    )
    unit = forms.ChoiceField(label=_("Lead unit"), choices=[("", "—"), ("1", "县科协"), ("2", "县教体局")])
    due = forms.DateField(label=_("Due date"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=_("Remark"), required=False, widget=forms.Textarea)
    public = forms.BooleanField(label=_("Show on the residents' site"), required=False)
    document = forms.FileField(label=_("Document"), required=False)


class SampleFilter(forms.Form):
    q = forms.CharField(label=_("Words"), required=False)
    unit = forms.ChoiceField(
        label=_("Lead unit"), required=False, choices=[("", "—"), ("1", "县科协"), ("2", "县教体局")]
    )


ROWS = (
    ("建设镇级科普活动站", "县科协", date(2026, 12, 31), 12, "active", _("Under way")),
    ("组织科技工作者进校园", "县教体局", date(2026, 11, 20), 40, "bad", _("Overdue")),
    ("培训农村实用人才", "县农业农村局", date(2027, 6, 30), 800, "done", _("Finished")),
)


@require_safe
@foundation.access(foundation.PUBLIC)
def page(request: HttpRequest) -> HttpResponse:
    refused = SampleForm({"title": "", "value": "-1", "unit": "1"}, prefix="refused")
    refused.is_valid()
    bars = [
        foundation.charts.Bar("青少年", Decimal("13.2"), Decimal("15")),
        foundation.charts.Bar("农民", Decimal("8.4"), Decimal("10")),
        foundation.charts.Bar("产业工人", Decimal("11.9"), Decimal("11")),
    ]
    samples = {
        "fields": SampleForm(),
        "refused_sample": {"form": refused},
        "filter_form": SampleFilter(request.GET or {"unit": "1"}),
        "rows": ROWS,
        "page": Paginator(range(200), 20).get_page(request.GET.get("page")),
        "chart": foundation.charts.BarChart(
            _("Share of citizens with science literacy, by group"), bars, "%", _("Sample figures for this page only")
        ),
        "steps": [_("Upload"), _("Review"), _("Issue")],
        "tabs": [("section", _("By section"), "?view=section", 12), ("unit", _("By unit"), "?view=unit", None)],
        "tasks": [
            {
                "title": "清溪镇科普活动站挂牌",
                "url": "#tasks",
                "hint": "县科协",
                "when": "12月31日",
                "chip": "active",
                "status": _("Under way"),
            },
            {"title": "确定3项完成标志", "url": "#tasks", "chip": "todo", "status": _("Not started")},
        ],
        "day": date(2026, 9, 5),
    }
    return render(request, "portal/styleguide.html", samples)
