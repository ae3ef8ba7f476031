import pytest

from kepu.engines.plandoc import read_plan
from kepu.foundation.scope import SYSTEM
from kepu.plans.models import Plan, SourceDocument
from kepu.plans.services import reading
from tests import world as places
from tests.plans import factories as make
from tests.plans.sample import TEXT


@pytest.fixture
def world(db):
    return places.build()


def read_into(plan: Plan, text: str) -> reading.Outcome:
    """Have the real reader read a text into a plan's draft, as the job does after decoding the file."""
    found = read_plan(text)
    source = SourceDocument(
        plan=plan, file_id=1, file_name="plan.txt", sha256="0" * 64, text=found.cleaned, reading={},
        engine_version="test", read_at=make.NOW,
    )  # fmt: skip
    return reading.write(plan=plan, source=source, reading=found, actor=SYSTEM)


@pytest.fixture
def draft(world):
    """The sample plan in the draft of county A, as it comes from the reader."""
    plan = make.plan(places.COUNTY_A, state="importing", title="plan.txt")
    read_into(plan, TEXT)
    plan.refresh_from_db()
    return plan
