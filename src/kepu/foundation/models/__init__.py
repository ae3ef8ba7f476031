from kepu.foundation.models.audit import AuditEntry, AuditLink, AuditPurge, AuditSeal
from kepu.foundation.models.files import StoredFile
from kepu.foundation.models.jobs import Job, TickRun
from kepu.foundation.models.sheets import SheetRun

__all__ = ["AuditEntry", "AuditLink", "AuditPurge", "AuditSeal", "Job", "SheetRun", "StoredFile", "TickRun"]
