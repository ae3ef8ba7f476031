"""S19: no document type, no entity, no depth; nothing is fetched."""

import contextlib
import socket
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kepu.engines.sandbox import Limits, Reason, Rejected, check_xml

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
ATTACKS = {
    "file": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l11;</a>',
    "quadratic": f'<!DOCTYPE a [<!ENTITY x "{"x" * 50_000}">]><a>{"&x;" * 50_000}</a>',
    "parameter": '<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>',
    "external subset": '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    "public": '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0" "x.dtd"><html/>',
}


def reason(data, limits=None):
    started = time.monotonic()
    with pytest.raises(Rejected) as refused:
        check_xml(data.encode() if isinstance(data, str) else data, limits or Limits())
    assert time.monotonic() - started < 2
    return refused.value.reason


@pytest.mark.parametrize("name", ATTACKS)
def test_a_document_type_is_refused_as_such(name):
    assert reason(ATTACKS[name]) == Reason.UNSAFE
    assert reason(ATTACKS[name].encode("utf-16")) == Reason.UNSAFE


def test_an_entity_over_http_is_never_fetched():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        assert reason(f'<!DOCTYPE a [<!ENTITY x SYSTEM "{address}">]><a>&x;</a>') == Reason.UNSAFE
        with pytest.raises(TimeoutError):
            server.accept()


def test_depth_elements_and_size_are_bounded():
    assert reason("<a>" * 10_000 + "</a>" * 10_000) == Reason.TOO_LARGE
    assert reason("<a>" + "<b/>" * 101 + "</a>", Limits(xml_elements=100)) == Reason.TOO_LARGE
    assert reason("<a>" + "x" * 1000 + "</a>", Limits(xml_bytes=1000)) == Reason.TOO_LARGE


@pytest.mark.parametrize(
    "data", [b"", b"\0\xff\xfe", b"<a>", b"<a></b>", b"<a>&x;</a>", b'<?xml version="1.0" encoding="nope"?><a/>']
)
def test_what_is_not_well_formed_is_malformed(data):
    assert reason(data) == Reason.MALFORMED


def test_honest_xml_passes():
    check_xml(("<a>" * 200 + "科普&amp;" + "</a>" * 200).encode())


@given(st.binary(max_size=300))
def test_arbitrary_bytes_pass_or_are_refused(data):
    with contextlib.suppress(Rejected):
        check_xml(data)
