"""How plan documents are built: titles, headings, columns, categories."""

from kepu.engines.plandoc.vocabulary.text import words

# Last words of a plan's own title.
TITLE_ENDS = words(
    """
    实施方案 行动方案 工作方案 行动规划 规划纲要 行动计划 工作计划 实施计划 工作要点 实施意见 指导意见
    责任书 责任状 任务书 责任分工 攻坚行动 专项行动 三年行动 工作台账 工作打算 考核细则 考核办法 项目清单 建设指引 工作指引 责任分解表 责任分解 责任清单 工作清单 重点任务清单 分解表 分工表 任务表 计划表 安排表 实施办法
    若干意见 任务分解 工作安排 任务清单 任务分解表 任务分工 分解方案 分工方案 实施细则 若干措施 规划 纲要
    方案 计划 意见 要点 措施
    """
)
NOTICE_ENDS = ("通知", "函", "通告", "公告", "批复")
# What stands before the name of the plan in the title of the covering notice.
ISSUE_VERBS = words(
    """
    关于印发 关于转发 关于发布 关于下达 印发 转发
    """
)
# Words that show a table of the annex to break down the plan's tasks.
BREAKDOWN_WORDS = words(
    """
    分解表 分工表 任务分解 任务分工 责任分解 责任分工 分工方案 责任清单 任务清单 任务表 一览表 安排表
    """
)

# Column heads of task tables and what the column holds.
COLUMN_HEADS = {
    "number": ("序号", "编号", "序"),
    "units": (),  # any head with a role word, see ROLE_WORDS
    "due": (
        "完成时限",
        "时限",
        "完成时间",
        "时间安排",
        "时间节点",
        "时间要求",
        "时间进度",
        "进度安排",
        "进度要求",
        "完成期限",
        "办结时限",
        "时间",
        "期限",
        "实施时间",
        "起止时间",
    ),
    "target": (
        "目标",
        "工作目标",
        "主要目标",
        "具体目标",
        "指标",
        "主要指标",
        "量化指标",
        "工作指标",
        "目标值",
        "任务目标",
        "年度目标",
        "预期目标",
        "目标要求",
        "目标指标",
        "目标(指标)",
        "指标要求",
        "完成标志",
        "预期成果",
        "预期成效",
        "成果形式",
    ),
    "name": (
        "任务名称",
        "项目名称",
        "工作任务",
        "主要任务",
        "重点任务",
        "任务",
        "重点工作",
        "工作事项",
        "事项",
        "任务事项",
        "目标任务",
        "项目",
        "任务项目",
        "工作项目",
        "任务分解",
        "分解任务",
        "活动名称",
        "行动任务",
    ),
    "detail": (
        "任务内容",
        "工作内容",
        "具体任务",
        "具体内容",
        "主要内容",
        "内容",
        "具体措施",
        "工作措施",
        "主要措施",
        "推进措施",
        "工作举措",
        "主要举措",
        "具体举措",
        "举措",
        "措施",
        "工作要求",
        "具体工作",
        "任务要求",
        "具体要求",
    ),
    "group": (
        "类别",
        "工作类别",
        "领域",
        "板块",
        "分类",
        "任务类别",
        "行动名称",
        "行动",
        "工程",
        "行动(工程)",
        "重点领域",
    ),
    "other": ("备注", "说明", "联系人", "联系电话", "责任领导", "分管领导", "牵头领导", "责任人"),
}

# Category by the first keyword found in a title, in this order (contract, section 4).
LEVEL_ONE_CATEGORIES = (
    (
        "organisation",
        ("组织实施", "组织领导", "组织保障", "保障措施", "保障机制", "保障条件", "条件保障", "工作要求", "机制建设"),
    ),
    ("goals", ("指导思想", "总体要求", "总体目标", "发展目标", "工作目标", "主要目标", "基本原则")),
    ("preamble", ("前言", "背景", "形势", "现状", "发展基础", "工作基础", "基础与形势", "工作开展情况")),
)
CATEGORIES = (
    ("youth", ("青少年",)),
    ("farmers", ("农民",)),
    ("industrial_workers", ("产业工人",)),
    ("urban_workers", ("城镇劳动者", "城镇居民", "社区居民")),
    ("elderly", ("老年人",)),
    ("officials", ("领导干部", "公务员")),
    ("resources_to_popularization", ("科技资源科普化", "成果转化")),
    ("informatization", ("信息化", "智慧化", "数字化", "信息传播", "科普创作", "科普作品")),
    ("infrastructure", ("设施", "科技馆", "科普馆")),
    ("grassroots_capacity", ("基层科普", "应急科普")),
    ("open_cooperation", ("开放合作", "交流合作", "合作工程", "全域化合作")),
)
# Under a heading that says 重点人群 a task goes to the group whose words are most frequent in it.
KEY_GROUPS_WORD = "重点人群"
GROUP_WORDS = (
    ("youth", ("青少年", "学生", "少年")),
    ("farmers", ("农民", "农户", "农村", "农技", "惠农")),
    ("industrial_workers", ("产业工人", "职工")),
    ("elderly", ("老年", "助老")),
    ("officials", ("领导干部", "公务员")),
    ("urban_workers", ("城镇劳动者", "城镇居民")),
)
# A text without one of these anywhere is no plan of this programme.
PROGRAMME_MARKS = ("科普", "科学素质", "科学技术普及", "科学素养", "科学教育", "科学文化素质", "科技馆")
