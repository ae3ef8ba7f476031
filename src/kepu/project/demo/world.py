"""The demo's world: an invented province with one city built in outline and one county in full.

No real place, person, school or document number; codes come from a range that no division uses.
Figures of population are made up and round.
"""

from dataclasses import dataclass

PROVINCE, CITY = "900000", "900100"


@dataclass(frozen=True)
class Division:
    code: str
    name: str
    kind: str  # as in regions: province prefecture county township zone
    parent: str
    residents: int


@dataclass(frozen=True)
class Unit:
    """An organisation; `kind` as in the room of people."""

    region: str
    name: str
    short: str
    kind: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Account:
    username: str
    name: str
    role: str
    region: str
    unit: str


DIVISIONS = (
    Division("900000", "岚川省", "province", "", 38_600_000),
    Division("900100", "云泽市", "prefecture", "900000", 4_500_000),
    Division("900102", "澄湖区", "county", "900100", 820_000),
    Division("900103", "望岚区", "county", "900100", 640_000),
    Division("900121", "青棠县", "county", "900100", 600_000),
    Division("900122", "石荷县", "county", "900100", 410_000),
    Division("900123", "白榆县", "county", "900100", 520_000),
    Division("900124", "云麓县", "county", "900100", 380_000),
    Division("900181", "松陂市", "county", "900100", 930_000),
    Division("900171", "云泽高新技术产业开发区", "zone", "900100", 200_000),
)

TOWNSHIPS = {
    "900121": (
        "清溪镇", "柳塘镇", "松坪镇", "白石镇", "金谷镇", "望江镇", "梅岭镇", "双桥镇",
        "云门镇", "青林乡", "大坪乡", "石井乡", "竹山乡", "龙泉乡", "城关街道", "南园街道",
    ),
    "900122": ("荷塘镇", "石桥镇", "水口镇", "枫林镇", "高坪乡", "河湾乡", "城东街道", "城西街道"),
}  # fmt: skip

# Names as the institutional reform left them; short names are what a letter uses after the first mention.
_PROVINCE_UNITS = (
    ("party", "省委组织部"), ("party", "省委宣传部"), ("party", "省委社会工作部"), ("party", "省委网信办"),
    ("party", "省委党校"), ("party", "省委老干部局"),
    ("government", "省发展改革委"), ("government", "省教育厅"), ("government", "省科技厅"),
    ("government", "省工业和信息化厅"), ("government", "省民政厅"), ("government", "省财政厅"),
    ("government", "省人力资源社会保障厅"), ("government", "省自然资源厅"), ("government", "省农业农村厅"),
    ("government", "省文化和旅游厅"), ("government", "省卫生健康委"), ("government", "省应急管理厅"),
    ("government", "省林业局"), ("government", "省广播电视局"), ("government", "省体育局"), ("government", "省统计局"),
    ("vertical", "省气象局"), ("vertical", "省通信管理局"),
    ("mass", "省总工会"), ("mass", "团省委"), ("mass", "省妇联"), ("association", "省科协"), ("mass", "省文联"), ("mass", "省作协"),
)  # fmt: skip
_CITY_UNITS = (
    ("party", "市委组织部"), ("party", "市委宣传部"), ("party", "市委网信办"), ("party", "市委社会工作部"),
    ("party", "市委党校"), ("party", "市委老干部局"),
    ("government", "市发改委"), ("government", "市教育局"), ("government", "市科技局"), ("government", "市工信局"),
    ("government", "市民政局"), ("government", "市财政局"), ("government", "市人社局"),
    ("government", "市自然资源和规划局"), ("government", "市生态环境局"), ("government", "市住建局"),
    ("government", "市交通运输局"), ("government", "市水利局"), ("government", "市农业农村局"),
    ("government", "市文广旅局"), ("government", "市卫健委"), ("government", "市应急管理局"),
    ("government", "市市场监管局"), ("government", "市体育局"), ("government", "市统计局"), ("government", "市数据局"),
    ("vertical", "市气象局"), ("institution", "市消防救援支队"),
    ("mass", "市总工会"), ("mass", "团市委"), ("mass", "市妇联"), ("association", "市科协"), ("mass", "市社科联"),
    ("mass", "市文联"), ("society", "市老科协"), ("institution", "市融媒体中心"), ("institution", "市供销社"),
)  # fmt: skip
_COUNTY_UNITS = (
    ("party", "县委组织部"), ("party", "县委宣传部"), ("party", "县委社会工作部"), ("party", "县委党校"),
    ("government", "县发改局"), ("government", "县教体局"), ("government", "县工信科技局"), ("government", "县民政局"),
    ("government", "县财政局"), ("government", "县人社局"), ("government", "县农业农村局"), ("government", "县文广旅局"),
    ("government", "县卫健局"), ("government", "县应急管理局"), ("government", "县市监局"), ("government", "县统计局"),
    ("vertical", "县气象局"), ("mass", "县总工会"), ("mass", "团县委"), ("mass", "县妇联"), ("association", "县科协"),
    ("society", "县老科协"), ("institution", "县融媒体中心"),
)  # fmt: skip

