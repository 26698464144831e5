"""The sentences of `check`: what is wrong, where, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .schema import Fate, Field
from .text import Text

NO_OBJECT = Text("The body must be an object: { … }.", "请求体必须是一个对象：{ … }。")
NO_FRAMES = Text("The body must be a list of frames: [{ … }, { … }].", "请求体必须是由帧组成的列表：[{ … }, { … }]。")
NO_FRAME = Text("Every frame must be an object: { … }.", "每一帧都必须是一个对象：{ … }。")
FURTHER = Text(
    "One more “{key}”. It is sent as it is; the form shows the first.",
    "另有一个“{key}”，将原样发送；表单显示的是第一个。",
)
KEY = Text("Every key must be text.", "每个键都必须是文本。")
DEEP = Text("The body is nested deeper than {deepest} levels.", "请求体嵌套超过 {deepest} 层。")
NAN = Text("NaN and Infinity are no JSON numbers.", "NaN 和 Infinity 不是 JSON 数字。")
HALF = Text(
    "A text holds half a character or NUL. Type that text again.", "文本中含有半个字符或 NUL，请重新输入该文本。"
)
REQUIRED = Text("Fill in {label}.", "{label}必须填写。")
NEEDED = Text("Fill in {label} when {when}.", "当{when}时，{label}必须填写。")
ONE_OF = Text("Fill in {labels}.", "请填写{labels}。")
USUALLY = Text(
    "{label} is called required by the gateway's page, but most clients leave it out.",
    "网关文档称{label}为必填，但多数客户端不发送它。",
)
UNSAID = Text("Write your next message.", "请写下你的下一条消息。")
EMPTY = Text("{label} must not be sent empty. Leave it out.", "{label}不能为空发送，请省略它。")
BETTER_OUT = Text(
    "{label} is sent empty and read as not sent. Better leave it out.", "{label}为空，网关视为未发送；最好省略。"
)
NO_JSON = Text(
    "{label} must be an object, or the JSON text of one: {{ … }}.", "{label}必须是对象，或对象的 JSON 文本：{{ … }}。"
)
TYPE = Text("{label} must be {types}.", "{label}必须是{types}。")
TEXT_NUMBER = Text(
    "{label} is a number sent as text. Most gateways accept it.", "{label}是以文本发送的数字，多数网关接受。"
)
URL = Text(
    "{label} must be an address that begins with http:// or https://.",
    "{label}必须是以 http:// 或 https:// 开头的网址。",
)
PATTERN = Text("{label} does not have the form that the gateway expects.", "{label}的格式不符合网关要求。")
LONG = Text(
    "{label} is {length} characters long; at most {most} are allowed.",
    "{label}有 {length} 个字符，最多允许 {most} 个。",
)
SHORTENED = Text(
    "{label} is {length} characters long; when {when}, at most {most} are known to work. It is sent as it is.",
    "{label}有 {length} 个字符；当{when}时，最多支持 {most} 个。将原样发送。",
)
SHORT = Text(
    "{label} is {length} characters long; at least {least} are needed.",
    "{label}有 {length} 个字符，至少需要 {least} 个。",
)
FAR = Text(
    "{label} takes {length} characters of the address, nine for a Chinese one; at most {most} are allowed.",
    "{label}在地址中有 {length} 个字符（一个汉字占九个），最多允许 {most} 个。",
)
UNUSUAL = Text(
    "{value} does not look like {label} usually does. It is sent as it is.", "{value} 不像常见的{label}，将原样发送。"
)
BYTES = Text(
    "{label} is {size} bytes long; some gateways refuse more than {most}, and a Chinese character is three.",
    "{label}有 {size} 字节；有的网关拒绝超过 {most} 字节的内容，一个汉字占三字节。",
)
DECIMALS = Text(
    "{label} has more than {most} digits behind the point; the gateway names no more.",
    "{label}的小数超过 {most} 位，网关文档只列到 {most} 位。",
)
BELOW = Text("{label} is meant to be at least {other}, {least}.", "{label}应不小于{other}（{least}）。")
CHOICE = Text("{label} must be {choices}, not {value}.", "{label}只能是 {choices}，不能是 {value}。")
OPEN = Text(
    "{value} is not in the known list of {label} ({choices}). It is sent as it is.",
    "{value} 不在{label}的已知列表（{choices}）中，将原样发送。",
)
NARROWED = Text(
    "{label} {value} is not known to work here; {choices} is. It is sent as it is.",
    "{label} {value} 在此可能不受支持，支持的是 {choices}。将原样发送。",
)
LOW = Text("{label} is too small: {range}.", "{label}太小：{range}。")
HIGH = Text("{label} is too large: {range}.", "{label}太大：{range}。")
MULTIPLE = Text("{label} must be a multiple of {step}.", "{label}必须是 {step} 的倍数。")
FEW = Text("{label}: at least {least}.", "{label}至少需要 {least} 项。")
MANY = Text("{label}: at most {most}.", "{label}最多 {most} 项。")
UNKNOWN = Text("“{key}” is not known to the catalog. It is sent as it is.", "目录中没有“{key}”，将原样发送。")
NO_PART = Text(
    "“{key}” is not known to the catalog. It is not sent: null and empty lists have no part in a form.",
    "目录中没有“{key}”。它不会发送：null 和空列表在表单中没有对应的部分。",
)
MISPLACED: dict[Fate, Text] = {
    "keep": Text(
        "{label} is only used when {when}. It is kept in the body and likely ignored.",
        "{label}仅当{when}时才起作用；它会保留在请求体中，但很可能被忽略。",
    ),
    "omit": Text(
        "{label} is only used when {when}. It is left out of the body.",
        "{label}仅当{when}时才起作用；它会从请求体中省略。",
    ),
    "refuse": Text("{label} is only used when {when}. Remove it.", "{label}仅当{when}时才起作用，请移除。"),
}
EXCLUSIVE = Text(
    "{labels} exclude each other: the gateway means only one of them to be set.",
    "{labels}互斥：网关只允许设置其中一项。",
)
TYPES = {
    "string": Text("text", "文本"),
    "integer": Text("a whole number", "整数"),
    "number": Text("a number", "数字"),
    "boolean": Text("true or false", "true 或 false"),
    "object": Text("an object", "对象"),
    "array": Text("a list", "列表"),
    "file": Text("a file", "文件"),
    "json": Text("any JSON value", "任意 JSON 值"),
}
_BETWEEN = Text("{low} to {high} is allowed", "允许 {low} 到 {high}")
_FROM = Text("at least {low}", "至少 {low}")
_TO = Text("at most {high}", "最多 {high}")


def either(texts: Sequence[Text]) -> Text:
    return Text(" or ".join(t.en for t in texts), "或".join(t.zh for t in texts))


def all_of(texts: Sequence[Text]) -> Text:
    """ "Zoom and Roll"; "Pan, Zoom and Roll"."""
    last = texts[-1]
    if len(texts) == 1:
        return last
    return Text(
        f"{', '.join(t.en for t in texts[:-1])} and {last.en}", f"{'、'.join(t.zh for t in texts[:-1])}和{last.zh}"
    )


def short(value: object) -> str:
    """A value as a sentence can hold it."""
    text = str(value) if not isinstance(value, int) or abs(value) < 10**40 else "…"
    return text if len(text) <= 60 else f"{text[:57]}…"


def listed(choices: Iterable[object]) -> Text:
    """Choices in a sentence: "5 or 10"; of a long list its first twelve."""
    words = [short(choice) for choice in choices]
    if len(words) > 12:
        return Text(f"{', '.join(words[:12])} …", f"{'、'.join(words[:12])} 等")
    if len(words) < 2:
        return Text("".join(words), "".join(words))
    return Text(f"{', '.join(words[:-1])} or {words[-1]}", f"{'、'.join(words[:-1])} 或 {words[-1]}")


def span(field: Field) -> Text:
    """The range of a number in words."""
    low, high = (None if bound is None else f"{bound:g}" for bound in (field.minimum, field.maximum))
    if low is not None and high is not None:
        return _BETWEEN.fill(low=low, high=high)
    return (_TO if low is None else _FROM).fill(low=low, high=high)
