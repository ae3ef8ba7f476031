import socket

import pytest
from django.test import TransactionTestCase

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def pytest_addoption(parser):
    parser.addoption("--full-a11y", action="store_true", help="every page in every look, not one of each skeleton")


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Nothing in a test may leave this machine."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family != socket.AF_UNIX and address[0] not in LOOPBACK:
            raise AssertionError(f"a test tried to reach {address!r}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True, scope="session")
def guards_lifted_for_flush():
    """Append-only tables refuse to be emptied, also between tests: the flush is the one place that lifts the guards."""
    from kepu.foundation import guards

    empty = TransactionTestCase._fixture_teardown

    def emptied(self):
        with guards.lifted():
            empty(self)

    TransactionTestCase._fixture_teardown = emptied
    yield
    TransactionTestCase._fixture_teardown = empty


@pytest.fixture
def at_time(monkeypatch):
    """Stops the product's clock: `at_time(moment)`; call it again to move on."""
    from kepu.foundation import clock

    def stop(moment):
        monkeypatch.setattr(clock, "source", lambda: moment)

    return stop


@pytest.fixture
def world(db):
    """A city, two counties and their bodies; see tests/world.py."""
    from tests.world import build

    return build()
