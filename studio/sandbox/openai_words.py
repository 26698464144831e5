"""Words for the answers: deterministic, and about what was asked."""

from __future__ import annotations

import hashlib
import re
from typing import Any

CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORDS = re.compile(r"[A-Za-z][A-Za-z'-]{2,}")
PHRASES = re.compile(r"[\u4e00-\u9fff]{2,}")
CHINESE_LEAD = re.compile(r"^(请|给我|帮我|介绍一下|介绍|写一[篇段首]|说说|谈谈|讲讲|为什么|什么是|如何|怎样)+")
PIECE = re.compile(r"\s*[\u4e00-\u9fff]{1,2}|\s*[^\s\u4e00-\u9fff]+|\s+")
DULL = frozenset(
    re.findall(
        r"\w+",
        "the and for with why how what when where who are was were you your that this from into about "
        "can could would should does did has have had one two three please write tell give find answer "
        "sentence words will not but ",
    )
)
OPENINGS = (
    "Here is what matters about {topic}.",
    "Let us look at {topic} closely.",
    "A short answer about {topic} first.",
)
SENTENCES = (
    "The first thing to notice is that {topic} rarely comes alone: what stands around it decides how it is seen.",
    "Whoever works with {topic} for a while learns to begin small, look at the result and change one thing at a time.",
    "There is a plain reason for it, and a less plain one, and both have to do with how we pay attention.",
    "Most people remember {topic} by a single picture, a sound or a place, and everything else gathers around that.",
    "If you compare two examples side by side, the difference shows within seconds.",
    "In practice it helps to write down what you expect before you try it, so that a surprise is not lost.",
    "None of this is certain; it is what careful observation of {topic} suggests so far.",
)
CHINESE_OPENINGS = ("先说说{topic}。", "关于{topic}，可以从一个小例子讲起。", "下面谈谈{topic}。")
CHINESE_SENTENCES = (
    "{topic}很少单独出现，周围的事物往往决定了我们怎样看待它。",
    "熟悉{topic}的人通常从小处着手，看过结果后每次只改动一处。",
    "其中有一个简单的原因，也有一个不那么简单的原因，都与注意力有关。",
    "多数人记住{topic}，靠的是一个画面、一种声音或一个地方。",
    "把两个例子放在一起比较，几秒钟就能看出差别。",
    "动手之前先写下预期，这样意外的收获才不会被忽略。",
    "以上并非定论，只是目前细心观察{topic}得到的看法。",
)


def number(*parts: object) -> int:
    """The same number for the same parts, always."""
    return int.from_bytes(hashlib.sha256("\0".join(map(str, parts)).encode()).digest()[:8], "big")


def topic(prompt: str) -> str:
    """What a prompt is about, in a few of its own words."""
    if CHINESE.search(prompt):
        phrases = [CHINESE_LEAD.sub("", phrase) for phrase in PHRASES.findall(prompt)]
        return next((phrase[:12] for phrase in phrases if phrase), "这个问题")
    words = [word for word in WORDS.findall(prompt) if word.lower() not in DULL]
    return " ".join(words[-3:]).lower() or "your question"


def reply(prompt: str, variant: int = 0, *, brief: bool = False) -> str:
    """Some sentences about the prompt, in its language."""
    chinese = bool(CHINESE.search(prompt))
    openings, sentences = (CHINESE_OPENINGS, CHINESE_SENTENCES) if chinese else (OPENINGS, SENTENCES)
    seed, about = number(prompt, variant), topic(prompt)
    if brief:
        return sentences[seed % len(sentences)].format(topic=about)
    chosen = [sentences[(seed + step) % len(sentences)] for step in range(5)]
    first, second = [openings[seed % len(openings)], *chosen[:2]], chosen[2:]
    gap = "" if chinese else " "
    return "\n\n".join(gap.join(each.format(topic=about) for each in part) for part in (first, second))


def pieces(text: str) -> list[str]:
    """A text as a model would write it: some letters at a time. Put together they are the text."""
    return PIECE.findall(text)


def tokens(text: str) -> int:
    return len(pieces(text))


def cut(text: str, most: int | None, stops: list[str]) -> tuple[str, str]:
    """A text as far as it may go, and why it ends there: `stop` or `length`."""
    for stop in filter(None, stops):
        text = text.split(stop, 1)[0]
    parts = pieces(text)
    if most and len(parts) > most:
        return "".join(parts[:most]), "length"
    return text, "stop"


def fitting(schema: Any, prompt: str, depth: int = 0) -> Any:
    """A small value that a JSON Schema accepts, with words of the prompt in it."""
    schema = schema if isinstance(schema, dict) else {}
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "object" and depth < 10:
        members = schema.get("properties")
        members = members if isinstance(members, dict) else {}
        return {name: fitting(inner, prompt, depth + 1) for name, inner in members.items()}
    if kind == "array" and depth < 10:
        return [fitting(schema.get("items"), prompt, depth + 1)]
    plain: dict[str, Any] = {"integer": 1, "number": 0.5, "boolean": True, "null": None}
    return plain[kind] if kind in plain else topic(prompt)
