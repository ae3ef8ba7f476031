"""What a person may type. A form names the fields that may be set; anything else in a request is ignored (S4)."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.plans.enums import FULL_COVERAGE, Comparator, Outcome, Period, PlanKind, Role
from kepu.plans.models import Assignment, Section, Target, Task


class RowForm(forms.ModelForm):
    """A form of one draft row; its ids carry the row, since many of them stand on one page."""

    seen = forms.IntegerField(widget=forms.HiddenInput)  # the row's version when the page was made

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        row = kwargs["instance"]
        kwargs.setdefault("auto_id", f"{row._meta.model_name}-{row.pk}-%s")
        kwargs["initial"] = {"seen": row.version} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields if name in self.cleaned_data}

    def _post_clean(self) -> None:
        """Saving goes through the service, which asks the model's conditions; the instance must stay as it was read."""


class SectionForm(RowForm):
    class Meta:
        model = Section
        fields = ("title", "category")
        labels = {"title": _("Heading"), "category": _("Group or project")}


class TaskForm(RowForm):
    class Meta:
        model = Task
        fields = ("title", "text", "category", "criterion", "due_text", "due_on", "upper_basis", "no_units", "remark")
        labels = {
            "title": _("Task"),
            "text": _("Wording"),
            "category": _("Group or project"),
            "criterion": _("Completion criterion"),
            "due_text": _("Deadline as printed"),
            "due_on": _("Due date"),
            "upper_basis": _("Upper basis"),
            "no_units": _("No unit answers for this task"),
            "remark": _("Remark"),
        }
        widgets = {
            "text": forms.Textarea(attrs={"rows": 4}),
            "criterion": forms.Textarea(attrs={"rows": 2}),
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }


class UnitForm(RowForm):
    class Meta:
        model = Assignment
        fields = ("role",)
        labels = {"role": _("Role")}


class PlainDecimal(forms.DecimalField):
    """A number without the zeros that the column adds."""

    def prepare_value(self, value: Any) -> Any:
        return format(value.normalize(), "f") if isinstance(value, Decimal) else value


class TargetForm(RowForm):
    value = PlainDecimal(label=_("Target value"), max_digits=20, decimal_places=4, required=False)
    value_max = PlainDecimal(label=_("up to"), max_digits=20, decimal_places=4, required=False)
    baseline_value = PlainDecimal(label=_("Baseline"), max_digits=20, decimal_places=4, required=False)
    data_owner = forms.TypedChoiceField(
        label=_("Unit that owns the figure"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, owners: list[tuple[int, str]], **kwargs: Any) -> None:
        kwargs["initial"] = {"data_owner": kwargs["instance"].data_owner_id}
        super().__init__(*args, **kwargs)
        self.fields["data_owner"].choices = [("", "—"), *owners]

    def values(self) -> dict[str, Any]:
        return super().values() | {"data_owner_id": self.cleaned_data["data_owner"]}

    class Meta:
        model = Target
        fields = (
            "subject", "comparator", "value", "value_max", "unit", "modality", "period", "year", "start_year",
            "end_year", "years", "counting", "definition", "baseline_value", "baseline_year",
        )  # fmt: skip
        labels = {
            "subject": _("What is counted"),
            "comparator": _("Comparison"),
            "unit": _("Unit of measure"),
            "modality": _("Nature"),
            "period": _("Period"),
            "year": _("Year"),
            "start_year": _("From year"),
            "end_year": _("To year"),
            "years": _("Number of years"),
            "counting": _("Counting"),
            "definition": _("Definition of the figure"),
            "baseline_year": _("Year of the baseline"),
        }
        widgets = {"definition": forms.Textarea(attrs={"rows": 2})}

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        self._clean_value(given)
        self._clean_period(given)
        return given

    def _clean_value(self, given: dict[str, Any]) -> None:
        if given.get("value") is None and given.get("unit") != FULL_COVERAGE and "value" in given:
            self.add_error("value", _("Enter a number. Only full coverage (全覆盖) stands without one."))
        if given.get("comparator") != Comparator.RANGE:
            given["value_max"] = None
        elif given.get("value_max") is None:
            self.add_error("value_max", _("Enter the upper end of the range."))
        elif given.get("value") is not None and given["value_max"] < given["value"]:
            self.add_error("value_max", _("The upper end is below the lower one."))

    def _clean_period(self, given: dict[str, Any]) -> None:
        period = given.get("period")
        needs = {
            Period.DEADLINE: ("year",),
            Period.YEAR: ("year",),
            Period.WITHIN_YEARS: ("years",),
            Period.EVERY_N_YEARS: ("years",),
            Period.SPAN: ("start_year", "end_year"),
        }.get(period, ())
        for name in ("year", "start_year", "end_year", "years"):
            if name not in needs:
                given[name] = None
            elif not given.get(name):
                self.add_error(name, _("This period needs it."))
        if period == Period.SPAN and (given.get("start_year") or 0) > (given.get("end_year") or 0):
            self.add_error("end_year", _("The last year is before the first one."))


class UnitNameForm(forms.Form):
    name = forms.CharField(label=_("Unit"), max_length=120)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.RESPONSIBLE)


