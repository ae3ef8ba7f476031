from django import forms
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.plans.enums import Category, Role, TaskState
from kepu.plans.services.rolls import LONGEST_NAME, names_in

ANY = ("", _("Any"))
DUE = (
    ANY,
    ("overdue", _("Past its date")),
    ("quarter", _("This quarter")),
    ("year", _("This year")),
    ("later", _("Later")),
    ("none", _("No date")),
)


class LedgerFilter(forms.Form):
    """What is asked of the ledger; it lives in the address, so that a view can be kept and sent."""

    q = forms.CharField(label=_("Words"), required=False, max_length=80)
    plan = forms.TypedChoiceField(label=_("Plan"), required=False, coerce=int, empty_value=None)
    unit = forms.CharField(label=_("Unit"), required=False, max_length=40)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[ANY, *Role.choices])
    category = forms.ChoiceField(label=_("Group or project"), required=False, choices=[ANY, *Category.choices])
    due = forms.ChoiceField(label=_("Due"), required=False, choices=DUE)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, *TaskState.choices])

    def __init__(self, *args, plans, **kwargs):
        """`plans` are (id, label) pairs that the person may see; nothing else can be asked for."""
        super().__init__(*args, **kwargs)
        self.fields["plan"].choices = [ANY, *plans]


class TaskStateForm(forms.Form):
    """Where a task stands, for those without a number."""

    state = forms.ChoiceField(label=_("State"), choices=TaskState.choices)
    state_note = forms.CharField(
        label=_("What was done"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class UpperForm(forms.Form):
    """Which issued plan is carried out."""

    upper = forms.TypedChoiceField(label=_("Upper plan"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args, uppers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["upper"].choices = [("", _("None linked")), *((plan.pk, plan.title) for plan in uppers)]


class DecisionForm(forms.Form):
    """About one proposed alignment, or about two tasks linked by hand. `row` is where to go back to."""

    alignment = forms.IntegerField(required=False)
    answer = forms.ChoiceField(
        required=False, choices=[(key, key) for key in ("confirm", "refuse", "reopen", "confirm_likely")]
    )
    task = forms.IntegerField(required=False)
    upper = forms.IntegerField(required=False)
    row = forms.IntegerField(required=False)


COVERAGE = (ANY, ("open", _("Not covered")), ("covered", _("Covered")))


class RollFilter(forms.Form):
    q = forms.CharField(label=_("Words"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("State"), required=False, choices=COVERAGE)


class RollMarkForm(forms.Form):
    """What is done to the chosen items of a roll. `item` holds them as `id:version`; `every` means all of the filter."""

    ACTS = (("cover", _("Mark as covered")), ("uncover", _("Take the mark away")), ("remove", _("Take off the roll")))

    act = forms.ChoiceField(choices=ACTS)
    covered_on = forms.DateField(
        label=_("Covered on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=200)
    every = forms.BooleanField(required=False)

    def clean_covered_on(self):
        day = self.cleaned_data["covered_on"]
        if day > foundation.clock.today():
            raise forms.ValidationError(_("This day is still to come."))
        return day


class RollFillForm(forms.Form):
    """Names for a roll: pasted, or a list that the system knows."""

    source = forms.ChoiceField(label=_("Take over a list"), required=False)
    names = forms.CharField(
        label=_("Paste names"), help_text=_("One a line; numbering in front is left out, and what is there already stays."),
        required=False, max_length=500_000, widget=forms.Textarea(attrs={"rows": 10}),
    )  # fmt: skip

    def __init__(self, *args, sources, **kwargs):
        """`sources` are (key, label) pairs."""
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [("", _("None")), *sources]

    def clean_names(self):
        names = names_in(self.cleaned_data["names"])
        if long := [name for name in names if len(name) > LONGEST_NAME]:
            raise forms.ValidationError(_("This line is too long for a name: %(line)s…") % {"line": long[0][:30]})
        return names

    def clean(self):
        given = super().clean()
        if not self.errors and not given.get("source") and not given.get("names"):
            self.add_error("names", _("Paste names, or choose a list."))
        return given
