"""Names of units: aliases dropped, elided levels filled in, collective bodies left as printed."""

import re
from dataclasses import dataclass, replace

from kepu.engines.plandoc.vocabulary import bodies

_ALIAS = re.compile(r"\([^()]*(?:\([^()]*\))?[^()]*\)$")
# A place of its own before the body: `红水州日报社`, `高新区管委会`. Two characters at least stand before the level.
_OWN_PLACE = re.compile(r"[一-鿿]{2,6}?(?:省|市|州|县|区|旗|镇|乡|街道)(?=[一-鿿])")
_NO_PLACE = re.compile(
    "和|与|及|城乡|城市|农村|社区|乡村|市场|地区|园区|景区|城镇|服务区|综合|居民区|小区|城区|民政|行政区划|校区|厂区"
)


@dataclass(frozen=True, slots=True)
class NamedPart:
    """One part of a unit list: as printed, its full name, role, and place within the clause."""

    printed: str
    name: str
    role: str
    start: int
    end: int
    reason: str = "clause"
    confidence: float = 1.0

    def moved(self, shift: int) -> "NamedPart":
        """The same part, counted from further ahead."""
        return replace(self, start=self.start + shift, end=self.end + shift)


def strip_alias(name: str) -> str:
    """The name without a trailing bracket; names that begin with 各 keep theirs."""
    return name if name.startswith(("各", "有关", "相关")) else _ALIAS.sub("", name) or name


def level_of(name: str) -> str | None:
    """The level that a name prints: `市` for 市教育局 and 团市委, None for 市场监管局 and 科技局."""
    if name in bodies.LEAGUES:
        return bodies.LEAGUES[name]
    if name.startswith("自治区"):
        return "自治区"
    if len(name) > 1 and name[0] in bodies.LEVELS and not name.startswith(bodies.NOT_LEVELS):
        return name[0]
    return None


def is_complete(name: str, places: tuple[str, ...]) -> bool:
    """The name takes no level from its neighbours."""
    if name in bodies.LEAGUES or name.startswith(bodies.COLLECTIVES) or "领导小组" in name or name.endswith("成员单位"):
        return True
    if any(name.startswith(place) for place in places):
        return True
    own = _OWN_PLACE.match(name)
    return bool(own and not _NO_PLACE.search(own[0]) and not _NO_PLACE.match(name[own.end() - 2 : own.end() + 1]))


def complete_names(parts: list[NamedPart], places: tuple[str, ...]) -> list[NamedPart]:
    """The parts of one list with elided levels taken from the nearest earlier name that prints one."""
    out: list[NamedPart] = []
    level: str | None = None
    role: str | None = None
    for part in parts:
        if part.role != role:
            level, role = None, part.role
        own = level_of(part.name)
        if own:
            level = own
        elif level and not is_complete(part.name, places):
            part = replace(part, name=level + part.name, reason="elided_level", confidence=0.9)
        if not is_body(part.name):
            part = replace(part, confidence=min(part.confidence, 0.6), reason="unusual_name")
        out.append(part)
    return out


def is_body(name: str, *, strong: bool = False) -> bool:
    """The text can be the name of a body; strong asks for an ending or level that little else has."""
    plain = strip_alias(name)
    if plain.startswith(("各", "有关", "相关")) and len(plain) <= 20:
        return True
    if not plain.endswith(bodies.BODY_ENDS):
        return False
    return not strong or level_of(plain) is not None or not plain.endswith(bodies.WEAK_BODY_ENDS)


def region_places(region: str | None) -> tuple[str, ...]:
    """Names that stand for the region in unit names: each part of it, with and without its suffix."""
    if not region:
        return ()
    parts = re.findall(r"[一-鿿]+?(?:自治区|自治州|自治县|省|市|州|地区|盟|县|区|旗|镇|乡|街道)", region)
    stems = [re.sub(r"(?:自治区|自治州|自治县|省|市|州|地区|盟|县|区|旗|镇|乡|街道)$", "", p) for p in parts]
    return tuple(p for p in [*parts, *stems] if len(p) >= 2)
