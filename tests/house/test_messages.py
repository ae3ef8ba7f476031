"""Every word of the interface has Chinese, the same everywhere, and no message is put together at run time."""

import re
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import extract_messages  # noqa: E402 - a tool, not a package: its folder must be on the path first

ROOMS = [pytest.param(room, id=room.name) for room in extract_messages.rooms()]
PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


def constant(room):
    return [m for m in extract_messages.messages_in(room) if isinstance(m, extract_messages.Message)]


@pytest.mark.parametrize("room", ROOMS)
def test_every_message_has_chinese(room):
    catalogue = extract_messages.read_catalogue(room)
    missing = set()
    for message in constant(room):
        known = catalogue.get(message.singular, message.context)
        if known is None or known.fuzzy or not all(extract_messages.texts(known.string)):
            missing.add(message.singular)
    assert missing == set()


@pytest.mark.parametrize("room", ROOMS)
def test_the_catalogue_holds_nothing_else(room):
    used = {(m.singular, m.context) for m in constant(room)}
    written = {
        (message.id[0] if message.pluralizable else message.id, message.context)
        for message in extract_messages.read_catalogue(room)
        if message.id
    }
    assert written - used == set()


@pytest.mark.parametrize("room", ROOMS)
def test_no_message_is_put_together_at_run_time(room):
    assert [m for m in extract_messages.messages_in(room) if isinstance(m, extract_messages.NotConstant)] == []


@pytest.mark.parametrize("room", ROOMS)
def test_values_in_messages_have_names(room):
    anonymous = [m for m in constant(room) if re.search(r"%[sd]", m.singular) or "{}" in m.singular]
    assert anonymous == []


def test_chinese_keeps_the_values_of_its_message():
    wrong = []
    for room in extract_messages.rooms():
        for message in extract_messages.read_catalogue(room):
            english = message.id if isinstance(message.id, str) else message.id[-1] if message.id else ""
            for text in extract_messages.texts(message.string) if message.id else []:
                if set(PLACE.findall(text)) != set(PLACE.findall(english)):
                    wrong.append((room.name, english, text))
    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_space_is_typed_between_han_and_latin(room):
    strings = [s for m in extract_messages.read_catalogue(room) if m.id for s in extract_messages.texts(m.string)]
    assert [text for text in strings if extract_messages.tight(text) != text] == []


def test_one_message_has_one_chinese():
    """Django merges the catalogues of all rooms: the same words with two translations would depend on the order."""
    found = defaultdict(set)
    for room in extract_messages.rooms():
        for message in extract_messages.read_catalogue(room):
            if message.id and all(extract_messages.texts(message.string)):
                found[message.id, message.context].add(message.string)
    assert {key: strings for key, strings in found.items() if len(strings) > 1} == {}


@pytest.mark.parametrize(
    "line",
    ['_(f"{name} is late")', "_(name)", '_("late: " + name)', 'ngettext("one", many, 2)'],
)
def test_a_message_made_at_run_time_is_seen(line):
    import ast

    found = list(extract_messages._from_calls(ast.parse(line), "x.py"))
    assert [type(m) for m in found] == [extract_messages.NotConstant]
