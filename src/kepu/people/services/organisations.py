"""Bodies and what becomes of them: new, renamed, merged, split, and the ways their names are written."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.people import names
from kepu.people.models import Organisation, OrganisationAlias, OrganisationChange, OrganisationSuccession
from kepu.regions import door as regions

FIELDS = ("name", "short_name", "kind", "level", "sort_order", "is_member", "valid_from", "valid_to")


class NameTaken(foundation.Refusal):
    code = "people.name_taken"
    sentence = _("There is already a living organisation called %(name)s in this region.")


class AliasTaken(foundation.Refusal):
    code = "people.alias_taken"
    sentence = _("In this region %(alias)s already means %(name)s. End that meaning first.")


class NoSuchRegion(foundation.Refusal):
    code = "people.no_such_region"
    sentence = _("There is no division %(path)s.")


class HasEnded(foundation.Refusal):
    code = "people.organisation_ended"
    sentence = _("%(name)s does not exist on that day.")


class SharesOff(foundation.Refusal):
    code = "people.shares_off"
    sentence = _("The shares must add up to 1; they add up to %(total)s.")


class IntoItself(foundation.Refusal):
    code = "people.into_itself"
    sentence = _("%(name)s cannot be merged into itself.")


@transaction.atomic
def create_organisation(
    *,
    name: str,
    kind: str,
    level: str,
    region_path: str,
    actor: foundation.Actor,
    short_name: str = "",
    sort_order: int | None = None,
    is_member: bool = False,
    valid_from: date | None = None,
) -> Organisation:
    """Register a body in its region, last in the office's order unless told. Raises NoSuchRegion, NameTaken."""
    if regions.division(region_path) is None:
        raise NoSuchRegion(path=region_path, where="region_path")
    _name_is_free(name, region_path)
    if sort_order is None:
        last = Organisation.objects.filter(region_path=region_path).aggregate(last=Max("sort_order"))["last"]
        sort_order = (last or 0) + 10
    organisation = Organisation.objects.create(
        name=name, short_name=short_name or name, kind=kind, level=level, region_path=region_path,
        sort_order=sort_order, is_member=is_member, valid_from=valid_from,
    )  # fmt: skip
    _log("organisation.create", organisation, actor, after=_values(organisation))
    return organisation


@transaction.atomic
def change_organisation(*, organisation_id: int, actor: foundation.Actor, **values: object) -> Organisation:
    """Correct the entry (not history: a new name from a day on is `rename`). Raises NameTaken."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    before = _values(organisation)
    if values.get("name", organisation.name) != organisation.name:
        _name_is_free(str(values["name"]), organisation.region_path)
    for field in FIELDS:
        if field in values:
            setattr(organisation, field, values[field])
    organisation.save()
    _log("organisation.change", organisation, actor, before=before, after=_values(organisation))
    return organisation


@transaction.atomic
def rename(
    *, organisation_id: int, name: str, short_name: str, on: date, basis: str, actor: foundation.Actor
) -> Organisation:
    """A new name from `on`; the old one stays a way to write it, so that older and later papers both resolve."""
    organisation = _living(organisation_id, on)
    _name_is_free(name, organisation.region_path)
    OrganisationChange.objects.create(
        what=OrganisationChange.What.RENAME, on=on, basis=basis, old_name=organisation.name, new_name=name
    ).lines.create(source=organisation, target=organisation)
    before = _values(organisation)
    for former in {organisation.name, organisation.short_name} - {name, short_name}:
        _learn(organisation, former, organisation.region_path)
    organisation.name, organisation.short_name = name, short_name or name
    organisation.save(update_fields=["name", "short_name"])
    _log("organisation.rename", organisation, actor, before=before, after=_values(organisation))
    return organisation


@transaction.atomic
def merge(*, source_ids: Sequence[int], target_id: int, on: date, basis: str, actor: foundation.Actor) -> None:
    """The sources end on `on`; the target takes over everything that is open from that day."""
    target = _living(target_id, on)
    change = OrganisationChange.objects.create(
        what=OrganisationChange.What.MERGE, on=on, basis=basis, new_name=target.name
    )
    for pk in source_ids:
        if pk == target_id:
            raise IntoItself(name=target.name)
        _end(_living(pk, on), [(target, Decimal(1))], change, actor)


@transaction.atomic
def split(
    *, source_id: int, parts: Sequence[tuple[int, Decimal]], on: date, basis: str, actor: foundation.Actor
) -> None:
    """The source ends on `on`; `parts` are (organisation, share of the duties), and the shares add up to 1."""
    total = sum((share for _pk, share in parts), Decimal(0))
    if total != 1:
        raise SharesOff(total=total, where="shares")
    source = _living(source_id, on)
    change = OrganisationChange.objects.create(
        what=OrganisationChange.What.SPLIT, on=on, basis=basis, old_name=source.name
    )
    _end(source, [(_living(pk, on), share) for pk, share in parts], change, actor)


@transaction.atomic
def learn_alias(*, organisation_id: int, alias: str, region_path: str, actor: foundation.Actor) -> None:
    """Remember how the papers of a region write an organisation. The same meaning twice is fine; another is refused."""
    organisation = Organisation.objects.get(pk=organisation_id)
    if _learn(organisation, alias, region_path):
        _log("organisation.alias", organisation, actor, after={"alias": alias, "in": region_path})


@transaction.atomic
def forget_alias(*, alias_id: int, actor: foundation.Actor) -> None:
    """The alias no longer means anything from today; papers dated before still resolve by it."""
    alias = OrganisationAlias.objects.select_for_update().get(pk=alias_id)
    alias.valid_to = foundation.clock.today()
    alias.save(update_fields=["valid_to"])
    _log("organisation.alias_end", alias.organisation, actor, before={"alias": alias.alias, "in": alias.region_path})


def _learn(organisation: Organisation, alias: str, region_path: str) -> bool:
    text = names.plain(alias)
    held = OrganisationAlias.objects.filter(alias=text, region_path=region_path, valid_to=None).first()
    if held and held.organisation_id != organisation.pk:
        raise AliasTaken(alias=alias, name=held.organisation.name)
    if held is None:
        OrganisationAlias.objects.create(organisation=organisation, alias=text, region_path=region_path)
    return held is None


def _end(
    source: Organisation, parts: list[tuple[Organisation, Decimal]], change: OrganisationChange, actor: foundation.Actor
) -> None:
    OrganisationSuccession.objects.bulk_create(
        OrganisationSuccession(change=change, source=source, target=target, share=share) for target, share in parts
    )
    source.valid_to = change.on
    source.save(update_fields=["valid_to"])
    _log(f"organisation.{change.what}", source, actor, after={"into": [target.pk for target, _share in parts]})


def _living(pk: int, on: date) -> Organisation:
    organisation = Organisation.objects.select_for_update().get(pk=pk)
    if not Organisation.objects.on(on).filter(pk=pk).exists():
        raise HasEnded(name=organisation.name, where="on")
    return organisation


def _name_is_free(name: str, region_path: str) -> None:
    if Organisation.objects.filter(region_path=region_path, name=name, valid_to=None).exists():
        raise NameTaken(name=name, where="name")


def _values(organisation: Organisation) -> dict[str, object]:
    return {field: str(value) for field in FIELDS if (value := getattr(organisation, field)) is not None}


def _log(action: str, organisation: Organisation, actor: foundation.Actor, **values: dict[str, object]) -> None:
    foundation.audit.record(action, actor=actor, obj=organisation, region_path=organisation.region_path, **values)
