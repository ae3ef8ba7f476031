from django import forms
from django.utils.translation import gettext_lazy as _

from kepu.plans.enums import Category, Role, TaskState

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
