"""What this room writes into the audit log, in the words of the page that shows it."""

from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation

WORDS = {
    "plan.align": _("Task linked to an upper task, or the link undone"),
    "plan.archive": _("Plan archived"),
    "plan.begin": _("Plan begun from a table"),
    "plan.describe": _("Particulars of a plan corrected"),
    "plan.discard": _("Import of a plan taken away"),
    "plan.export": _("Plan data saved as a file"),
    "plan.hand_over": _("Plan handed over to a successor"),
    "plan.import": _("Plan document imported"),
    "plan.issue": _("Plan issued"),
    "plan.link_upper": _("Plan linked to an upper plan"),
    "plan.opinion": _("Opinion on a draft filed"),
    "plan.opinion_settled": _("Decided about an opinion on a draft"),
    "plan.publish": _("Plan shown to the public"),
    "plan.read_again": _("Plan document read again"),
    "plan.roll_cover": _("Places on a roll marked as covered"),
    "plan.roll_fill": _("Names put on a roll"),
    "plan.roll_remove": _("Names taken off a roll"),
    "plan.roll_sheet": _("Roll imported from a spreadsheet"),
    "plan.roll_uncover": _("Marks on a roll taken away"),
    "plan.roll_undo": _("Change of a roll undone"),
    "plan.task_state": _("State of a task changed"),
    "plan.unarchive": _("Plan taken out of the archive"),
    "plan.withdraw": _("Plan withdrawn from the public"),
}
foundation.audit.describe(WORDS)
