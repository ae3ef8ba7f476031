from datetime import date
from decimal import Decimal

import pytest

from kepu.foundation.models import AuditEntry
from kepu.foundation.scope import SYSTEM
from kepu.regions import door as regions
from kepu.regions import services
from kepu.regions.models import Division, DivisionChange
from tests.world import CITY, COUNTY_A, COUNTY_B

DAY = date(2026, 7, 1)


def at(path):
    return Division.objects.get(path=path)


def paths(infos):
    return [info.path for info in infos]


def test_a_path_holds_the_codes_from_the_root(world):
    info = regions.division(COUNTY_A)
    assert (info.path, info.code, info.short_name, info.parent_path) == (COUNTY_A, "990121", "青禾", CITY)
    assert paths(regions.above(COUNTY_A)) == [CITY, "0/99/"]
    assert paths(regions.children(CITY, DAY)) == [COUNTY_A, COUNTY_B]
    assert paths(regions.children("0/", DAY)) == ["0/99/"]


@pytest.mark.parametrize(
    ("code", "kind", "parent", "taken"),
    [
        ("990123", "county", CITY, "990123"),
        ("980100", "prefecture", None, None),
        ("990121102", "township", COUNTY_A, "990121102"),
    ],
)
def test_codes_are_checked_against_the_parent(world, code, kind, parent, taken):
    make = {
        "name": "某地",
        "kind": kind,
        "parent": at(parent) if parent else at("0/99/"),
        "code": code,
        "actor": SYSTEM,
    }
    if taken is None:
        with pytest.raises(services.BadCode):
            services.create_division(**make)
    else:
        assert services.create_division(**make).code == taken


def test_a_code_is_used_once_and_a_county_is_not_under_a_county(world):
    with pytest.raises(services.CodeTaken):
        services.create_division(name="另一县", kind="county", parent=at(CITY), code="990121", actor=SYSTEM)
    with pytest.raises(services.BadParent):
        services.create_division(name="另一县", kind="county", parent=at(COUNTY_A), code="990124", actor=SYSTEM)


def test_zones_without_a_code_get_stable_ones_that_are_never_used_again(world):
    first = services.create_division(name="云川高新区", kind="zone", parent=at(CITY), actor=SYSTEM)
    first.valid_to = DAY
    first.save()
    second = services.create_division(name="云川经开区", kind="zone", parent=at(CITY), actor=SYSTEM)
    assert (first.code, second.code) == ("9901Z01", "9901Z02")
    town = services.create_division(name="高新街道", kind="township", parent=second, code="990171001", actor=SYSTEM)
    assert town.path == f"{CITY}9901Z02/990171001/"


def test_a_renamed_division_keeps_its_path_and_its_old_name_before_the_day(world):
    services.rename(division=at(COUNTY_A), name="青禾区", short_name="", on=DAY, basis="", actor=SYSTEM)
    services.rename(division=at(COUNTY_A), name="大青禾区", short_name="", on=date(2026, 9, 1), basis="", actor=SYSTEM)
    names = [regions.names_on([COUNTY_A], day)[COUNTY_A] for day in (date(2026, 6, 30), DAY, date(2026, 9, 1))]
    assert names == ["青禾县", "青禾区", "大青禾区"]


def test_a_recoded_county_takes_everything_below_along(world):
    new = services.recode(division=at(COUNTY_A), code="990104", name="青禾区", on=DAY, basis="", actor=SYSTEM)
    assert paths(regions.children(CITY, DAY)) == [COUNTY_B, new.path] or paths(regions.children(CITY, DAY)) == [
        new.path,
        COUNTY_B,
    ]
    assert {info.name for info in regions.children(new.path, DAY)} == {"云台镇", "城关街道"}
    old_town = f"{COUNTY_A}990121101/"
    walked = regions.crosswalk([COUNTY_A, old_town, COUNTY_B], since=date(2026, 1, 1), until=DAY)
    assert walked == {
        COUNTY_A: [(new.path, Decimal(1))],
        old_town: [(f"{new.path}990121101/", Decimal(1))],
        COUNTY_B: [(COUNTY_B, Decimal(1))],
    }


def test_splits_and_mergers_multiply_along_the_way(world):
    parts = [
        services.create_division(name=f"新{n}县", kind="county", parent=at(CITY), code=f"99013{n}", actor=SYSTEM)
        for n in (1, 2)
    ]
    services.split(
        source=at(COUNTY_A),
        parts=[(parts[0], Decimal("0.6")), (parts[1], Decimal("0.4"))],
        on=DAY,
        basis="",
        actor=SYSTEM,
    )
    services.merge(sources=[parts[1]], target=at(COUNTY_B), on=date(2026, 8, 1), basis="", actor=SYSTEM)
    walked = regions.crosswalk([COUNTY_A], since=date(2026, 1, 1), until=date(2026, 12, 31))[COUNTY_A]
    assert dict(walked) == {parts[0].path: Decimal("0.6"), COUNTY_B: Decimal("0.4")}
    assert regions.crosswalk([COUNTY_A], since=DAY, until=date(2026, 7, 2))[COUNTY_A] == [(COUNTY_A, Decimal(1))]


