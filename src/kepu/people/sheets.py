"""Organisations and accounts by spreadsheet. A row with a known key corrects what is there; nothing is entered twice."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kepu.foundation import door as foundation
from kepu.people import columns, names, resolution
from kepu.people.models import Membership, Organisation, OrganisationAlias, Role, User
from kepu.people.services import accounts, memberships, organisations
from kepu.people.services.tenants import LEVELS
from kepu.regions import door as regions

sheets = foundation.spreadsheets
USERNAME = User._meta.get_field("username")


class _Kept(sheets.SheetImport):
    permission = "people.manage"

    def places(self, actor: foundation.Actor) -> list[tuple[str, Any]]:
        paths = [path for path in actor.scope.regions if actor.may(self.permission, path)]
        return [(path, info.name) for path, info in regions.divisions(paths).items()]


class OrganisationSheet(_Kept):
    kind = "people.organisations"
    title = gettext_lazy("Organisations")
    columns = columns.ORGANISATIONS
    key = ("region", "name")
    done_url = "/desk/organisations/"

    def check(self, rows: Sequence[sheets.Row], target: sheets.Target) -> sheets.Verdict:
        places = self._divisions(target)
        living = self._living(target)
        taken = {
            (alias.region_path, alias.alias): alias.organisation.name
            for alias in OrganisationAlias.objects.filter(
                region_path__startswith=target.region_path, valid_to=None
            ).select_related("organisation")
        }
        problems, states = [], {}
        for row in rows:
            place = self._place(row, places, target)
            if place is None:
                problems.append(row.problem("region", _("No division of this code in the region")))
                continue
            here = living.get((place.path, row["name"]))
            for alias in row["aliases"]:
                holder = taken.get((place.path, names.plain(alias)))
                if holder and holder != row["name"]:
                    problems.append(
                        row.problem("aliases", _("%(alias)s already means %(name)s") % {"alias": alias, "name": holder})
                    )
            states[row.number] = sheets.NEW if here is None else sheets.CHANGED
        return sheets.Verdict(problems, states)

    def apply(self, rows: Sequence[sheets.Row], target: sheets.Target) -> None:
        places, living = self._divisions(target), self._living(target)
        for row in rows:
            place = self._place(row, places, target)
            values = {key: row[key] for key in ("kind", "sort_order", "valid_from") if row[key] is not None} | (
                {"short_name": row["short_name"]} if row["short_name"] else {}
            )
            if row["is_member"]:
                values["is_member"] = row["is_member"] == "yes"
            here = living.get((place.path, row["name"]))
            if here is None:
                here = organisations.create_organisation(
                    name=row["name"], level=LEVELS[regions.Kind(place.kind)], region_path=place.path,
                    actor=target.actor, **values,
                )  # fmt: skip
            else:
                organisations.change_organisation(organisation_id=here.pk, actor=target.actor, **values)
            for alias in row["aliases"]:
                organisations.learn_alias(
                    organisation_id=here.pk, alias=alias, region_path=place.path, actor=target.actor
                )

    def _divisions(self, target: sheets.Target) -> dict[str, regions.DivisionInfo]:
        return {info.code: info for info in regions.below(target.region_path, foundation.clock.today())}

    def _place(
        self, row: sheets.Row, places: dict[str, regions.DivisionInfo], target: sheets.Target
    ) -> regions.DivisionInfo | None:
        if row["region"]:
            code = row["region"].removesuffix("0000") if row["region"].endswith("0000") else row["region"]
            return places.get(code) or places.get(code.removesuffix("00"))
        return next(info for info in places.values() if info.path == target.region_path)

    def _living(self, target: sheets.Target) -> dict[tuple[str, str], Organisation]:
        rows = Organisation.objects.filter(region_path__startswith=target.region_path, valid_to=None)
        return {(row.region_path, row.name): row for row in rows}


class AccountSheet(_Kept):
    """Accounts of departments and townships. They wait without a password until their slips are printed."""

    kind = "people.accounts"
    title = gettext_lazy("Accounts")
    columns = columns.ACCOUNTS
    key = ("username",)
    done_url = "/desk/accounts/"

    def check(self, rows: Sequence[sheets.Row], target: sheets.Target) -> sheets.Verdict:
        """The name of the organisation must resolve; a known account is only taken if it already works in this region."""
        found = self._resolved(rows, target)
        roles = {role.name: role for role in Role.objects.all()}
        users = User.objects.in_bulk([row["username"] for row in rows], field_name="username")
        at_home = set(
            Membership.objects.filter(user__in=users.values(), region_path__startswith=target.region_path).values_list(
                "user_id", flat=True
            )
        )
        problems, states = [], {}
        for row in rows:
            problems += self._problems(row, found[row["organisation"]], roles.get(row["role"]), target)
            user = users.get(row["username"])
            if user and user.pk not in at_home:
                problems.append(row.problem("username", _("This account name is taken.")))
            states[row.number] = sheets.CHANGED if user else sheets.NEW
        return sheets.Verdict(problems, states)

    def _problems(
        self, row: sheets.Row, unit: resolution.Resolution, role: Role | None, target: sheets.Target
    ) -> list[sheets.Problem]:
        problems = []
        try:
            USERNAME.run_validators(row["username"])
        except ValidationError as refused:
            problems.append(row.problem("username", refused.messages[0]))
        if unit.organisation_id is None:
            problems.append(row.problem("organisation", _("No organisation of the region is known by this name")))
        if role is None:
            problems.append(row.problem("role", _("There is no such role")))
        else:
            try:
                memberships.require_may_give(target.actor, role, target.region_path)
            except memberships.NotYours as refused:
                problems.append(row.problem("role", str(refused)))
        return problems

    def apply(self, rows: Sequence[sheets.Row], target: sheets.Target) -> None:
        found = self._resolved(rows, target)
        roles = {role.name: role.key for role in Role.objects.all()}
        today = foundation.clock.today()
        for row in rows:
            body = Organisation.objects.get(pk=found[row["organisation"]].organisation_id)
            user = User.objects.filter(username=row["username"]).first() or accounts.open_account(
                username=row["username"], name=row["name"], actor=target.actor, region_path=body.region_path
            )
            held = Membership.objects.on(today).filter(user=user, organisation=body, role__key=roles[row["role"]])
            if not held.exists():
                memberships.join(
                    user_id=user.pk, organisation_id=body.pk, role=roles[row["role"]], valid_to=row["valid_to"],
                    actor=target.actor,
                )  # fmt: skip

    def _resolved(self, rows: Sequence[sheets.Row], target: sheets.Target) -> dict[str, resolution.Resolution]:
        units = resolution.resolve_units(
            [row["organisation"] for row in rows], region_path=target.region_path, on=foundation.clock.today()
        )
        below = set(
            Organisation.objects.filter(
                pk__in=[u.organisation_id for u in units.values()], region_path__startswith=target.region_path
            ).values_list("id", flat=True)
        )
        nobody = resolution.Resolution
        return {name: unit if unit.organisation_id in below else nobody(name) for name, unit in units.items()}
