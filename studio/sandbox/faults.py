"""Everything that can go wrong here, by name, and the dice that decide when it does."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    name: str
    where: str  # submit, query, task, callback, answer, media
    en: str
    zh: str


FAULTS = (
    Fault("rate-limit", "submit", "429 with an empty body; nothing is accepted.", "返回 429 空内容，不受理。"),
    Fault(
        "spent-balance",
        "submit",
        "429 that talks of load but means an empty balance; nothing is accepted.",
        "以“负载已饱和”掩饰的余额不足（429），不受理。",
    ),
    Fault(
        "refuse-content", "submit", "400: the wording is refused; nothing is accepted.", "提示词被拒绝（400），不受理。"
    ),
    Fault(
        "no-inside-200",
        "submit",
        "The system's own error inside HTTP 200; nothing is accepted.",
        "HTTP 200 里装着系统自己的错误，不受理。",
    ),
    Fault(
        "own-error",
        "submit",
        "One of the system's own errors that no body causes, where its sheet names some; nothing is accepted.",
        "返回系统自己的一种错误（与请求体无关，以说明为准），不受理。",
    ),
    Fault("error-before", "submit", "500 before anything is accepted.", "受理之前返回 500。"),
    Fault("error-after", "submit", "500 although the task was accepted and charged.", "已受理并计费，却返回 500。"),
    Fault("hang-before", "submit", "Nothing is accepted and no answer ever comes.", "不受理，也一直不回应。"),
    Fault(
        "hang", "submit", "The task is accepted and charged, but no answer ever comes.", "已受理并计费，但一直不回应。"
    ),
    Fault(
        "no-answer-before",
        "submit",
        "The connection closes without an answer; nothing is accepted.",
        "不受理，连接无回应即关闭。",
    ),
    Fault(
        "no-answer",
        "submit",
        "Accepted and charged, then the connection closes without an answer.",
        "已受理并计费，随后连接无回应即关闭。",
    ),
    Fault(
        "cut-answer", "submit", "Accepted and charged; the answer breaks off half way.", "已受理并计费，回应中途断开。"
    ),
    Fault(
        "html-before", "submit", "A proxy answers 502 with a page; nothing is accepted.", "代理返回 502 网页，不受理。"
    ),
    Fault(
        "html-answer",
        "submit",
        "Accepted and charged, but a proxy answers 502 with a page.",
        "已受理并计费，代理却返回 502 网页。",
    ),
    Fault(
        "early-callback",
        "submit",
        "The task is done and all its callbacks are sent before the submit is answered.",
        "提交尚未回应，任务已完成且回调已全部发出。",
    ),
    Fault(
        "stream-error",
        "answer",
        "An event stream says half way that it has failed; charged.",
        "事件流中途报错，已计费。",
    ),
    Fault(
        "stream-cut",
        "answer",
        "An event stream breaks off half way, and the connection with it; charged.",
        "事件流连同连接中途断开，已计费。",
    ),
    Fault("slow-answer", "answer", "The answer takes 8 seconds.", "8 秒后才回应。"),
    Fault(
        "wrong-types",
        "answer",
        'Answers and callbacks with numbers for texts, texts for numbers, "" for null.',
        "回应与回调中数字与文本互换，空值变为空文本。",
    ),
    Fault("query-error", "query", "A query answers 502 with a page.", "查询返回 502 网页。"),
    Fault(
        "own-query-error",
        "query",
        "A query is turned down with one of the system's own errors, where its sheet names some; the task goes on.",
        "查询被系统自己的一种错误拒绝（以说明为准），任务不受影响。",
    ),
    Fault(
        "unknown-task",
        "task",
        "The feed does not know the task for its first 80 seconds (4 at speed 20).",
        "任务提交后的前 80 秒（20 倍速为 4 秒）查询不到。",
    ),
    Fault("fail-task", "task", "The task fails half way and its points are given back.", "任务中途失败并退还积分。"),
    Fault(
        "expired-links", "media", "The result's links are dead from the start (403).", "结果链接一开始就已失效（403）。"
    ),
    Fault(
        "late-callback",
        "callback",
        "A callback comes 600 seconds late (30 at speed 20).",
        "回调迟到 600 秒（20 倍速为 30 秒）。",
    ),
    Fault("double-callback", "callback", "A callback comes twice.", "同一回调发送两次。"),
    Fault(
        "shuffle-callbacks",
        "callback",
        "The callbacks of a task come in reverse order, after its end.",
        "任务结束后才按相反顺序发送回调。",
    ),
    Fault("lose-callback", "callback", "A callback is never sent.", "回调从不发送。"),
    Fault("garbage-callback", "callback", "A callback carries bytes that are no task.", "回调内容是无法识别的数据。"),
    Fault(
        "forged-callback",
        "callback",
        "A stranger who knows the address claims success with a foreign link.",
        "知道地址的陌生人伪造成功回调，附外部链接。",
    ),
    Fault(
        "foreign-callback",
        "callback",
        "A callback at the right address names another task.",
        "回调地址正确，任务编号却是别人的。",
    ),
    Fault("form-callback", "callback", "A callback comes as form fields, not JSON.", "回调以表单字段而非 JSON 发送。"),
    Fault(
        "wrapped-callback",
        "callback",
        "A callback comes in the envelope of a feed answer.",
        "回调带有查询结果的外层结构。",
    ),
)
NAMES = frozenset(fault.name for fault in FAULTS)


class Dice:
    """Decides by seed and order: the n-th roll of a fault comes out the same in every run with that seed."""

    def __init__(self) -> None:
        self.seed = 1
        self.shares: dict[str, float] = {}
        self._rolls: Counter[str] = Counter()

    def load(self, shares: Mapping[str, object], seed: object = None) -> None:
        """Replace all shares (0 to 1) and begin the order anew. Raises ValueError with a sentence."""
        unknown = sorted(set(shares) - NAMES)
        if unknown:
            raise ValueError(f"No fault is called {', '.join(unknown)}. GET /_sandbox/faults lists them.")
        kept: dict[str, float] = {}
        for name, share in shares.items():
            if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
                raise ValueError(f"The share of {name} is a number from 0 to 1.")
            if share:
                kept[name] = float(share)
        if seed is not None:
            if isinstance(seed, bool) or not isinstance(seed, int):
                raise ValueError("The seed is a whole number.")
            self.seed = seed
        self.shares, self._rolls = kept, Counter()

    def roll(self, name: str) -> bool:
        """Does this fault happen now?"""
        share = self.shares.get(name, 0.0)
        return share > 0 and self.fraction(name) < share

    def fraction(self, name: str) -> float:
        """The next number from 0 up to 1 in the row called `name`."""
        self._rolls[name] += 1
        digest = hashlib.sha256(f"{self.seed}/{name}/{self._rolls[name]}".encode()).digest()
        return int.from_bytes(digest[:6], "big") / 2**48
