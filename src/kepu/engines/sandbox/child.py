"""The other side of `process`: what runs inside the limited child."""

from __future__ import annotations

import gc
import importlib
import os
import resource
import sys
from typing import Any

from .limits import Reason, Rejected

# Audit events (PEP 578) that a reader of files never needs.
_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "pty.")


def serve(order: dict[str, Any]) -> None:
    """Limit this process, call the ordered function on standard input and write the answer; never returns.

    The answer is one byte (+ or -) and the result, or the reason with a detail. `os._exit` skips the teardown of
    libraries, which is time nobody waits for and code that a hostile file may have upset.
    """
    output = _claim_output()
    try:
        _limit(order)
        module, _, name = order["call"].partition(":")
        function = getattr(importlib.import_module(module), name)
        result = function(sys.stdin.buffer.read(), **order["options"])
        if len(result) > order["output_bytes"]:
            raise Rejected(Reason.TOO_LARGE, "result")
        answer = b"+" + result
    except Rejected as refusal:
        answer = _refusal(refusal.reason, refusal.detail)
    except MemoryError:
        gc.collect()
        answer = _refusal(Reason.MEMORY, "")
    except RecursionError:
        answer = _refusal(Reason.MALFORMED, "nested too deep")
    except Exception as error:  # the border: any failure on hostile bytes is "cannot be read"
        answer = _refusal(Reason.MALFORMED, f"{type(error).__name__} {error}")
    view = memoryview(answer)
    while view:
        view = view[os.write(output, view) :]
    os._exit(0)


def _refusal(reason: Reason, detail: str) -> bytes:
    return f"-{reason.value}:{detail[:300]}".encode("utf-8", "replace")


def _claim_output() -> int:
    """Keep the pipe for the answer alone: whatever a library prints goes nowhere."""
    output = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return output


def _limit(order: dict[str, Any]) -> None:
    seconds = order["cpu_seconds"]
    for what, soft, hard in (
        (resource.RLIMIT_AS, order["memory"], order["memory"]),
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_FSIZE, order["output_bytes"], order["output_bytes"]),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        _, ceiling = resource.getrlimit(what)
        if ceiling != resource.RLIM_INFINITY:  # an administrator's lower limit stands
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(what, (soft, hard))
    sys.addaudithook(_refuse_harm)


def _refuse_harm(event: str, _arguments: tuple[object, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(event)
