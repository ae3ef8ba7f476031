from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.regions.models import Division, Kind

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class DivisionFilter(forms.Form):
    q = forms.CharField(label=_("Name or code"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("all")), *Kind.choices])
    ended = forms.BooleanField(label=_("with ended ones"), required=False)


class DivisionForm(forms.Form):
    parent = forms.ModelChoiceField(Division.objects.none(), label=_("Under"), empty_label=_("Please choose"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.TOWNSHIP)
    name = forms.CharField(label=_("Name"), max_length=60)
    code = forms.CharField(
        label=_("Code"), max_length=16, required=False, help_text=_("Empty for a zone without a code of its own")
    )
    valid_from = forms.DateField(label=_("Valid from"), required=False, widget=DAY)

    def __init__(self, *args: Any, kept: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = kept


class PopulationForm(forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=1950, max_value=2100)
    persons = forms.IntegerField(label=_("Residents"), min_value=0)
    source = forms.CharField(label=_("Source"), max_length=120, required=False)


class ChangeForm(forms.Form):
    """What became of a division from a day on."""

    what = forms.ChoiceField(
        label=_("Kind of change"),
        choices=[
            ("rename", _("It has a new name")), ("recode", _("It has a new code")),
            ("merge", _("It was merged into another")), ("split", _("It was split")),
        ],
    )  # fmt: skip
    on = forms.DateField(label=_("From which day"), widget=DAY)
    basis = forms.CharField(label=_("By which document"), max_length=200, required=False)
    name = forms.CharField(label=_("New name"), max_length=60, required=False)
    code = forms.CharField(label=_("New code"), max_length=16, required=False)
    targets = forms.ModelMultipleChoiceField(
        Division.objects.none(), label=_("Went to"), required=False,
        help_text=_("One for a merger, two or more for a split"),
    )  # fmt: skip
    shares = forms.CharField(
        label=_("Shares of the people in a split"),
        required=False,
        help_text=_("Per cent, in the order above, like 60 40"),
    )

    def __init__(self, *args: Any, source: Division, kept: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alike = kept.on(foundation.clock.today()).filter(kind__in=(source.kind, Kind.ZONE)).exclude(pk=source.pk)
        self.fields["targets"].queryset = alike

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        what, targets = values.get("what"), list(values.get("targets") or [])
        if what in {"rename", "recode"} and not values.get("name"):
            self.add_error("name", _("Write the new name."))
        if what == "recode" and not values.get("code"):
            self.add_error("code", _("Write the new code."))
        if what == "merge" and len(targets) != 1:
            self.add_error("targets", _("Choose the one that takes over."))
        if what == "split":
            values["parts"] = self._parts(targets, values.get("shares", ""))
        return values

    def _parts(self, targets: list[Division], text: str) -> list[tuple[Division, Decimal]]:
        try:
            shares = [Decimal(number) / 100 for number in text.replace("%", " ").replace("、", " ").split()]
        except InvalidOperation:
            shares = []
        if len(targets) < 2 or len(shares) != len(targets) or any(share <= 0 for share in shares):
            self.add_error("shares", _("Choose two or more and write one number for each, like 60 40."))
            return []
        return list(zip(targets, shares, strict=True))
