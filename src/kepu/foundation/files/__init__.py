"""Files: checked before they are kept, stored under their hash, read by whoever the owner's rule lets in.

    foundation.files.register_owner("plans.document", may_read)          # once, when the room's app is ready
    checked = foundation.files.check(upload, name=upload.name, purpose="plan_document", region_path=path, actor=actor)
    with transaction.atomic():
        document = Document.objects.create(…)
        file = foundation.files.store(checked, owner=("plans.document", document.pk))

`check` starts limited child processes and may take seconds: call it outside a transaction. `store` with bytes does both
at once and is for callers that hold no transaction.
"""

from kepu.foundation.files.check import Checked, check
from kepu.foundation.files.purposes import Purpose, purpose, register
from kepu.foundation.files.refusals import Classified, FileRefused
from kepu.foundation.files.storage import damaged, sweep
from kepu.foundation.files.stored import FileInfo, forget, info, of_owner, read, register_owner, store

__all__ = [
    "Checked",
    "Classified",
    "FileInfo",
    "FileRefused",
    "Purpose",
    "check",
    "damaged",
    "forget",
    "info",
    "of_owner",
    "purpose",
    "read",
    "register",
    "register_owner",
    "store",
    "sweep",
]
