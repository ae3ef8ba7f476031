"""Run a reading function on bytes from outside in a child process that cannot do harm.

The child is a fresh interpreter (no fork of the caller's memory, threads or connections) that limits itself before it
imports anything: address space, processor time, file size, no core, no network, no further process. The input is its
standard input (an unnamed temporary file), the result comes back over a pipe as plain bytes; nothing is ever unpickled.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

from .limits import DEFAULT, Limits, Reason, Rejected, check_size

# `-I -S` skips the site machinery; the caller's own search path is handed over instead, so the child finds the same
# packages whether the product is installed, editable or run from its source folder.
_START = (
    "import json, sys; order = json.loads(sys.argv[1]); sys.path[:] = order['path'];"
    "from kepu.engines.sandbox.child import serve; serve(order)"
)
OK = b"+"
REFUSED = b"-"


def run_limited(
    function_path: str,
    payload: bytes,
    limits: Limits = DEFAULT,
    *,
    options: Mapping[str, str | int | float | bool] | None = None,
) -> bytes:
    """Call `function_path` ("package.module:function") with the bytes in a limited child; returns the bytes it returns.

    `options` become keyword arguments. Raises Rejected: TOO_LARGE (input or output), TIMEOUT, MEMORY, CRASHED, or
    MALFORMED for any exception of the function; a Rejected that the function itself raises comes back unchanged.
    """
    check_size(payload, limits)
    order = {
        "call": function_path,
        "options": dict(options or {}),
        "path": [str(Path(folder).absolute()) for folder in sys.path],
        "memory": limits.memory,
        "cpu_seconds": limits.cpu_seconds,
        "output_bytes": limits.output_bytes,
    }
    with tempfile.TemporaryDirectory(prefix="kepu-") as folder, tempfile.TemporaryFile() as source:
        source.write(payload)
        source.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", "-X", "utf8", "-c", _START, json.dumps(order)],
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={"TMPDIR": folder, "LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )
        late = threading.Event()
        timer = threading.Timer(limits.wall_seconds, _stop, (child, late))
        timer.start()
        try:
            answer = _read(child, limits)
        finally:
            timer.cancel()
            child.kill()
            child.wait()
    if late.is_set() or child.returncode == -signal.SIGXCPU:
        raise Rejected(Reason.TIMEOUT, f"{limits.wall_seconds} s")
    return _result(answer, child.returncode)


def _stop(child: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    child.kill()


def _read(child: subprocess.Popen[bytes], limits: Limits) -> bytes:
    assert child.stdout is not None  # noqa: S101 - tells the type checker; PIPE was asked for
    with child.stdout as pipe:
        answer = pipe.read(limits.output_bytes + 2)
        if len(answer) > limits.output_bytes + 1:
            raise Rejected(Reason.TOO_LARGE, f"result above {limits.output_bytes} bytes")
    child.wait()
    return answer


def _result(answer: bytes, returncode: int) -> bytes:
    if returncode == 0 and answer[:1] == OK:
        return answer[1:]
    if returncode == 0 and answer[:1] == REFUSED:
        reason, _, detail = answer[1:].decode("utf-8", "replace").partition(":")
        raise Rejected(Reason(reason), detail)
    raise Rejected(Reason.CRASHED, f"exit {returncode}")
