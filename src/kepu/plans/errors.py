"""What this room refuses, in the words of the desk."""

from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation


class Conflict(foundation.Refusal):
    """Somebody else saved the same row first. `mine` and `theirs` hold label → text of the fields that differ."""

    code = "plans.conflict"
    sentence = _("Somebody else changed this entry while you were working on it. Nothing of yours has been saved yet.")
    template = "plans/conflict.html"

    def __init__(self, *, mine: dict[str, object] | None = None, theirs: dict[str, object] | None = None) -> None:
        self.rows = [
            {"name": name, "mine": value, "theirs": (theirs or {}).get(name)}
            for name, value in (mine or {}).items()
            if value != (theirs or {}).get(name)
        ]
        super().__init__()


class NotReady(foundation.Refusal):
    code = "plans.not_ready"
    sentence = _("The plan cannot be issued yet: %(open)s items are still to be done. The list is on the issue page.")


class UnitsMissing(foundation.Refusal):
    code = "plans.units_missing"
    sentence = _("Name a unit first, or say that no unit answers for this task.")


class AlreadyNamed(foundation.Refusal):
    code = "plans.already_named"
    sentence = _("“%(name)s” is already named on this task.")


class CannotSplit(foundation.Refusal):
    code = "plans.cannot_split"
    sentence = _("Both parts of a split task need text. Choose another place.")


class CannotMerge(foundation.Refusal):
    code = "plans.cannot_merge"
    sentence = _("Choose another task of the same plan to merge with.")


class NothingToUndo(foundation.Refusal):
    code = "plans.nothing_to_undo"
    sentence = _("There is nothing left to undo.")


class RollTooLong(foundation.Refusal):
    code = "plans.roll_too_long"
    sentence = _("A roll holds at most %(longest)s names. Check that this is the right list.")
    status = 422


class Invalid(foundation.Refusal):
    code = "plans.invalid"
    sentence = _("Not saved: %(problem)s")
    status = 422


class NoPlanFound(foundation.Refusal):
    code = "plans.no_plan_found"
    sentence = _("No numbered tasks were found in this text. Check that it is the plan itself, not only its notice.")
    status = 422


class SameFile(foundation.Refusal):
    code = "plans.same_file"
    sentence = _("This file has been imported already, as “%(title)s”. Open that plan and have it read again instead.")


class NoChange(foundation.Refusal):
    code = "plans.no_change"
    sentence = _("Nothing has changed since the version in force.")


class ReasonMissing(foundation.Refusal):
    code = "plans.reason_missing"
    sentence = _("Say why the issued plan is changed.")
    status = 422


class NotAnUpperPlan(foundation.Refusal):
    code = "plans.not_an_upper_plan"
    sentence = _("Choose an issued plan of this region or of one above it.")


class CannotRead(foundation.Refusal):
    """`reason` is the reader's own sentence, which says what to do."""

    code = "plans.cannot_read"
    sentence = _("The file cannot be read: %(reason)s.")
    status = 422


class AlreadyInUse(foundation.Refusal):
    code = "plans.already_in_use"
    sentence = _("This plan has been read already and cannot be taken away. Archive it instead.")


class NotIssued(foundation.Refusal):
    code = "plans.not_issued"
    sentence = _("Only an issued plan can be shown to the public.")


class NotInReview(foundation.Refusal):
    code = "plans.not_in_review"
    sentence = _("This plan is not open for changes. An archived plan has to be taken back first.")


class CannotArchive(foundation.Refusal):
    code = "plans.cannot_archive"
    sentence = _("Only a plan that is under review or issued can be archived.")


class NotArchived(foundation.Refusal):
    code = "plans.not_archived"
    sentence = _("This plan is not archived.")


class TableMoved(foundation.Refusal):
    code = "plans.table_moved"
    sentence = _("The draft has changed since the check: row %(row)s can no longer be taken. Upload the file again.")
