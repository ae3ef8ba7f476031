"""Why a file is not taken, each with a stable code and what to do about it."""

from django.utils.translation import gettext_lazy as _

from kepu.engines.sandbox import Reason
from kepu.foundation.errors import Refusal


class FileRefused(Refusal):
    """Any refusal of an upload; `where` is the form field if the caller names it."""

    code = "file.refused"
    status = 422


class Classified(FileRefused):
    code = "file.classified"
    sentence = _("Classified documents must not be uploaded. Nothing of this file has been kept.")


class Empty(FileRefused):
    code = "file.empty"
    sentence = _("This file is empty.")


class TooLarge(FileRefused):
    code = "file.too_large"
    sentence = _("This file is larger than %(megabytes)s MB. Make it smaller or split it, then upload it again.")


class WrongType(FileRefused):
    code = "file.type"
    sentence = _("Files of this kind cannot be uploaded here. Possible are: %(types)s.")


class Mismatch(FileRefused):
    code = "file.mismatch"
    sentence = _("The content of this file does not fit its name. Save it again in its own program, then upload it.")


class Locked(FileRefused):
    code = "file.locked"
    sentence = _(
        "This file is protected by a password and cannot be checked. Remove the password, then upload it again."
    )


class Damaged(FileRefused):
    code = "file.damaged"
    sentence = _("This file is damaged or was not saved completely. Save it again, then upload it.")


class Unsafe(FileRefused):
    code = "file.unsafe"
    sentence = _("This file holds parts that can do harm, such as macros. Save it as a plain .docx, .xlsx or .pdf.")


class TooComplex(FileRefused):
    code = "file.too_complex"
    sentence = _("This file is too complex to be checked. Split it into smaller files, or save it as .pdf.")


class TooMany(FileRefused):
    code = "file.too_many"
    sentence = _("No more than %(count)s files can be added here.")


BY_REASON: dict[Reason, type[FileRefused]] = {
    Reason.TOO_LARGE: TooComplex,
    Reason.TIMEOUT: TooComplex,
    Reason.MEMORY: TooComplex,
    Reason.CRASHED: Damaged,
    Reason.MALFORMED: Damaged,
    Reason.UNSAFE: Unsafe,
    Reason.ENCRYPTED: Locked,
}
