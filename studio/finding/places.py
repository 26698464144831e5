"""The pages that the palette leads to, by their names and by other words that people have for them."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from studio.search.words import folded
from studio.teams.models import Membership


class Place(NamedTuple):
    """`also` holds words in English and Chinese, whatever language the page is in."""

    view: str
    icon: str
    title: Promise | str
    also: str
    owners: bool = False

    @property
    def url(self) -> str:
        return reverse(self.view)


PLACES = (
    Place("composer:pick", "pencil", _("Compose"), "compose new run make create operation 创作 新建 生成"),
    Place("tasks:list", "list", _("Tasks"), "tasks jobs runs history 任务 历史"),
    Place("batches:list", "grid", _("Batches"), "batches matrix grid 批次 批量 矩阵"),
    Place("assets:wall", "results", _("Results"), "results media videos pictures 结果 作品 图片 视频"),
    Place("library:list", "library", _("Presets"), "presets library 预设 资料库"),
    Place("prompts:list", "text", _("Prompts"), "prompts library 提示词 资料库"),
    Place("prompts:lists", "list", _("Word lists"), "word lists wildcards 词表"),
    Place("composer:reference", "text", _("Reference"), "reference documentation docs api 参考 文档"),
    Place("composer:paste", "upload", _("Import"), "import paste curl har json 导入 粘贴"),
    Place("tasks:inbox", "inbox", _("Inbox"), "inbox callbacks webhooks 回调 收件箱"),
    Place("tasks:spending", "coins", _("Spending"), "spending cost points usage 花费 积分 用量"),
    Place("teams:team", "team", _("Team"), "team people members invite 团队 成员 邀请"),
    Place("teams:connections", "connection", _("Connections"), "connections gateway key sandbox 连接 网关 密钥"),
    Place("api:tokens", "key", _("API tokens"), "api tokens keys programs 令牌 密钥 程序"),
    Place("api:docs", "code", _("API docs"), "api docs documentation endpoints openapi programs 接口 文档 程序"),
    Place("ledger:money", "coins", _("Budgets and prices"), "money prices budgets approval 价格 预算", owners=True),
    Place("library:links", "link", _("Share links"), "share links presets 分享 链接", owners=True),
    Place("teams:audit", "look", _("Audit"), "audit log acts who did what 审计 记录", owners=True),
    Place("notices:webhook", "send", _("Webhook"), "webhooks notices address secret 通知 地址", owners=True),
    Place("health:status", "check", _("Health"), "status health queue workers 状态 健康", owners=True),
    Place("notices:list", "bell", _("Notices"), "all notices notifications mentions comments bell 通知 提及 评论"),
    Place("teams:profile", "person", _("Profile"), "profile account name password mail language me 个人 账户 邮件"),
)


def places(membership: Membership, question: str = "") -> list[Place]:
    """Those that this person may open and that hold all words; those that are called so come first."""
    wanted = folded(question).split()
    mine = [place for place in PLACES if membership.is_owner or not place.owners]
    found = [place for place in mine if all(word in folded(f"{place.title} {place.also}") for word in wanted)]
    return sorted(found, key=lambda place: not folded(str(place.title)).startswith(folded(question)))
