"""The closed vocabularies of the room; the values of the reading contract are kept as they are printed there."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlanKind(TextChoices):
    PLAN = "plan", _("Implementation plan")
    OPINION = "opinion", _("Implementation opinion")
    ANNUAL_POINTS = "annual_points", _("Annual points")


class PlanState(TextChoices):
    IMPORTING = "importing", _("Importing")
    REVIEWING = "reviewing", _("Under review")
    ISSUED = "issued", _("Issued")
    ARCHIVED = "archived", _("Archived")


class Role(TextChoices):
    RESPONSIBLE = "responsible", _("Responsible unit, not yet split")
    LEAD = "lead", _("Lead unit")
    CO_LEAD = "co_lead", _("Co-lead unit")
    COOPERATE = "cooperate", _("Cooperating unit")


class Resolution(TextChoices):
    """What a printed name of a unit stands for."""

    UNRESOLVED = "unresolved", _("Not resolved")
    ORGANISATION = "organisation", _("Organisation")
    WILDCARD = "wildcard", _("Group of organisations")
    AS_PRINTED = "as_printed", _("Kept as printed")


class Comparator(TextChoices):
    EQUAL = "=", _("reaches")
    AT_LEAST = ">=", _("at least")
    AT_MOST = "<=", _("at most")
    ABOUT = "about", _("about")
    RANGE = "range", _("from … to …")


class Modality(TextChoices):
    FIRM = "firm", _("Binding")
    ASPIRATIONAL = "aspirational", _("Anticipated")


class Period(TextChoices):
    NONE = "none", _("No period printed")
    DEADLINE = "deadline", _("By the end of a year")
    WITHIN_YEARS = "within_years", _("Within a number of years")
    SPAN = "span", _("From year to year")
    YEAR = "year", _("In one year")
    PER_YEAR = "per_year", _("Every year")
    EVERY_N_YEARS = "every_n_years", _("Every few years")
    PER_HALF_YEAR = "per_half_year", _("Every half-year")
    PER_QUARTER = "per_quarter", _("Every quarter")
    PER_MONTH = "per_month", _("Every month")
    PER_WEEK = "per_week", _("Every week")


class Counting(TextChoices):
    CUMULATIVE = "cumulative", _("Cumulative over the period")
    PERIODIC = "periodic", _("Counted anew each period")
    LATEST = "latest", _("Latest value")


class TaskState(TextChoices):
    NOT_STARTED = "not_started", _("Not started")
    UNDER_WAY = "under_way", _("Under way")
    DONE = "done", _("Completed")
    STANDING = "standing", _("Kept up permanently")


class NumberKind(TextChoices):
    """What a number of the source is; every number of the source is one of these."""

    TARGET = "target", _("Target")
    BASELINE = "baseline", _("Baseline")
    NOT_A_TARGET = "not_a_target", _("Not a target")


class Category(TextChoices):
    """Group of people or project that a section or task belongs to (the contract of the plan reader)."""

    ORGANISATION = "organisation", _("Organisation and safeguards")
    GOALS = "goals", _("Goals")
    PREAMBLE = "preamble", _("Preamble")
    YOUTH = "youth", _("Young people")
    FARMERS = "farmers", _("Farmers")
    INDUSTRIAL_WORKERS = "industrial_workers", _("Industrial workers")
    URBAN_WORKERS = "urban_workers", _("Urban workers")
    ELDERLY = "elderly", _("Elderly people")
    OFFICIALS = "officials", _("Officials and civil servants")
    RESOURCES = "resources_to_popularization", _("Turning research resources into popularisation")
    INFORMATIZATION = "informatization", _("Information technology in popularisation")
    INFRASTRUCTURE = "infrastructure", _("Popularisation infrastructure")
    GRASSROOTS = "grassroots_capacity", _("Grassroots capacity")
    COOPERATION = "open_cooperation", _("Exchange and cooperation")
    OTHER = "other", _("Other")


class Act(TextChoices):
    """What a person decided at the review desk; the log shows it and undo takes it back."""

    EDIT = "edit", _("Edited")
    CONFIRM = "confirm", _("Confirmed")
    REOPEN = "reopen", _("Reopened")
    CLASSIFY = "classify", _("Number classified")
    ADD = "add", _("Added")
    DROP = "drop", _("Left out")
    RESTORE = "restore", _("Put back")
    SPLIT = "split", _("Split")
    MERGE = "merge", _("Merged")
    MOVE = "move", _("Moved")
    RESOLVE = "resolve", _("Unit resolved")
    ROLES = "roles", _("Roles split")
    REREAD = "reread", _("Read again")
    ACCEPT = "accept", _("Proposal accepted")
    SHEET = "sheet", _("Imported from a spreadsheet")
    UNDO = "undo", _("Undone")


class Outcome(TextChoices):
    """What became of a member's opinion on a draft."""

    OPEN = "open", _("Not decided yet")
    NONE = "none", _("No objection")
    ADOPTED = "adopted", _("Adopted")
    PARTLY = "partly", _("Partly adopted")
    NOT_ADOPTED = "not_adopted", _("Not adopted")


class RollAct(TextChoices):
    """What was done to a roll; each can be undone."""

    FILL = "fill", _("Names added")
    COVER = "cover", _("Marked as covered")
    UNCOVER = "uncover", _("Mark taken away")
    REMOVE = "remove", _("Taken off the roll")
    SHEET = "sheet", _("Imported from a spreadsheet")
    UNDO = "undo", _("Undone")


FULL_COVERAGE = "全覆盖"  # the unit of a qualitative target, as the contract prints it
