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
    unit = forms.TypedChoiceField(label=_("Unit"), required=False, coerce=int, empty_value=None)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[ANY, *Role.choices])
    category = forms.ChoiceField(label=_("Group or project"), required=False, choices=[ANY, *Category.choices])
    due = forms.ChoiceField(label=_("Due"), required=False, choices=DUE)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, *TaskState.choices])

    def __init__(self, *args, plans, units, **kwargs):
        """`plans` and `units` are (id, label) pairs that the person may see; nothing else can be asked for."""
        super().__init__(*args, **kwargs)
        self.fields["plan"].choices = [ANY, *plans]
        self.fields["unit"].choices = [ANY, *units]


class TaskStateForm(forms.Form):
    """Where a task stands, for those without a number."""

    state = forms.ChoiceField(label=_("State"), choices=TaskState.choices)
    state_note = forms.CharField(
        label=_("What was done"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)
