"""docs/accessibility.md: every criterion of WCAG 2.2 at A and AA, each with a proof that exists (A2)."""

import re
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "accessibility.md").read_text(encoding="utf-8")
# https://www.w3.org/TR/WCAG22/: 31 criteria of level A, 24 of AA; 4.1.1 is no longer one.
CRITERIA = {
    "A": "1.1.1 1.2.1 1.2.2 1.2.3 1.3.1 1.3.2 1.3.3 1.4.1 1.4.2 2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 "
    "2.4.4 2.5.1 2.5.2 2.5.3 2.5.4 3.1.1 3.2.1 3.2.2 3.2.6 3.3.1 3.3.2 3.3.7 4.1.2",
    "AA": "1.2.4 1.2.5 1.3.4 1.3.5 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13 2.4.5 2.4.6 2.4.7 2.4.11 2.5.7 2.5.8 "
    "3.1.2 3.2.3 3.2.4 3.3.3 3.3.4 3.3.8 4.1.3",
}
BY_PLACE = re.compile("左侧|右侧|左边|右边|上方的|下方的|红色|绿色|黄色|圆形|方形")


def rows():
    found = re.findall(r"^\| ([\d.]+) \| (.+?) \| (A+) \| (.+?) \| (.*?) \|$", PAGE, re.MULTILINE)
    return {number: (level, proof.strip("`"), remark) for number, _name, level, proof, remark in found}


def test_every_criterion_stands_once_with_its_level():
    expected = {number: level for level, numbers in CRITERIA.items() for number in numbers.split()}
    assert {number: level for number, (level, _proof, _remark) in rows().items()} == expected
    assert len(expected) == 55


def test_every_proof_is_there():
    missing = {}
    for number, (_level, proof, _remark) in rows().items():
        if proof in {"axe", "none"}:
            continue
        path, _colons, name = proof.partition("::")
        if not re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE):
            missing[number] = proof
    assert missing == {}


def test_what_has_nothing_to_apply_to_is_media_alone():
    """Anything else would have to be tested."""
    assert {number for number, row in rows().items() if row[1] == "none"} == {
        "1.2.1", "1.2.2", "1.2.3", "1.2.4", "1.2.5", "1.4.2",
    }  # fmt: skip
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.html")]
    assert not any(re.search(r"<(audio|video|iframe|object|embed)\b", page) for page in pages)


def test_no_text_names_a_thing_by_its_place_or_colour_alone():
    """1.3.3"""
    found = {}
    for path in (ROOT / "src").rglob("django.po"):
        text = path.read_text(encoding="utf-8")
        hits = [line for line in re.findall(r'^msgstr(?:\[\d\])? "(.*)"$', text, re.MULTILINE) if BY_PLACE.search(line)]
        if hits:
            found[path.parts[-5]] = hits
    assert found == {}


def test_the_page_says_when_it_was_written():
    (said,) = re.findall(r"As of (\d{4}-\d\d-\d\d)", PAGE)
    assert date.fromisoformat(said)


def test_menus_are_drawn_in_one_place_only():
    """3.2.3: the menu of a surface is drawn by its shell, from one registry in one order."""
    drawn = {
        name: [
            path.name
            for path in (ROOT / "src").rglob("*.html")
            if f"{{% {name} %}}" in path.read_text(encoding="utf-8")
        ]
        for name in ("desk_nav", "site_nav")
    }
    assert drawn == {"desk_nav": ["desk.html"], "site_nav": ["portal.html"]}
