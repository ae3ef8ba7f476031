from kepu.plans.models.draft import Assignment, Decision, NumberFinding, Section, Target, Task
from kepu.plans.models.ledger import Alignment, LedgerTarget, LedgerTask, LedgerUnit
from kepu.plans.models.plan import Plan, SourceDocument, Version
from kepu.plans.models.proposal import Duty, Opinion, UnitProposal
from kepu.plans.models.rolls import RollChange, RollItem

__all__ = [
    "Alignment",
    "Assignment",
    "Decision",
    "Duty",
    "LedgerTarget",
    "LedgerTask",
    "LedgerUnit",
    "NumberFinding",
    "Opinion",
    "Plan",
    "RollChange",
    "RollItem",
    "Section",
    "SourceDocument",
    "Target",
    "Task",
    "UnitProposal",
    "Version",
]
