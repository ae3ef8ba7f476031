"""Words that belong to a web page, a printed page or an advertisement, not to the plan.

Everything is matched against normal form (half-width, simplified, no spaces)."""

from kepu.engines.plandoc.vocabulary.text import words

# Labels of the index table that government sites print above a document, and of the line under the headline.
INDEX_LABELS = words(
    """
    索引号 发文标题 发文文号 发文部门 发文单位 发文时间 发文内容 实施时间 法规类型 所属行业 所属区域 阅读人次 评论人次 页面功能 颁布日期 颁布单位 责任部门 信息索引号 信息索引 主题分类 信息分类 体裁分类 组配分类 公文种类 发布机构 发文机关 发文机构 发布单位
    制发机关 信息来源 来源 稿源 文章来源 作者 编辑 责任编辑 审核 审核人 录入 发布人 发布日期 发布时间
    发文日期 成文日期 生成日期 公开日期 印发日期 更新时间 发表时间 日期 时间 文号 文件编号 发文字号 标题
    信息名称 名称 文件名称 主题词 关键词 有效性 是否有效 效力状态 时效 时效性 浏览次数 浏览量 点击数 点击量
    点击 浏览 阅读次数 阅读量 阅读 访问量 访问次数 字体 字号 字体大小 公开方式 公开范围 公开形式 公开属性
    公开类型 公开责任部门 服务对象 内容概述 内容概要 废止日期 生效日期 实施日期 失效日期 信息类别 所属主题
    统一登记号 分享
    """
)
# Labels whose value is the date of the web page (never the date of signature).
WEB_DATE_LABELS = words(
    """
    发布日期 发布时间 公开日期 更新时间 发表时间 日期 时间
    """
)
DOC_NUMBER_LABELS = ("文号", "发文字号", "发文文号", "文件编号")

# A line that starts with one of these is site navigation.
BREADCRUMB_STARTS = words(
    """
    当前位置 您当前的位置 您所在的位置 您现在的位置 所在位置 你的位置 你现在的位置 位置:
    """
)