def test_shares_add_up_and_nothing_merges_into_itself(world):
    with pytest.raises(services.SharesOff):
        services.split(source=at(COUNTY_A), parts=[(at(COUNTY_B), Decimal("0.9"))], on=DAY, basis="", actor=SYSTEM)
    with pytest.raises(services.BadParent):
        services.merge(sources=[at(CITY)], target=at(COUNTY_B), on=DAY, basis="", actor=SYSTEM)
    assert not DivisionChange.objects.exists()


def test_population_is_kept_by_year(world):
    for persons in (600_000, 601_500):
        services.set_population(division=at(COUNTY_A), year=2025, persons=persons, source="统计公报", actor=SYSTEM)
    assert regions.population([COUNTY_A, COUNTY_B], 2025) == {COUNTY_A: 601_500}
    assert AuditEntry.objects.filter(action="regions.population").count() == 2


def test_the_pages_of_a_county_show_and_change_its_own_tree(world):
    head = world.sign_in("office_head", COUNTY_A)
    listed = head.get("/desk/regions/").context["table"]
    assert {row.path for row, _depth, _figure in listed} == {
        COUNTY_A,
        f"{COUNTY_A}990121001/",
        f"{COUNTY_A}990121101/",
    }
    head.post(f"/desk/regions/{at(COUNTY_A).pk}/population/", {"year": 2025, "persons": 600000})
    assert regions.population([COUNTY_A], 2025) == {COUNTY_A: 600000}
    made = {"parent": at(COUNTY_A).pk, "kind": "zone", "name": "青禾工业园", "code": ""}
    assert head.post("/desk/regions/new/", made).status_code == 302
    assert at(f"{COUNTY_A}990121Z01/").name == "青禾工业园"
    stranger = {"parent": at(COUNTY_B).pk, "kind": "zone", "name": "别处", "code": ""}
    assert head.post("/desk/regions/new/", stranger).status_code == 400
    assert head.get(f"/desk/regions/{at(CITY).pk}/").status_code == 404
    change = {"what": "rename", "on": "2026-07-01", "name": "青禾区"}
    assert head.post(f"/desk/regions/{at(COUNTY_A).pk}/change/", change).status_code == 302
    assert regions.division(COUNTY_A).name == "青禾区"


def test_the_export_reads_back_as_an_import_that_changes_nothing(world):
    from kepu.foundation import spreadsheets
    from kepu.people import door as people
    from kepu.regions.sheets import COLUMNS, DivisionSheet

    client = world.sign_in("office_head", COUNTY_A)
    data = client.get("/desk/regions/?export=xlsx").getvalue()
    reading = spreadsheets.read(data, COLUMNS, "divisions.xlsx")
    assert reading.problems == []
    assert len(reading.rows) == 3
    actor = people.actor_of(int(client.session["_auth_user_id"]))
    target = spreadsheets.Target(region_path=CITY, subject_id=None, actor=actor)
    verdict = DivisionSheet().check(reading.rows, target)
    assert (list(verdict.problems), set(verdict.states.values())) == ([], {"same"})


def test_a_sheet_makes_parents_and_children_and_names_what_does_not_fit(world):
    from kepu.foundation import spreadsheets
    from kepu.regions.sheets import COLUMNS, DivisionSheet

    rows = [
        {"code": "990123", "name": "石荷县", "kind": "county", "year": 2025, "persons": 410000},
        {"code": "990123101", "name": "荷塘镇", "kind": "township", "parent": "990123"},
        {"code": "", "name": "石荷园区", "kind": "zone", "parent": "990123"},
        {"code": "880101", "name": "外省县", "kind": "county"},
        {"code": "990124", "name": "孤县", "kind": "county", "parent": "990199"},
    ]
    reading = spreadsheets.read(spreadsheets.export_xlsx("区划", COLUMNS, rows), COLUMNS, "a.xlsx")
    target = spreadsheets.Target(region_path=CITY, subject_id=None, actor=SYSTEM)
    sheet = DivisionSheet()
    verdict = sheet.check(reading.rows, target)
    assert {problem.value for problem in verdict.problems} == {"880101", "990199"}
    bad = {problem.row for problem in verdict.problems}
    good = [row for row in reading.rows if row.number not in bad]
    sheet.apply(good, target)
    again = sheet.check(good, target)
    assert (list(again.problems), set(again.states.values())) == ([], {"same", "changed"})
    sheet.apply(good, target)
    assert {info.name for info in regions.below(f"{CITY}990123/", DAY)} == {"石荷县", "荷塘镇", "石荷园区"}
    assert regions.population([f"{CITY}990123/"], 2025) == {f"{CITY}990123/": 410000}
