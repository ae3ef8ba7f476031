"""What the survey commands share: a refusal as JSON on standard error with exit status 2, an answer to a file or out."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from ..errors import SurveyError

REFUSED = 2


def answer(work: Callable[[], None]) -> int:
    """Run the work; 0, or 2 after a refusal, which is one line of JSON on standard error."""
    try:
        work()
    except SurveyError as refusal:
        sys.stderr.write(json.dumps(refusal.as_dict(), ensure_ascii=False) + "\n")
        return REFUSED
    return 0


def put(text: str, out: Path | None) -> None:
    """Write UTF-8 to a file, or to standard output if there is none. Raises `output.unwritable`."""
    if out is not None:
        try:
            out.write_bytes(text.encode())
        except OSError as problem:
            raise SurveyError(
                "output.unwritable", str(out), "a writable file", problem.strerror or str(problem)
            ) from None
        return
    try:
        sys.stdout.buffer.write(text.encode())  # whatever the terminal's encoding
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # whoever reads the pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