class NewTaskForm(forms.Form):
    title = forms.CharField(label=_("Task"), max_length=250)
    text = forms.CharField(label=_("Wording"), widget=forms.Textarea(attrs={"rows": 4}), required=False)


class NewTargetForm(forms.Form):
    subject = forms.CharField(label=_("What is counted"), max_length=200)
    value = forms.DecimalField(label=_("Target value"), max_digits=20, decimal_places=4, required=False)
    unit = forms.CharField(label=_("Unit of measure"), max_length=30)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("value") is None and given.get("unit") != FULL_COVERAGE:
            self.add_error("value", _("Enter a number. Only full coverage (全覆盖) stands without one."))
        return given


class SplitForm(forms.Form):
    """Where a task is cut: the second part is given by its first words, as they stand in the text."""

    begins = forms.CharField(label=_("The second task begins with"), max_length=60)
    title = forms.CharField(label=_("Title of the second task"), max_length=250)


class IssueForm(forms.Form):
    """The first version needs no reason; a later one is a change of an issued document and does."""

    reason = forms.CharField(
        label=_("Why is the issued plan changed"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    sure = forms.BooleanField(label=_("The leader in charge has approved the issue"))

    def __init__(self, *args: Any, later: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not later:
            del self.fields["reason"]


class PlanForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind of document"), choices=PlanKind.choices)
    issuing_body = forms.CharField(label=_("Issuing body"), max_length=120, required=False)
    document_number = forms.CharField(label=_("Document number"), max_length=60, required=False)
    issued_on = forms.DateField(
        label=_("Date of issue"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    start_year = forms.IntegerField(label=_("From year"), required=False, min_value=1990, max_value=2100)
    end_year = forms.IntegerField(label=_("To year"), required=False, min_value=1990, max_value=2100)

    def clean(self) -> dict[str, Any]:
        return _both_years(self, super().clean())


class NewPlanForm(forms.Form):
    """A plan that is there as a table only; its particulars are completed later."""

    region = forms.ChoiceField(label=_("Region of the plan"))
    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind of document"), choices=PlanKind.choices)
    start_year = forms.IntegerField(label=_("From year"), required=False, min_value=1990, max_value=2100)
    end_year = forms.IntegerField(label=_("To year"), required=False, min_value=1990, max_value=2100)

    def __init__(self, *args: Any, regions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = regions
        if len(regions) == 1:
            self.fields["region"].initial = regions[0][0]
            self.fields["region"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        return _both_years(self, super().clean())


def _both_years(form: forms.Form, given: dict[str, Any]) -> dict[str, Any]:
    start, end = given.get("start_year"), given.get("end_year")
    if (start is None) != (end is None) or (start and end and start > end):
        form.add_error("end_year", _("Give both years, the first one first."))
    return given


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """Zero or more uploads; the value is a list."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(SeveralFiles, self).clean(one, initial) for one in given]


class ImportForm(forms.Form):
    region = forms.ChoiceField(label=_("Region of the plan"))
    files = SeveralFiles(
        label=_("Files"),
        required=False,
        help_text=_("Word, PDF, OFD, web page, text or a task table in Excel; several at once are possible."),
    )
    text = forms.CharField(
        label=_("Or paste the text"), required=False, widget=forms.Textarea(attrs={"rows": 8}), max_length=4_000_000
    )

    def __init__(self, *args: Any, regions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = regions
        self.fields["files"].widget.attrs["accept"] = ",".join(foundation.files.purpose("plan_document").extensions)
        if len(regions) == 1:
            self.fields["region"].initial = regions[0][0]
            self.fields["region"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not given.get("files") and not (given.get("text") or "").strip() and not self.errors:
            raise forms.ValidationError(_("Choose a file or paste the text of the plan."))
        return given


class AgainForm(forms.Form):
    file = forms.FileField(label=_("Newer file"), required=False)


class DutyForm(forms.Form):
    region = forms.ChoiceField(label=_("For the plans of"))
    word = forms.CharField(label=_("Word in the task"), max_length=30)
    unit = forms.CharField(
        label=_("Department"), max_length=60, help_text=_("Without its level, so that it serves every region.")
    )

    def __init__(self, *args: Any, regions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = regions


class OpinionForm(forms.Form):
    organisation = forms.TypedChoiceField(label=_("Unit"), coerce=int)
    task = forms.TypedChoiceField(label=_("On which task"), coerce=int, empty_value=None, required=False)
    received_on = forms.DateField(
        label=_("Received on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    text = forms.CharField(
        label=_("Opinion, word for word"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Leave it empty where the unit has no objection."),
    )

    def __init__(self, *args: Any, units: list[tuple[int, str]], tasks: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = units
        self.fields["task"].choices = [("", "—"), *tasks]


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("What becomes of it"), choices=[(one.value, one.label) for one in Outcome if one != Outcome.OPEN]
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("outcome") in {Outcome.PARTLY, Outcome.NOT_ADOPTED} and not given.get("reason", "").strip():
            self.add_error("reason", _("Say why it is not, or only partly, adopted."))
        return given
