"""Which words of a task usually fall to which department; the table that a fresh installation starts with.

Drawn from the division of labour that published plans of the programme print again and again; an office adds its own
rows, and every proposal shows the word it comes from.
"""

DUTIES: dict[str, tuple[str, ...]] = {
    "教育局": ("青少年", "中小学", "学校", "科学教育", "科技教师", "校外", "课后", "大学", "学生", "教师"),
    "农业农村局": ("农民", "农技", "农村", "乡村振兴", "高素质农民", "农业"),
    "科技局": ("科技成果", "科研", "实验室", "科技资源", "高新技术", "科技周", "创新"),
    "工业和信息化局": ("产业工人", "企业", "智能制造", "信息化"),
    "人力资源和社会保障局": ("职业技能", "技能培训", "技能竞赛", "就业", "专业技术人员"),
    "民政局": ("老年人", "养老", "社区", "社会组织"),
    "卫生健康局": ("健康", "卫生", "疾病", "医疗", "中医"),
    "应急管理局": ("应急", "防灾", "减灾", "安全生产", "地震"),
    "文化和旅游局": ("文化", "旅游", "图书馆", "博物馆", "广播电视"),
    "生态环境局": ("生态", "环境保护", "低碳", "碳达峰"),
    "自然资源和规划局": ("自然资源", "地质", "规划", "地球日"),
    "气象局": ("气象", "天气"),
    "市场监督管理局": ("食品安全", "质量", "知识产权", "药品"),
    "财政局": ("经费", "投入", "资金", "预算"),
    "统计局": ("统计", "监测"),
    "委宣传部": ("宣传", "媒体", "传播", "舆论", "科普作品"),
    "委组织部": ("领导干部", "公务员", "干部培训", "干部教育"),
    "委网信办": ("网络", "谣言", "新媒体", "互联网"),
    "委党校": ("党校", "干部教学"),
    "总工会": ("职工", "劳模", "工匠"),
    "团委": ("青年", "共青团", "少先队"),
    "妇联": ("妇女", "家庭", "家长"),
    "科协": ("科普", "科学素质", "科技馆", "科技志愿", "学会", "基层科普", "科学家精神"),
}


def install() -> None:
    """Fill the table that every region starts with, where it is empty; what an office changed later is its own."""
    from kepu.plans.models import Duty

    if not Duty.objects.filter(region_path="0/").exists():
        Duty.objects.bulk_create(
            Duty(region_path="0/", word=word, unit=unit) for unit, words in DUTIES.items() for word in words
        )