_FULL = {
    "团省委": "共青团岚川省委员会",
    "团市委": "共青团云泽市委员会",
    "市科协": "云泽市科学技术协会",
    "省科协": "岚川省科学技术协会",
    "市人社局": "云泽市人力资源和社会保障局",
    "市发改委": "云泽市发展和改革委员会",
    "市工信局": "云泽市工业和信息化局",
    "市住建局": "云泽市住房和城乡建设局",
    "市卫健委": "云泽市卫生健康委员会",
    "市文广旅局": "云泽市文化广电旅游局",
    "市数据局": "云泽市数据局",
    "市妇联": "云泽市妇女联合会",
}


_ALSO_WRITTEN = {"县教体局": ("县教育局",), "县工信科技局": ("县科技局", "县工信局"), "市文广旅局": ("市文旅局",)}


def _units(region: str, place: str, listed: tuple[tuple[str, str], ...]) -> tuple[Unit, ...]:
    level = place[-1]

    def full(short: str) -> str:
        if short in _FULL:
            return _FULL[short]
        if short.startswith("团"):
            return f"共青团{place}委员会"
        return f"{place}{short[1:]}" if short[0] == level else short

    return tuple(Unit(region, full(short), short, kind, _ALSO_WRITTEN.get(short, ())) for kind, short in listed)


UNITS = (
    *_units(PROVINCE, "岚川省", _PROVINCE_UNITS),
    *_units(CITY, "云泽市", _CITY_UNITS),
    *_units("900121", "青棠县", _COUNTY_UNITS),
    *_units("900122", "石荷县", _COUNTY_UNITS),
    Unit("900171", "云泽高新技术产业开发区管理委员会", "高新区管委会", "zone", ("高新区管委会", "高新区")),
)

GOVERNMENTS = tuple(
    Unit(division.code, f"{division.name}人民政府", f"{division.name}政府", "council")
    for division in DIVISIONS
    if division.kind == "county"
)

ACCOUNTS = (
    Account("shi-keshi", "沈知远", "office_head", CITY, "云泽市科学技术协会"),
    Account("shi-jingban", "林晓禾", "clerk", CITY, "云泽市科学技术协会"),
    Account("shi-lingdao", "周望山", "leader", CITY, "云泽市科学技术协会"),
    Account("xian-qingtang", "何青", "clerk", "900121", "青棠县科协"),
    Account("xian-shihe", "石小荷", "clerk", "900122", "石荷县科协"),
    Account("jiaoyu", "陈一帆", "liaison", CITY, "云泽市教育局"),
    Account("xitong", "方立", "system_admin", PROVINCE, "岚川省科学技术协会"),
    Account("shenji", "邵平", "auditor", PROVINCE, "岚川省科学技术协会"),
)
