from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.people.models import Kind, Level, Organisation
from kepu.regions import door as regions

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class OrganisationFilter(forms.Form):
    q = forms.CharField(label=_("Name"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("all")), *Kind.choices])
    ended = forms.BooleanField(label=_("with ended ones"), required=False)

    def __init__(self, *args: Any, places: list[regions.DivisionInfo], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = [("", _("all")), *((place.path, place.name) for place in places)]


class OrganisationForm(forms.ModelForm):
    """Entry of a body; the region is chosen once, when it is new."""

    class Meta:
        model = Organisation
        fields = ("region_path", "name", "short_name", "kind", "level", "sort_order", "is_member", "valid_from")
        widgets = {"valid_from": DAY}

    def __init__(self, *args: Any, places: list[regions.DivisionInfo], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(place.path, place.name) for place in places]
        self.fields["region_path"] = forms.ChoiceField(label=_("Region"), choices=choices)
        self.fields["sort_order"].required = False
        self.fields["sort_order"].help_text = _("Place in the office's fixed order of units; empty: at the end")
        self.fields["is_member"].help_text = _("Sits in the leading group; addressed by 各成员单位")
        self.fields["level"].choices = Level.choices
        self.fields["kind"].choices = [("", _("Please choose")), *Kind.choices]
        if self.instance.pk:
            del self.fields["region_path"]
        self.order_fields(("region_path", "name", "short_name"))


class AliasForm(forms.Form):
    alias = forms.CharField(label=_("Also written"), max_length=100)
    region_path = forms.ChoiceField(label=_("In papers of"))

    def __init__(self, *args: Any, places: list[regions.DivisionInfo], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region_path"].choices = [(place.path, place.name) for place in places]


class ChangeForm(forms.Form):
    """What became of a body: a new name, its end in another, or its parts."""

    what = forms.ChoiceField(
        label=_("Kind of change"),
        choices=[("rename", _("It has a new name")), ("merge", _("It was merged into another")), ("split", _("It was split"))],
    )  # fmt: skip
    on = forms.DateField(label=_("From which day"), widget=DAY)
    basis = forms.CharField(label=_("By which document"), max_length=200, required=False)
    name = forms.CharField(label=_("New full name"), max_length=100, required=False)
    short_name = forms.CharField(label=_("New short name"), max_length=60, required=False)
    targets = forms.ModelMultipleChoiceField(
        Organisation.objects.none(), label=_("Taken over by"), required=False,
        help_text=_("One for a merger, two or more for a split"),
    )  # fmt: skip
    shares = forms.CharField(
        label=_("Shares of a split"),
        required=False,
        help_text=_("Per cent, in the order above, like 60 40; empty: equal"),
    )

    def __init__(self, *args: Any, source: Organisation, scope: foundation.Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        living = Organisation.objects.on(foundation.clock.today()).visible_to(scope)
        self.fields["targets"].queryset = living.filter(region_path=source.region_path).exclude(pk=source.pk)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        targets = list(values.get("targets") or [])
        what = values.get("what")
        if what == "rename" and not values.get("name"):
            self.add_error("name", _("Write the new name."))
        if what == "merge" and len(targets) != 1:
            self.add_error("targets", _("Choose the one that takes over."))
        if what == "split":
            if len(targets) < 2:
                self.add_error("targets", _("Choose two or more that take over."))
            else:
                values["parts"] = self._parts(targets, values.get("shares", ""))
        return values

    def _parts(self, targets: list[Organisation], text: str) -> list[tuple[int, Decimal]]:
        numbers = text.replace("%", " ").replace("、", " ").replace(",", " ").split()
        if not numbers:
            equal = (Decimal(1) / len(targets)).quantize(Decimal("0.0001"))
            first = Decimal(1) - equal * (len(targets) - 1)
            return [(t.pk, first if place == 0 else equal) for place, t in enumerate(targets)]
        if len(numbers) != len(targets) or not all(number.replace(".", "", 1).isdigit() for number in numbers):
            self.add_error("shares", _("Write one number for each, like 60 40."))
            return []
        return [(t.pk, Decimal(number) / 100) for t, number in zip(targets, numbers, strict=True)]