# Words of menus; a line made of nothing but these (and separators) is a menu.
MENU_WORDS = words(
    """
    首页 网站首页 返回首页 本站首页 设为首页 加入收藏 收藏本站 机构概况 机构设置 机构职能 组织机构 领导信息
    新闻中心 新闻动态 工作动态 要闻动态 通知公告 公告公示 政务公开 信息公开 政府信息公开 信息公开指南
    信息公开目录 法定主动公开内容 政策文件 政策法规 政策解读 规范性文件 政府文件 政务服务 办事服务 网上办事
    互动交流 公众参与 数据开放 政府数据 专题专栏 专题 专栏 党建工作 党群工作 科学普及 科普园地 科普资源
    学会工作 学术交流 智库建设 人才举荐 科技服务 下载中心 联系我们 关于我们 网站地图 走进 搜索 高级搜索 登录
    注册 无障碍 无障碍浏览 长者模式 适老版 关怀版 繁体 简体 繁体版 简体版 English 手机版 移动版 微信
    微博 客户端 邮箱 大 中 小 打印 关闭 收藏 分享 更多 视力保护色 目录
    """
)
# A line that contains one of these is page furniture wherever it stands, unless it is long running text.
SHARE_WORDS = words(
    """
    分享到 分享至    打印本页 关闭窗口 关闭本页 关闭页面 返回顶部 返回首页 返回列表 复制链接
    点击下载 附件下载 下载附件 相关附件 相关链接 相关文章 相关阅读 相关稿件 相关新闻 相关信息 相关文档
    热门推荐 猜你喜欢 延伸阅读 推荐阅读 加入收藏 设为首页 字体大小 字号: 字体: 【打印】 【关闭】 [打印]
    [关闭] 打印关闭 浏览次数 点击次数 阅读次数 访问次数 当前位置 听全文 转载请注明 更多精彩 相关推荐 点击查看 全文下载 网友评论 我要评论 我要纠错  展开全文 查看原文 阅读原文
    责任编辑
    """
)
# The same, but also met in plans: furniture only where lines are whole paragraphs, and in short lines.
SHARE_WORDS_ALSO_IN_PLANS = ("扫一扫", "扫码", "二维码", "朗读", "请关注", "公众号")
# Labels of an index table that plans use as well; inside the plan they are left alone.
INDEX_LABELS_ALSO_IN_PLANS = words(
    """
    时间 日期 名称 标题 作者 来源 审核 编辑 阅读 点击 浏览 分享 主题词 关键词
    服务对象 发布单位 有效性 时效 实施时间 责任部门 实施日期
    """
)
# Labels that a page prints below the text; what follows such a line at the very end is the page's.
TRAILING_LABELS = words(
    """
    解读 一键分享 分享 链接 稿件来源 信息来源 来源 相关文件 关联文件 相关政策 相关报道 相关资料 文件下载 附件下载 扫码阅读
    """
)
# Labels of a note under a table.
TABLE_NOTES = words(
    """
    联系人 联系电话 联系方式 电话 备注 注 附注 说明 填表 填报 制表 审核 报送 抄送 单位负责人
    """
)
# From such a line on (after the last item) everything is the foot of the page.
FOOT_WORDS = words(
    """
    版权所有 版权声明 ICP备 公网安备 网安备 网站标识码 政府网站 网站地图 网站声明 免责声明
    Copyright copyright © 技术支持 联系我们 关于我们 上一篇 下一篇 上一条 下一条 上一页
    网友评论 评论区 我要评论 全部评论 最新评论 发表评论 热门评论
    下一页 建议使用 主办单位: 主办: 承办: 友情链接 联系电话 咨询电话 举报电话 电子邮箱 地址: 邮编:
    邮政编码 备案序号
    """
)
# Headings of a list of other pages; after the plan's last sentence everything below them is the page's.
LINK_HEADINGS = words(
    """
    相关推荐 相关稿件推荐 相关内容 相关专题 相关附件 相关链接 相关阅读 相关文章 相关新闻 相关稿件 相关信息 相关文档 相关报道 相关资料 相关政策 相关解读 相关文件
    关联文件 热门推荐 热点推荐 热门文章 热门新闻 最新文章 最新资讯 最新发布 猜你喜欢 延伸阅读 推荐阅读 为您推荐 更多推荐
    推荐新闻 友情链接 政策解读 图解 上一篇 下一篇
    """
)
# Advertising that is grafted onto copied pages. One strong word is enough; weak ones need company.
SPAM_STRONG = words(
    """
    博彩 彩票 棋牌 投注 娱乐城 娱乐平台 娱乐官网 百家乐 老虎机 六合彩 时时彩 赌场 开户送 注册送 首存 返水
    真人荷官 体育投注 威尼斯人 办证刻章 代开发票 代写论文 论文代写 加微信 加QQ 微信号: QQ: QQ群
    下载APP APP下载 点击注册 立即注册 优惠券 限时优惠 限时抢购 秒杀 免费领取 点击领取 点击咨询 免费咨询
    在线客服 无抵押 减肥 包邮 全场特价 免费试听 考证培训 领红包 抢红包 领取资料 回复关键词
    红包封面 买一送一 买一赠一 扫码领 加微信领 话费 提现 刷单 兼职日结 低息 放款 秒批
    """
)
SPAM_WEAK = words(
    """
    广告 推广 赞助 优惠 特价 折扣 热线 客服 招商 加盟 贷款 代办 招生 报名 点击 免费 立即 抢购 会员
    官网 开户 直播 手机 下载 咨询 原价 仅需 包过 欢迎 平台 体验
    """
)
SPAM_STARTS = words(
    """
    广告 【广告】 [广告] (广告) 推广 【推广】 [推广] 赞助商 AD
    """
)
# A line that speaks of the programme itself is never taken for an advertisement by weak words alone.
PROGRAMME_WORDS = words(
    """
    科普 科学素质 科技 科学 责任单位 牵头单位 配合单位
    """
)
