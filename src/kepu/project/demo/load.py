"""Fills an empty installation with the demo's world: places, bodies, accounts, and plans through the real importer."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from kepu.foundation import door as foundation
from kepu.people import door as people
from kepu.plans import door as plans
from kepu.project.demo import world
from kepu.regions import door as regions

DOCUMENTS = Path(__file__).parent / "documents"
PASSWORD = "云泽湖畔好风光2026"  # noqa: S105 - printed for everybody; production refuses demo accounts
BEGIN = date(2020, 1, 1)
LEVELS = {
    "province": "province",
    "prefecture": "prefecture",
    "county": "county",
    "zone": "county",
    "township": "township",
}


@dataclass(frozen=True)
class Document:
    """A plan file of the demo; `upper` is the place of its upper plan in PLANS."""

    file: str
    region: str
    public: bool
    upper: int | None
    aligned: bool = False  # whether the office has gone through what answers to the upper plan
    issued: bool = True  # one is left at the review desk, to try it


PLANS = (
    Document("岚川省实施方案.txt", world.PROVINCE, public=True, upper=None),
    Document("云泽市实施方案.docx", world.CITY, public=True, upper=0, aligned=True),
    Document("青棠县实施方案.txt", "900121", public=True, upper=1, aligned=True),
    Document("石荷县实施方案.pdf", "900122", public=False, upper=1),
    Document("云泽市2026年工作要点.xlsx", world.CITY, public=False, upper=1),
    Document("青棠县2026年工作要点.txt", "900121", public=False, upper=2, issued=False),
)

ROLES = {
    "office_head": "纲要办负责人：审定、印发规划",
    "clerk": "纲要办经办人：导入、核对、管台账",
    "leader": "分管领导：看进展",
    "liaison": "部门联络员：看本单位任务",
    "system_admin": "系统管理员",
    "auditor": "安全审计员",
}


def is_loaded() -> bool:
    return any(one.name == world.DIVISIONS[0].name for one in regions.children("0/", foundation.clock.today()))


def everything(say: Callable[[str], None]) -> None:
    """Load the demo: the world in one transaction, then the plans as an office would import them."""
    say("正在建立区划、单位和账号……")
    with transaction.atomic():
        paths = _divisions()
        _accounts(paths, _bodies(paths))
    say("正在导入六份规划……")
    ids = [
        plans.receive(
            (DOCUMENTS / one.file).read_bytes(), name=one.file, region_path=paths[one.region], actor=foundation.SYSTEM
        )
        for one in PLANS
    ]
    # The reading is background work; here it is done at once, by the same worker.
    subprocess.run([sys.executable, "-m", "kepu", "worker", "--once"], check=True)
    for plan_id, one in zip(ids, PLANS, strict=True):
        if not one.issued:
            say(f"《{Path(one.file).stem}》留在核对台，供您试用。")
            continue
        plans.adopt_proposals(plan_id, actor=foundation.SYSTEM)  # one county's plan names no units
        open_items = plans.confirm_all(plan_id, actor=foundation.SYSTEM)
        if open_items:
            raise RuntimeError(f"{one.file}: {open_items}")
        plans.issue(plan_id, public=one.public, actor=foundation.SYSTEM)
        if one.upper is not None:
            plans.link_upper(plan_id, ids[one.upper], actor=foundation.SYSTEM)
            if one.aligned:
                plans.confirm_likely(plan_id, actor=foundation.SYSTEM)
        say(f"《{Path(one.file).stem}》已核对、印发。")


def _divisions() -> dict[str, str]:
    paths = {"": "0/"}
    for one in world.DIVISIONS:
        paths[one.code] = regions.create(
            name=one.name, kind=one.kind, parent_path=paths[one.parent], code=one.code, actor=foundation.SYSTEM
        ).path
    for county, names in world.TOWNSHIPS.items():
        for number, name in enumerate(names, start=1):
            code = f"{county}{number:03d}"
            kind = "township"
            paths[code] = regions.create(
                name=name, kind=kind, parent_path=paths[county], code=code, actor=foundation.SYSTEM
            ).path
    regions.record_population(
        {paths[one.code]: one.residents for one in world.DIVISIONS},
        year=2025,
        source="演示数据",
        actor=foundation.SYSTEM,
    )
    return paths


def _bodies(paths: dict[str, str]) -> dict[tuple[str, str], int]:
    levels = {one.code: LEVELS[one.kind] for one in world.DIVISIONS}
    made: dict[tuple[str, str], int] = {}
    for unit in (*world.UNITS, *world.GOVERNMENTS):
        made[unit.region, unit.name] = people.create_organisation(
            name=unit.name,
            short_name=unit.short,
            kind=unit.kind,
            level=levels[unit.region],
            region_path=paths[unit.region],
            is_member=unit.kind not in {"council", "territory"},
            valid_from=BEGIN,
            actor=foundation.SYSTEM,
        ).id
        for alias in unit.aliases:  # a zone is named by the papers of the city
            people.learn_alias(
                organisation_id=made[unit.region, unit.name],
                alias=alias,
                region_path=paths[world.CITY if unit.kind == "zone" else unit.region],
                actor=foundation.SYSTEM,
            )
    for county, names in world.TOWNSHIPS.items():
        for number, name in enumerate(names, start=1):
            people.create_organisation(
                name=f"{name}办事处" if name.endswith("街道") else f"{name}人民政府",
                short_name=name,
                kind="territory",
                level="township",
                region_path=paths[f"{county}{number:03d}"],
                valid_from=BEGIN,
                actor=foundation.SYSTEM,
            )
    return made


def _accounts(paths: dict[str, str], bodies: dict[tuple[str, str], int]) -> None:
    for one in world.ACCOUNTS:
        people.open_account(
            username=one.username,
            name=one.name,
            password=PASSWORD,
            role=one.role,
            organisation_id=bodies[one.region, one.unit],
            region_path=paths[one.region],
            actor=foundation.SYSTEM,
        )


def accounts(port: int) -> str:
    """What a newcomer needs to begin: the address, and who can sign in as what."""
    lines = [f"  {one.username:<14}{one.name}  {ROLES[one.role]}（{one.unit}）" for one in world.ACCOUNTS]
    return "\n".join(
        [
            "",
            f"演示系统：http://127.0.0.1:{port}/        工作台：http://127.0.0.1:{port}/desk/",
            f"演示账号（密码均为 {PASSWORD}）：",
            *lines,
            "删除演示数据：make demo-remove。按 Ctrl-C 停止。",
            "",
        ]
    )
