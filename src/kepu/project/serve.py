"""`kepu serve`: the web server, one worker and the ticker, watched by this process and stopped together."""

import argparse
import errno
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connections

from kepu.foundation import door as foundation
from kepu.project import running

GRACE = 20  # seconds for requests and the job in hand, after which children are killed
LONGEST_PAUSE = 60  # seconds between restarts of a child that keeps failing


def main(argv: Sequence[str]) -> int:
    asked = _parser().parse_args(argv)
    if problem := refusal(asked):
        print(f"kepu serve: {problem}", file=sys.stderr)
        return 1
    try:
        with running.shared(settings.KEPU_DATA):
            return run(asked)
    except running.InUse as busy:
        print(f"kepu serve: {busy}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kepu serve", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--cert", type=Path, help="certificate chain (PEM)")
    parser.add_argument("--key", type=Path, help="private key of the certificate (PEM, PKCS#8)")
    parser.add_argument("--workers", type=int, default=2, help="web processes (default: %(default)s)")
    parser.add_argument("--no-worker", action="store_true", help="no background work and no ticker here")
    return parser


def refusal(asked: argparse.Namespace) -> str:
    """Why the server must not start like this, in one line that says what to do; empty if it may."""
    if bool(asked.cert) != bool(asked.key):
        return "--cert and --key belong together."
    for path in (asked.cert, asked.key):
        if path and not os.access(path, os.R_OK):
            return f"{path} cannot be read."
    if asked.key and b"BEGIN PRIVATE KEY" not in asked.key.read_bytes():
        return (
            f"{asked.key} is not in PKCS#8 form. Convert it: openssl pkcs8 -topk8 -nodes -in {asked.key} -out new.pem"
        )
    if not (asked.cert or is_loopback(asked.host) or settings.KEPU_PLAIN_HTTP == "lan" or settings.KEPU_BEHIND_PROXY):
        return (
            f"plain http on {asked.host} would send passwords in the clear. Give --cert and --key, put a proxy in front "
            "(KEPU_BEHIND_PROXY=1), or set KEPU_PLAIN_HTTP=lan for a closed office network."
        )
    if problem := port_problem(asked.host, asked.port):
        return problem
    found = foundation.checks.run(at_least=foundation.checks.Severity.CRITICAL)
    connections.close_all()
    return " ".join(f"{finding.sentence}." for finding in found)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def port_problem(host: str, port: int) -> str:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return (
                    f"port {port} is taken, perhaps by a Kepu that already runs. Stop that one, or choose another port: "
                    f"--port {port + 1}"
                )
            if error.errno == errno.EACCES:
                return (
                    f"port {port} needs more rights than this user has. Choose one above 1023, or put a proxy in front."
                )
            return f"cannot listen on {host}:{port}: {error.strerror}."
    return ""


@dataclass
class Child:
    """A process that this one keeps alive."""

    name: str
    command: list[str]
    env: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    restart_at: float = field(default=0.0)

    def start(self) -> None:
        # A group of its own: Ctrl-C in the terminal reaches this process only, which stops the children in order.
        self.process = subprocess.Popen(self.command, env=self.env, start_new_session=True)
        self.started = time.monotonic()

    def watch(self) -> None:
        """Start again when it ended, after a pause that doubles while it keeps failing."""
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None:
                return
            lived = now - self.started
            self.failures = 0 if lived > LONGEST_PAUSE else self.failures + 1
            pause = min(LONGEST_PAUSE, 2**self.failures)
            print(f"kepu serve: {self.name} ended ({self.process.returncode}), again in {pause} s", file=sys.stderr)
            self.process, self.restart_at = None, now + pause
        elif now >= self.restart_at:
            self.start()

    def terminate(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def children(asked: argparse.Namespace) -> list[Child]:
    env = {**os.environ, "KEPU_DATA": str(settings.KEPU_DATA)}
    if asked.cert:
        env["KEPU_TLS"] = "1"
    # A page that takes this long is lost anyway; workers and migrations may take their time.
    web_env = {"KEPU_STATEMENT_SECONDS": "30", **env}
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", asked.host, "--port", str(asked.port)]
    web += ["--workers", str(asked.workers), "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
    web += ["--workers-kill-timeout", "10", "--respawn-failed-workers"]
    if asked.cert:
        web += ["--ssl-certificate", str(asked.cert), "--ssl-keyfile", str(asked.key), "--ssl-protocol-min", "tls1.2"]
    found = [Child("web", [*web, "kepu.project.wsgi:application"], web_env)]
    if not asked.no_worker:
        found.append(Child("worker", [sys.executable, "-m", "kepu", "worker"], env))
        found.append(Child("ticker", [sys.executable, "-m", "kepu", "tick", "--loop"], env))
    return found


def answers(host: str, port: int) -> bool:
    """Whether somebody listens there by now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def run(asked: argparse.Namespace) -> int:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    kept = children(asked)
    for child in kept:
        child.start()
    told = False
    while not stop.wait(0.2):
        for child in kept:
            child.watch()
        if not told and answers(asked.host, asked.port):
            name = f"[{asked.host}]" if ":" in asked.host else asked.host
            print(
                f"Kepu runs at {'https' if asked.cert else 'http'}://{name}:{asked.port}/ — stop with Ctrl-C",
                flush=True,
            )
            told = True
    for child in kept:
        child.terminate()
    until = time.monotonic() + GRACE
    for child in kept:
        child.wait(until)
    return 0
