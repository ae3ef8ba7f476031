"""What the codes of the plan reader and of the register say to a person."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kepu.plans.models.draft import DraftRow

CANDIDATE_REASONS = {
    "ambiguous": _("several are called so"),
    "successor": _("took over its duties"),
    "alike": _("similar name"),
}
# Codes of the plan reader (engines/plandoc); a code that is missing here is shown as a general doubt.
DOUBTS: dict[str, object] = {}


def doubt(row: DraftRow) -> str:
    """What made the reader doubt a finding, as a sentence."""
    sentence = DOUBTS.get(row.reason)
    return str(sentence) if sentence else gettext("The reader is not sure here. Compare with the source.")
