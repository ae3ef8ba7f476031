"""What the codes of the plan reader and of the register say to a person."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kepu.plans.models.draft import DraftRow

CANDIDATE_REASONS: dict[str, Promise] = {
    "ambiguous": _("several are called so"),
    "successor": _("took over its duties"),
    "alike": _("similar name"),
}
# Codes of the plan reader (engines/plandoc) and of services/reading.py and services/table_in.py.
DOUBTS: dict[str, Promise] = {
    "amount": _("It is not certain that this number is a target."),
    "preamble": _("It stands where the situation is described; it may be a baseline."),
    "past_time": _("A past year stands before it; it may be a baseline."),
    "full_coverage": _("Full coverage: say what list it runs over."),
    "said_before": _("The same figure was promised further up; it may be a repetition."),
    "no_measure_word": _("A number without a unit of measure."),
    "phase_of_a_project": _("It may be the number of a phase, not a quantity."),
    "unusual_name": _("The name does not look like a unit."),
    "annex_row": _("Joined from a row of the annex; compare the names of the tasks."),
    "long_title": _("The heading is unusually long; it may need splitting."),
    "source_changed": _("The source reads otherwise now than when this was checked."),
    "typed": _("Read from a table in free words; compare the figure."),
    "gone_from_source": _("The source no longer contains this."),
}
UNSURE = _("The reader is not sure here. Compare with the source.")


def doubt(row: DraftRow) -> str:
    """What made the reader doubt a finding, as a sentence."""
    return str(DOUBTS.get(row.reason, UNSURE))
