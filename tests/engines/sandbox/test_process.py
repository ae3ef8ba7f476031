import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from kepu.engines.sandbox import DEFAULT, Limits, Reason, Rejected, run_limited

HARM = "tests.engines.sandbox.harm"


def run(name, data=b"abc", limits=DEFAULT, **options):
    return run_limited(f"{HARM}:{name}", data, limits, options=options)


def reason(name, data=b"abc", limits=DEFAULT):
    with pytest.raises(Rejected) as refused:
        run(name, data, limits)
    return refused.value.reason


def test_bytes_go_in_and_come_back_with_options():
    data = bytes(range(256)) * 4000
    assert run("echo", data, prefix="科普") == "科普".encode() + data


def test_what_a_library_prints_never_mixes_with_the_result():
    assert run("chatter", b"result") == b"result"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("grow", Reason.MEMORY),
        ("hoard", Reason.MEMORY),
        ("die", Reason.CRASHED),
        ("leave", Reason.CRASHED),
        ("fail", Reason.MALFORMED),
        ("nest", Reason.MALFORMED),
        ("refuse", Reason.ENCRYPTED),
        ("flood", Reason.TOO_LARGE),
        ("fill_disk", Reason.MALFORMED),
        ("start_shell", Reason.MALFORMED),
        ("absent", Reason.MALFORMED),
    ],
)
def test_harm_ends_in_one_clear_reason(name, expected):
    started = time.monotonic()
    assert reason(name) == expected
    assert time.monotonic() - started < 5


def test_processor_time_and_waiting_are_both_bounded():
    assert reason("spin", limits=replace(DEFAULT, cpu_seconds=1)) == Reason.TIMEOUT
    started = time.monotonic()
    assert reason("sleep", limits=replace(DEFAULT, wall_seconds=0.5)) == Reason.TIMEOUT
    assert time.monotonic() - started < 3


def test_no_socket_opens():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        assert reason("call_home", str(server.getsockname()[1]).encode()) == Reason.MALFORMED
        with pytest.raises(TimeoutError):
            server.accept()


def test_input_above_the_limit_starts_no_child():
    assert reason("absent", b"12345", Limits(input_bytes=4)) == Reason.TOO_LARGE


def test_child_works_in_a_folder_of_its_own_that_is_gone_afterwards():
    assert not Path(run("where").decode()).exists()


def test_child_knows_nothing_of_django_and_leaves_no_core():
    assert "django" not in run("modules").decode().split("\n")
    assert run("core_limit") == b"0"


def test_child_memory_ends_below_300_megabytes():
    script = (
        "import resource\n"
        "from kepu.engines.sandbox import Rejected, run_limited\n"
        f"try: run_limited('{HARM}:hoard', b'')\n"
        "except Rejected as refused: print(refused.reason)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    # an interpreter of its own, because the peak of all children is remembered for the life of a process
    done = subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": "src:."}, capture_output=True, check=True)
    said, peak = done.stdout.split()
    assert said == b"memory"
    assert 100 * 1024 < int(peak) < 300 * 1024


def test_threads_may_read_at_once():
    results = []
    threads = [threading.Thread(target=lambda n=n: results.append(run("echo", bytes([n])))) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [bytes([n]) for n in range(4)]
