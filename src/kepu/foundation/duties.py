"""What foundation itself declares at start: its actions, its append-only tables, its periodic duties."""

from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from kepu.foundation import (
    actions,
    audit,
    clock,
    exports,
    files,
    guards,
    jobs,
    navigation,
    sealing,
    spreadsheets,
    ticks,
)
from kepu.foundation.exports import work
from kepu.foundation.spreadsheets import runs

_PURGED_ENTRY = (
    "NOT EXISTS (SELECT 1 FROM foundation_auditlink l JOIN foundation_auditpurge p ON p.seal_id = l.seal_id "
    "WHERE l.entry_id = OLD.id)"
)
_PURGED_LINK = "NOT EXISTS (SELECT 1 FROM foundation_auditpurge p WHERE p.seal_id = OLD.seal_id)"


def declare() -> None:
    actions.register("audit.read", _("Read the audit log"))
    actions.register("jobs.read", _("See the background work of the region"))
    actions.register("system.manage", _("Look after the installation"))

    audit.describe(
        {
            "access.denied": _("Access denied"),
            "access.forged_form": _("Form without a valid token"),
            "account.sign_in": _("Sign-in"),
            "account.sign_out": _("Sign-out"),
            "audit.export": _("Audit log exported"),
            "file.download": _("Protected file downloaded"),
            "file.forget": _("File removed"),
            "file.upload": _("File uploaded"),
            "list.export": _("List exported"),
            "sheet.import": _("Spreadsheet imported"),
            "job.cancel": _("Background work cancelled"),
            "job.retry": _("Background work started again"),
            "system.backup": _("Backup made"),
            "system.restore": _("Backup restored"),
        }
    )
    system = {"group": _("System"), "order": 900}
    navigation.register(_("Background work"), "foundation:job_list", **system)
    navigation.register(_("Audit log"), "foundation:audit_list", action="audit.read", **system)

    guards.register(guards.Guard("foundation.AuditEntry", delete=_PURGED_ENTRY))
    guards.register(guards.Guard("foundation.AuditLink", delete=_PURGED_LINK))
    guards.register(guards.Guard("foundation.AuditSeal"))
    guards.register(guards.Guard("foundation.AuditPurge"))
    # A row may go, never point at other bytes or another owner.
    guards.register(guards.Guard("foundation.StoredFile", delete="", truncate=False))

    files.register_owner(runs.OWNER, runs.may_read)
    files.register_owner(work.OWNER, work.may_read)

    ticks.register("audit.seal", timedelta(minutes=1), seal_and_note)
    ticks.register("audit.verify", timedelta(days=1), verify_log)
    ticks.register("audit.purge", timedelta(days=1), lambda: sealing.purge(timedelta(days=settings.KEPU_AUDIT_DAYS)))
    ticks.register("jobs.revive", timedelta(seconds=20), jobs.revive)
    ticks.register("jobs.forget", timedelta(days=1), forget_jobs)
    ticks.register("files.sweep", timedelta(hours=1), files.sweep)
    ticks.register("exports.forget", timedelta(days=1), exports.forget_old)
    ticks.register("sheets.forget", timedelta(days=1), spreadsheets.forget_old)
    ticks.register("sessions.clear", timedelta(days=1), lambda: call_command("clearsessions"))


class BrokenLog(Exception):
    """The audit log was tampered with or lacks something; `kepu check` shows what."""


def verify_log() -> None:
    """The daily look at the chain (S13); what it finds stays visible as a failing duty."""
    result = sealing.verify(sealing.noted())
    if not result.is_sound:
        raise BrokenLog(", ".join([*result.tampered, *result.missing][:5]))


def seal_and_note() -> None:
    """Seal, and note the head in a file, so that a log whose end was cut off in the database still shows."""
    if sealing.seal() and (head := sealing.head()):
        sealing.note(head)


def forget_jobs() -> None:
    jobs.forget_old()
    # Deliveries that came long ago; those left "running" belonged to workers that died.
    DBTaskResult.objects.exclude(status="READY").filter(enqueued_at__lt=clock.now() - jobs.KEPT).delete()
