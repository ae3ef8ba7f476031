"""`kepu serve` refuses what is unsafe in one line, serves over TLS, and stops with everything that it started."""

import signal
import socket
import ssl
import subprocess
import time
import urllib.request
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kepu.project import serve


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def asked(**changed) -> Namespace:
    usual = {"host": "127.0.0.1", "port": free_port(), "cert": None, "key": None, "workers": 1, "no_worker": False}
    return Namespace(**{**usual, **changed})


@pytest.fixture
def certificate(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_path, key_path, old_path = tmp_path / "cert.pem", tmp_path / "key.pem", tmp_path / "old.pem"
    cert_path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    forms = {key_path: serialization.PrivateFormat.PKCS8, old_path: serialization.PrivateFormat.TraditionalOpenSSL}
    for path, form in forms.items():
        path.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return cert_path, key_path, old_path


def test_a_certificate_needs_its_key(certificate):
    cert, key, old = certificate
    assert "belong together" in serve.refusal(asked(cert=cert))
    assert "cannot be read" in serve.refusal(asked(cert=cert, key=key.with_name("none.pem")))
    assert "openssl pkcs8" in serve.refusal(asked(cert=cert, key=old))


def test_plain_http_stays_on_this_machine(settings):
    assert "KEPU_PLAIN_HTTP=lan" in serve.refusal(asked(host="192.0.2.1"))
    assert "KEPU_PLAIN_HTTP=lan" in serve.refusal(asked(host="::"))


def test_a_taken_port_is_said_with_what_to_do():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"port {port} is taken" in serve.refusal(asked(port=port))
        assert f"--port {port + 1}" in serve.refusal(asked(port=port))


@pytest.mark.django_db
def test_nothing_stands_against_the_usual_call(settings):
    assert serve.refusal(asked()) == ""


def processes_of(data) -> set[int]:
    """Ids of processes whose environment names this data directory."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            variables = (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # ended meanwhile, or not ours
        if f"KEPU_DATA={data}".encode() in variables:
            found.add(int(process.name))
    return found


@pytest.mark.slow
def test_it_serves_over_tls_and_stops_with_everything(installation, certificate):
    cert, key, _ = certificate
    port = free_port()
    server = subprocess.Popen(
        installation.command("serve", "--port", str(port), "--cert", str(cert), "--key", str(key), "--workers", "1"),
        env=installation.environ(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stdout.readline().startswith(f"Kepu runs at https://127.0.0.1:{port}/")
        trusted = ssl.create_default_context(cafile=str(cert))
        with urllib.request.urlopen(f"https://127.0.0.1:{port}/healthz", context=trusted, timeout=10) as answer:
            assert answer.status == 200
            assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
        assert len(processes_of(installation.data)) >= 4  # this one, web, worker, ticker
        busy = installation.run("serve", "--port", str(port))
        assert (busy.returncode, busy.stdout) == (1, "")
        assert busy.stderr.startswith(f"kepu serve: port {port} is taken")
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
    assert server.returncode == 0
    time.sleep(0.2)
    assert processes_of(installation.data) == set()
