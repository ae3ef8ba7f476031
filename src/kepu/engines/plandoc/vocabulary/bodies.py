"""Who acts: levels of government, last words of bodies, role words of responsibility clauses."""

from kepu.engines.plandoc.vocabulary.text import words

# The level character that a name may leave out when its neighbour prints it.
LEVELS = "省市州县区旗镇乡"
# Names that begin with a level character which is not their level.
NOT_LEVELS = words(
    """
    市场 市政公用 市政管理 市政园林 市民中心 市民服务 市容 乡村 乡镇 乡贤 镇街 区域 区镇 区县 县域 县区 县市 州县
    旗县 省市 市县 市区
    """
)
# Bodies whose level is inside the name; they are complete and hand their level on.
LEAGUES = {"团省委": "省", "团市委": "市", "团州委": "州", "团县委": "县", "团区委": "区", "团旗委": "旗"}
# Collective and self-standing names: never prefixed.
COLLECTIVES = words(
    """
    各 有关 相关 其他 其它 全体 全市 全县 全区 全省 全州 所有 领导小组 成员单位 驻 中国 中央 国家 国网
    中共 共青团 乡镇 镇街 区镇 街道 社区 村 本 我
    """
)
# Last characters of a body's name: enough to tell a bare list of bodies from other brackets.
BODY_ENDS = words(
    """
    督查室 研究室 监督室 政研室 疾控中心 农商行 信用社 专班 海关 法院 检察院 税务 领导小组 支行 分局 联社 党校
    局 所 委 办 部 厅 院 协 会 联 校 社 署 馆 团 队 政府 中心 集团 公司 单位 部门 办公室 办事处
    管委会 委员会 机构 组织 企业 高校 学校 医院 文联 侨联 残联 银行 电视台 总台 报社 研究所 站 园区
    开发区 街道 乡镇 区镇 县区 市区 镇 乡 村 社区 纲要办 工会
    """
)
# Body-like ends that also end common things; a bare list needs more than these to be believed.
WEAK_BODY_ENDS = words(
    """
    研究室 监督室 专班 海关 税务 联社
    场所 研究所 馆 站 会 队 村 镇 乡 社区 企业 学校 高校 团 社 部 院 校 组织 中心 机构 街道 园区 医院
    """
)

# Labels of a responsibility clause and the role they give.
LEAD_WORDS = ("牵头",)
COOPERATE_WORDS = words(
    """
    配合 协办 参与 协助 协同 参加 协作 支持
    """
)
RESPONSIBLE_WORDS = words(
    """
    责任 负责 落实 主办 承办 实施 主责 主管 执行 完成
    """
)
UNIT_NOUNS = words(
    """
    单位 部门 机构 处室 科室 主体 单位及部门
    """
)
# Labels inside a clause whose values are no units: dates and persons.
OTHER_LABELS = words(
    """
    完成时限 完成时间 办结时限 时限 时间 期限 进度 责任人 负责人 联系人 联络员 联系电话 电话 责任领导 分管领导 牵头领导 包保领导
    挂点领导 市领导 县领导 区领导 目标值 备注
    """
)
PERSON_COLUMNS = ("领导", "责任人", "负责人", "联系人", "联络员")
# Remarks inside a clause that are no part of a name.
REMARKS = words(
    """
    以上单位 以上各单位 以上部门 以上各部门 上述单位 上述各单位 上述部门 上述各部门
    按照职责分工负责 按职责分工负责 根据职责分工负责 按各自职责分工负责 按照各自职责分工负责 按照各自职责负责
    按各自职责负责 按照职责分工落实 按职责分工落实 按职责分工 按照职责分工 按职责负责 按照职责负责 分别负责
    共同负责 按分工负责 列第一位的为牵头单位 排在第一位的为牵头单位 排第一位的为牵头单位
    """
)
