"""Locks must install from any mirror and refuse a changed file: hashes yes, addresses no."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda p: p.name)
def test_each_requirement_has_a_hash_and_no_address(lock):
    text = lock.read_text(encoding="utf-8")
    assert "http" not in text
    assert "://" not in text
    blocks = text.replace("\\\n", " ").splitlines()
    assert [block for block in blocks if block.strip() and "--hash=sha256:" not in block] == []


def test_the_locks_are_all_here():
    assert {p.name for p in LOCKS} == {"base.lock", "dev.lock", "installer.lock", "oracle.lock"}
