from kepu.foundation.models.audit import AuditEntry, AuditLink, AuditPurge, AuditSeal
from kepu.foundation.models.jobs import Job, TickRun

__all__ = ["AuditEntry", "AuditLink", "AuditPurge", "AuditSeal", "Job", "TickRun"]
