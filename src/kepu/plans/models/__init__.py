from kepu.plans.models.draft import Assignment, Decision, NumberFinding, Section, Target, Task
from kepu.plans.models.ledger import Alignment, LedgerTarget, LedgerTask, LedgerUnit, RollItem
from kepu.plans.models.plan import Plan, SourceDocument, Version

__all__ = [
    "Alignment",
    "Assignment",
    "Decision",
    "LedgerTarget",
    "LedgerTask",
    "LedgerUnit",
    "NumberFinding",
    "Plan",
    "RollItem",
    "Section",
    "SourceDocument",
    "Target",
    "Task",
    "Version",
]
