"""Divisions by spreadsheet, in and out: one row a division, its population of one year beside it."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kepu.foundation import door as foundation
from kepu.regions import services
from kepu.regions.models import Division, Kind

sheets = foundation.spreadsheets
Column = sheets.Column

COLUMNS = (
    Column("code", gettext_lazy("Code"), max_length=16, aliases=("行政区划代码", "区划代码"), example="990121101",
           hint=gettext_lazy("Empty for a zone without a code of its own")),
    Column("name", gettext_lazy("Name"), required=True, max_length=60, aliases=("地区名称", "区划名称"), example="云台镇"),
    Column("kind", gettext_lazy("Kind"), kind="choice", required=True, choices=tuple(Kind.choices), aliases=("级别",)),
    Column("parent", gettext_lazy("Code of the parent"), max_length=16, aliases=("上级代码", "上级区划代码"), example="990121",
           hint=gettext_lazy("Empty: right below the region that the list is imported for")),
    Column("valid_from", gettext_lazy("Valid from"), kind="date"),
    Column("valid_to", gettext_lazy("Valid to"), kind="date"),
    Column("year", gettext_lazy("Year"), kind="integer", aliases=("人口年份",), example="2025"),
    Column("persons", gettext_lazy("Residents"), kind="integer", aliases=("常住人口",), example="42000"),
)  # fmt: skip


class DivisionSheet(sheets.SheetImport):
    kind = "regions.divisions"
    title = gettext_lazy("Divisions")
    permission = "regions.manage"
    columns = COLUMNS
    key = ("code",)
    done_url = "/desk/regions/"

    def places(self, actor: foundation.Actor) -> list[tuple[str, Any]]:
        paths = [path for path in actor.scope.regions if actor.may(self.permission, path)]
        return list(Division.objects.filter(path__in=paths).values_list("path", "name"))

    def check(self, rows: Sequence[sheets.Row], target: sheets.Target) -> sheets.Verdict:
        """A parent must stand in the region or in an earlier row; code and kind must fit; a known code changes its row."""
        known = {row.code: row for row in Division.objects.filter(path__startswith=target.region_path)}
        top = Division.objects.get(path=target.region_path)
        planned: dict[str, Division] = {}
        problems, states = [], {}
        for row in rows:
            parent = top if not row["parent"] else known.get(row["parent"]) or planned.get(row["parent"])
            if parent is None:
                problems.append(row.problem("parent", _("No division of this code in the region or in a row above")))
                continue
            try:
                services.check_place(row["kind"], parent)
                code = services.check_code(row["code"], kind=row["kind"], parent=parent) if row["code"] else ""
            except foundation.Refusal as refused:
                problems.append(row.problem("code", str(refused)))
                continue
            if (row["persons"] is None) != (row["year"] is None):
                problems.append(row.problem("year", _("Year and residents go together")))
            if row["persons"] is not None and row["persons"] < 0:
                problems.append(row.problem("persons", _("A number of people is not negative")))
            here = known.get(code) if code else self._unnumbered(known, parent, row["name"])
            states[row.number] = self._state(here, row)
            if code and here is None:
                planned[code] = Division(
                    code=code, path=f"{parent.path}{code}/", kind=row["kind"], name=row["name"], has_official_code=True
                )
        return sheets.Verdict(problems, states)

    def _unnumbered(self, known: dict[str, Division], parent: Division, name: str) -> Division | None:
        return next((d for d in known.values() if d.parent_id == parent.pk and d.name == name), None)

    def _state(self, here: Division | None, row: sheets.Row) -> str:
        if here is None:
            return sheets.NEW
        same = here.name == row["name"] and row["persons"] is None and here.valid_to == row["valid_to"]
        return sheets.SAME if same else sheets.CHANGED

    def apply(self, rows: Sequence[sheets.Row], target: sheets.Target) -> None:
        known = {row.code: row for row in Division.objects.filter(path__startswith=target.region_path)}
        top = known.get(target.region_path.rstrip("/").rsplit("/", 1)[-1])
        for row in rows:
            parent = known[row["parent"]] if row["parent"] else top
            code = services.check_code(row["code"], kind=row["kind"], parent=parent) if row["code"] else ""
            here = known.get(code) if code else self._unnumbered(known, parent, row["name"])
            if here is None:
                here = services.create_division(
                    name=row["name"], kind=row["kind"], parent=parent, code=code, valid_from=row["valid_from"],
                    valid_to=row["valid_to"], actor=target.actor,
                )  # fmt: skip
                known[here.code] = here
            else:
                services.correct(
                    division=here, name=row["name"], valid_from=row["valid_from"], valid_to=row["valid_to"],
                    actor=target.actor,
                )  # fmt: skip
            if row["persons"] is not None:
                services.set_population(
                    division=here, year=row["year"], persons=row["persons"], source="", actor=target.actor
                )
