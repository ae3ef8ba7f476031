"""Functions that the limited child is asked to run in the tests: each does what a hostile file may cause."""

import os
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path

from kepu.engines.sandbox import Reason, Rejected


def echo(data: bytes, *, prefix: str = "") -> bytes:
    return prefix.encode() + data


def chatter(data: bytes) -> bytes:
    sys.stdout.write("a library prints\n")
    sys.stdout.flush()
    os.write(1, b"even to the descriptor")
    return data


def grow(data: bytes) -> bytes:
    return bytes(1 << 40)


def hoard(data: bytes) -> bytes:
    kept = []
    while True:
        kept.append(bytearray(os.urandom(1 << 20)))


def spin(data: bytes) -> bytes:
    while True:
        pass


def sleep(data: bytes) -> bytes:
    signal.pause()
    return data


def die(data: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGSEGV)
    return data


def leave(data: bytes) -> bytes:
    os._exit(3)


def fail(data: bytes) -> bytes:
    raise KeyError("part")


def nest(data: bytes) -> bytes:
    return nest(data)


def refuse(data: bytes) -> bytes:
    raise Rejected(Reason.ENCRYPTED, "password")


def flood(data: bytes) -> bytes:
    return bytes(64 << 20)


def call_home(data: bytes) -> bytes:
    socket.create_connection(("127.0.0.1", int(data)))
    return b"connected"


def start_shell(data: bytes) -> bytes:
    subprocess.run(["true"], check=True)
    return b"started"


def fill_disk(data: bytes) -> bytes:
    with Path("big").open("wb") as file:
        for _ in range(64):
            file.write(bytes(1 << 20))
    return b"filled"


def where(data: bytes) -> bytes:
    Path("note").write_bytes(data)
    return bytes(Path.cwd())


def modules(data: bytes) -> bytes:
    return "\n".join(sys.modules).encode()


def core_limit(data: bytes) -> bytes:
    return str(resource.getrlimit(resource.RLIMIT_CORE)[1]).encode()
