"""Everything that changes the tree: new divisions, names, figures, and the changes of boundaries."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.regions.models import DEPTH, Division, DivisionChange, DivisionChangeLine, Kind, Population

ROOT = "0/"
# Digits that a code of the national standard has at each depth of the tree.
CODE_LENGTHS = {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}


class BadCode(foundation.Refusal):
    code = "regions.bad_code"
    sentence = _("The code %(given)s does not fit: expected %(digits)s digits that begin with %(parent)s.")


class CodeTaken(foundation.Refusal):
    code = "regions.code_taken"
    sentence = _("The code %(given)s is already used by %(name)s.")


class BadParent(foundation.Refusal):
    code = "regions.bad_parent"
    sentence = _("A division of this kind cannot stand under %(parent)s.")


class HasEnded(foundation.Refusal):
    code = "regions.has_ended"
    sentence = _("%(name)s does not exist on that day.")


class SharesOff(foundation.Refusal):
    code = "regions.shares_off"
    sentence = _("The shares of a split must add up to 1; they add up to %(total)s.")


def short_form(name: str) -> str:
    """The name without its last level word, as people say it; a name of two characters stays whole."""
    for ending in (
        "自治州",
        "自治县",
        "自治旗",
        "街道办事处",
        "街道",
        "地区",
        "林区",
        "省",
        "市",
        "县",
        "区",
        "旗",
        "镇",
        "乡",
        "村",
        "盟",
        "州",
    ):
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name[: -len(ending)]
    return name


def check_place(kind: str, parent: Division | None) -> None:
    """Pass if a division of this kind can stand under `parent`; zones stand anywhere. Raises BadParent."""
    if parent and kind in DEPTH and parent.kind in DEPTH and DEPTH[Kind(kind)] <= DEPTH[Kind(parent.kind)]:
        raise BadParent(parent=parent.name, where="parent")


def check_code(code: str, *, kind: str, parent: Division | None) -> str:
    """The code in short form: trailing pairs of zeros of a six-digit code are dropped. Raises BadCode."""
    depth = DEPTH.get(Kind(kind)) or (depth_of(parent) + 1)
    digits = CODE_LENGTHS.get(depth, 12)
    stem = parent.code if parent and parent.has_official_code else ""
    short = code[:digits] if len(code) > digits and not code[digits:].strip("0") else code
    # A county directly under a province has digits of its own for the level that is skipped.
    if not short.isdigit() or len(short) != digits or not short.startswith(stem):
        raise BadCode(given=code, digits=digits, parent=stem or "—", where="code")
    return short


def depth_of(division: Division | None) -> int:
    return division.path.count("/") - 1 if division else 0


def own_code(parent: Division | None) -> str:
    """A code of our own for a zone without one: the parent's code, Z and a number that is never used again."""
    stem = parent.code if parent else ""
    taken = Division.objects.filter(parent=parent, has_official_code=False).count()
    return f"{stem}Z{taken + 1:02d}"


@transaction.atomic
def create_division(
    *,
    name: str,
    kind: str,
    parent: Division | None,
    actor: foundation.Actor,
    code: str = "",
    short_name: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
    sort_order: int | None = None,
) -> Division:
    """Add a division below `parent` (None for a province). Without a code it gets a stable one of our own.

    Raises BadParent, BadCode, CodeTaken.
    """
    check_place(kind, parent)
    official = bool(code)
    code = check_code(code, kind=kind, parent=parent) if official else own_code(parent)
    path = f"{parent.path if parent else ROOT}{code}/"
    holder = Division.objects.filter(path=path).first()
    if holder:
        raise CodeTaken(given=code, name=holder.name, where="code")
    if sort_order is None:
        last = Division.objects.filter(parent=parent).aggregate(last=Max("sort_order"))["last"]
        sort_order = (last or 0) + 10
    division = Division.objects.create(
        parent=parent, path=path, code=code, has_official_code=official, name=name,
        short_name=short_name or short_form(name), kind=kind, sort_order=sort_order,
        valid_from=valid_from, valid_to=valid_to,
    )  # fmt: skip
    foundation.audit.record(
        "regions.create", actor=actor, obj=division, region_path=path, after={"name": name, "code": code, "kind": kind}
    )
    return division


@transaction.atomic
def correct(
    *, division: Division, name: str, valid_from: date | None, valid_to: date | None, actor: foundation.Actor
) -> Division:
    """Put right what was typed wrongly (not history: a new name from a day on is `rename`)."""
    before = {"name": division.name, "from": division.valid_from, "to": division.valid_to}
    if name != division.name:
        division.name, division.short_name = name, short_form(name)
    division.valid_from = valid_from or division.valid_from
    division.valid_to = valid_to or division.valid_to
    after = {"name": division.name, "from": division.valid_from, "to": division.valid_to}
    if after != before:
        division.save(update_fields=["name", "short_name", "valid_from", "valid_to"])
        _log("regions.correct", division, actor, before=before, after=after)
    return division


