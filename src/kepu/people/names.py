"""How offices write the names of bodies: pure functions over text, and the word lists they use.

A printed name is brought to its *core*: 「区教体局」 in a plan of 青禾区, 「青禾区教育体育局」 and 「教育和体育局」 all have the
core 「教体局」. Two names mean the same body of one region if their cores are equal. Nothing here looks at a database.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

LEVELS = "省市州盟县区旗镇乡"

# Long form of an element of a name -> the short one that offices use.
_FORMS = (
    ("老科学技术工作者协会", "老科协"), ("科学技术协会", "科协"), ("社会科学界联合会", "社科联"), ("文学艺术界联合会", "文联"), ("工商业联合会", "工商联"),
    ("残疾人联合会", "残联"), ("归国华侨联合会", "侨联"), ("妇女联合会", "妇联"),
    ("中国共产主义青年团", "团"), ("共青团", "团"), ("委员会", "委"), ("人民政府", "政府"), ("政府办公室", "政府办"),
    ("委办公室", "委办"), ("精神文明建设指导委员会办公室", "文明办"), ("互联网信息办公室", "网信办"),
    ("发展和改革委员会", "发改委"), ("发展改革委员会", "发改委"), ("发展改革委", "发改委"), ("发展和改革局", "发改局"), ("发展改革局", "发改局"),
    ("卫生健康委员会", "卫健委"), ("卫生健康委", "卫健委"), ("卫生健康局", "卫健局"), ("国有资产监督管理委员会", "国资委"),
    ("人力资源和社会保障局", "人社局"), ("人力资源社会保障局", "人社局"), ("住房和城乡建设局", "住建局"), ("住房城乡建设局", "住建局"),
    ("自然资源和规划局", "资规局"), ("自然资源规划局", "资规局"), ("自然资源与规划局", "资规局"),
    ("文化广电和旅游局", "文广旅局"), ("文化广电旅游局", "文广旅局"), ("文化和广电旅游局", "文广旅局"),
    ("文化旅游局", "文旅局"), ("文化和旅游局", "文旅局"), ("教育体育局", "教体局"), ("教育和体育局", "教体局"),
    ("市场监督管理局", "市场监管局"), ("市监局", "市场监管局"), ("农业和农村局", "农业农村局"),
    ("工业和信息化局", "工信局"), ("工业信息化局", "工信局"), ("科学技术局", "科技局"), ("工业信息化和科学技术局", "工信科技局"),
    ("应急局", "应急管理局"), ("退役军人事务局", "退役军人局"), ("消防救援支队", "消防救援"), ("消防救援大队", "消防救援"),
    ("广播电视台", "广电台"), ("融媒体传播中心", "融媒体中心"), ("大数据管理局", "数据局"), ("数据管理局", "数据局"), ("大数据局", "数据局"),
    ("经济技术开发区管理委员会", "经开区管委会"), ("高新技术产业开发区管理委员会", "高新区管委会"), ("管理委员会", "管委会"),
)  # fmt: skip

# Longer ones first, so that 「发展和改革委员会」 is not cut by 「委员会」.
SHORT_FORMS = tuple(sorted(_FORMS, key=lambda pair: -len(pair[0])))

# Departments of a party committee, written with 「委」 in front or without it.
PARTY_DEPARTMENTS = ("宣传部", "组织部", "统战部", "社会工作部", "政法委", "党校", "老干部局", "网信办", "编办", "农办")  # fmt: skip

# Words that begin with a level character which is part of the name.
NOT_A_LEVEL = ("市场", "市政", "乡村", "县域", "区域", "州级")

# What is left of the name of a government after its place is taken off.
GOVERNMENTS = frozenset({"", "政府", "办事处", "党工委", "党委", "管委会"})


@dataclass(frozen=True)
class Wildcard:
    kind: str
    pattern: re.Pattern[str]


MEMBERS, RELEVANT, TERRITORIES, TERRITORIES_AND_ZONES, COUNTIES = (
    "members", "relevant", "territories", "territories_and_zones", "counties",
)  # fmt: skip
_AND_ZONES = "(?:开发区|园区|管委会|高新区|经开区)"
# Names that stand for many. Matched against the whole name without brackets and separators.
WILDCARDS = (
    Wildcard(MEMBERS, re.compile(r"(?:领导小组|联席会议)?(?:各|全体)成员单位|各责任单位成员单位")),
    Wildcard(RELEVANT, re.compile(r"(?:各|各有关|各相关|有关|相关|各责任|市各有关|县各有关)(?:单位|部门|部门单位|单位部门)")),
    Wildcard(TERRITORIES_AND_ZONES, re.compile(rf"各区镇|各镇区|各(?:乡镇街道|镇街道|街道乡镇|镇街|乡镇|镇){_AND_ZONES}")),
    Wildcard(TERRITORIES, re.compile(r"各(?:乡镇|镇|乡|街道|镇街|乡镇街道|镇乡街道|街道乡镇|镇街道|街镇)(?:人民政府|政府|办事处)?(?:办事处)?")),
    Wildcard(COUNTIES, re.compile(r"各(?:县|区|市|旗|县市区|县区|市县区|区县|县市|市区|市县|旗县区|设区市|市州)(?:人民政府|政府)?")),
)  # fmt: skip


def plain(name: str) -> str:
    """The name in one width, without blanks and without a trailing bracket that is only an alias: 「(区文明办)」."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))
    return text if text.startswith("各") else re.sub(r"(?<=.)\([^()]*\)$", "", text)


def wildcard_of(name: str) -> str | None:
    """The kind of wildcard that a name is, or None. Brackets and separators do not matter: 「各乡镇(街道)」."""
    text = re.sub(r"[()〔〕、,，/和及]", "", plain(name))
    return next((card.kind for card in WILDCARDS if card.pattern.fullmatch(text)), None)


def shortened(name: str) -> str:
    """The name in the short words of offices: 「中共…委员会宣传部」 becomes 「…委宣传部」."""
    text = plain(name).removeprefix("中国共产党").removeprefix("中共")
    for long, short in SHORT_FORMS:
        text = text.replace(long, short)
    return text


def take_place(text: str, places: Iterable[str]) -> tuple[str, str]:
    """Split a shortened name into (place, rest) by the longest of `places` that it begins with; place may be empty."""
    for place in sorted(places, key=len, reverse=True):
        if place and text.startswith(place):
            return place, text.removeprefix(place)
        if place and text.startswith(f"团{place}"):
            return place, "团委"
    return "", text


def take_level(text: str) -> tuple[str, str]:
    """Split a shortened name into (level character, rest): 「县科协」 gives (县, 科协), 「团市委」 gives (市, 团委)."""
    if match := re.fullmatch(r"团([省市州盟县区旗镇乡])委", text):
        return match[1], "团委"
    if (len(text) > 2 or text[1:] == "委") and text[0] in LEVELS and not text.startswith(NOT_A_LEVEL):
        return text[0], text[1:]
    return "", text


def core(rest: str) -> str:
    """What remains of a name without place and level, in one form: 「委宣传部」 and 「宣传部」 are the same."""
    text = rest.removeprefix("级")
    for department in PARTY_DEPARTMENTS:
        if text == f"委{department}":
            return department
    return "政府" if text in GOVERNMENTS else text


def likeness(one: str, other: str) -> float:
    """Similarity of two cores by their single characters and pairs, 0 to 1 (Dice)."""
    first, second = _grams(one), _grams(other)
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _grams(text: str) -> frozenset[str]:
    return frozenset(text) | frozenset(a + b for a, b in pairwise(text))