@transaction.atomic
def set_population(*, division: Division, year: int, persons: int, source: str, actor: foundation.Actor) -> Population:
    old = Population.objects.filter(division=division, year=year).first()
    row, _created = Population.objects.update_or_create(
        division=division, year=year, defaults={"persons": persons, "source": source}
    )
    foundation.audit.record(
        "regions.population", actor=actor, obj=division, region_path=division.path,
        before={"year": year, "persons": old.persons} if old else None, after={"year": year, "persons": persons},
    )  # fmt: skip
    return row


@transaction.atomic
def rename(
    *, division: Division, name: str, short_name: str, on: date, basis: str, actor: foundation.Actor
) -> Division:
    """A new name under the same code; papers dated before `on` keep the old one."""
    _must_exist(division, on)
    change = _change(DivisionChange.What.RENAME, on, basis, old_name=division.name, new_name=name)
    DivisionChangeLine.objects.create(change=change, source=division, target=division)
    before = division.name
    division.name, division.short_name = name, short_name or short_form(name)
    division.save(update_fields=["name", "short_name"])
    _log("regions.rename", division, actor, before={"name": before}, after={"name": name, "on": str(on)})
    return division


@transaction.atomic
def recode(*, division: Division, code: str, name: str, on: date, basis: str, actor: foundation.Actor) -> Division:
    """A new code (a county becomes a district): the old division ends, the new one takes over everything below."""
    _must_exist(division, on)
    target = create_division(
        name=name, kind=division.kind, parent=division.parent, code=code, actor=actor, valid_from=on,
        sort_order=division.sort_order,
    )  # fmt: skip
    change = _change(DivisionChange.What.RECODE, on, basis, old_name=division.name, new_name=name)
    _end(division, target, change, on, actor)
    return target


@transaction.atomic
def merge(
    *, sources: Sequence[Division], target: Division, on: date, basis: str, actor: foundation.Actor
) -> DivisionChange:
    """The sources end on `on`; their people and what lies below them belong to the target from that day."""
    _must_exist(target, on)
    change = _change(DivisionChange.What.MERGE, on, basis, new_name=target.name)
    for source in sources:
        _must_exist(source, on)
        if source.pk == target.pk or target.path.startswith(source.path):
            raise BadParent(parent=target.name)
        _end(source, target, change, on, actor)
    return change


@transaction.atomic
def split(
    *, source: Division, parts: Sequence[tuple[Division, Decimal]], on: date, basis: str, actor: foundation.Actor
) -> DivisionChange:
    """The source ends on `on`; `parts` says which share of its people went where. What lies below is moved one by one."""
    _must_exist(source, on)
    total = sum((share for _target, share in parts), Decimal(0))
    if total != 1:
        raise SharesOff(total=total, where="shares")
    change = _change(DivisionChange.What.SPLIT, on, basis, old_name=source.name)
    for target, share in parts:
        _must_exist(target, on)
        DivisionChangeLine.objects.create(change=change, source=source, target=target, share=share)
    source.valid_to = on
    source.save(update_fields=["valid_to"])
    _log("regions.split", source, actor, after={"on": str(on), "parts": {t.path: str(s) for t, s in parts}})
    return change


def _change(what: str, on: date, basis: str, *, old_name: str = "", new_name: str = "") -> DivisionChange:
    return DivisionChange.objects.create(what=what, on=on, basis=basis, old_name=old_name, new_name=new_name)


def _end(source: Division, target: Division, change: DivisionChange, on: date, actor: foundation.Actor) -> None:
    """Close `source` in favour of `target` and move its living children, which keep their names and codes."""
    DivisionChangeLine.objects.create(change=change, source=source, target=target)
    for child in Division.objects.on(on).filter(parent=source):
        path = f"{target.path}{child.code}/"
        heir = Division.objects.filter(path=path).first() or Division.objects.create(
            parent=target, path=path, code=child.code, has_official_code=child.has_official_code, name=child.name,
            short_name=child.short_name, kind=child.kind, sort_order=child.sort_order, valid_from=on,
        )  # fmt: skip
        _end(child, heir, change, on, actor)
    source.valid_to = on
    source.save(update_fields=["valid_to"])
    _log(f"regions.{change.what}", source, actor, after={"on": str(on), "into": target.path})


def _must_exist(division: Division, on: date) -> None:
    if not Division.objects.on(on).filter(pk=division.pk).exists():
        raise HasEnded(name=division.name, where="on")


def _log(action: str, division: Division, actor: foundation.Actor, **values: dict[str, object]) -> None:
    foundation.audit.record(action, actor=actor, obj=division, region_path=division.path, **values)
