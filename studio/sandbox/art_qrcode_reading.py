"""What MewXAI's bodies ask for: each read as the fact sheet tells it, a wrong one refused with a sentence."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from studio.sandbox import members, stills
from studio.sandbox.art_qrcode_pictures import CODE, LEAST, MOST, Asked, copied
from studio.sandbox.film import PICTURE, POSTER, Film
from studio.sandbox.members import Body, Refused
from studio.sandbox.pictures import ratio_of
from studio.sandbox.qr_codes import TooLong, encode

KINDS = ("textart", "texthidden", "textshadow")
RATIOS = {1: "1:1", 3: "9:16", 4: "16:9", 5: "3:4", 6: "4:3", 10: "2:3", 11: "3:2"}
TEXT_RATIOS, CUTE_RATIOS, CONTROLS = (1, 3, 4, 5, 6), (1, 5, 6, 10, 11), (1, 5, 7, 8, 9)
TEXT_FIELDS = {"type", "prompt", "ratio", "model", "template_id", "callback_url"}
SETTING = re.compile(r"(?:^|\s)--([a-z]+)\s+(\S+)")
PATTERNS = {
    "iw": r"0(\.\d{1,2})?|1(\.0{1,2})?",
    "seed": r"[1-9]\d{0,8}",
    "shape": r"square|circle|plus|box|octagon|random|tiny-plus",
    "ar": r"1:1|9:16|16:9|3:4|4:3",
}
VERSION, STRENGTH, LAST_SEED = "2", 0.5, 999_999_999  # where a body says nothing
LARGEST, LONGEST, LONGEST_ADDRESS, FLATTEST = 5 * 1024 * 1024, 1000, 200, 5
FUSION_POINTS = 2  # made up: the sheet has a price for all calls but this


@dataclass(frozen=True)
class Order:
    """One picture: what it is, the file that shows it, and its price in points."""

    prompt: str
    film: Film
    points: Decimal
    file: str = PICTURE
    qr_content: str = ""


def qrcode(body: Body) -> Order:
    """From prompt and model, or from a template, beside which the prompt only holds settings."""
    words, settings = parted(members.text(body, "prompt"), PATTERNS)
    template, model = _template(body), members.text(body, "model")
    members.text(body, "negative_prompt")
    if not template and not (words and model):
        raise Refused("prompt and model are required without template_id")
    content, picture = members.text(body, "qr_content"), members.text(body, "qr_image")
    if not content and not picture:
        raise Refused("qr_content or qr_image is required")
    shape, strength = settings.get("shape", "random"), float(settings.get("iw", STRENGTH))
    asked = Asked(shape, strength, _seed(settings), content, "" if content else copied(_picture(picture)))
    try:
        encode(content)
    except TooLong as fault:
        raise Refused(f"qr_content is too long: {fault}") from None
    version = settings.get("v", VERSION)
    model = f"template {template}" if template else f"model {model}"
    film = Film(words or model, settings.get("ar", "1:1"), 0, f"{model} v{version}", asked.source)
    return Order(words, film, Decimal(1 if version in {"1", "1.1"} else 5), CODE, content)


def text(body: Body) -> Order:
    """What the member with the words to draw is called, no document says: here it is any other that holds a text."""
    kind = _choice(body, "type", KINDS)
    words, settings = parted(members.text(body, "prompt"), {name: PATTERNS[name] for name in ("iw", "seed")})
    template, model = _template(body), members.text(body, "model")
    if not template and not words:
        raise Refused("prompt is required without template_id")
    ratio = RATIOS[_number(body, "ratio", TEXT_RATIOS)] if body.get("ratio") is not None else "1:1"
    _callback(body)
    drawn = next((each for name, each in body.items() if name not in TEXT_FIELDS and isinstance(each, str)), "")
    model = f"template {template}" if template else f"model {model}" if model else kind
    source = f"{kind}:{settings.get('iw', STRENGTH)}:{_seed(settings)}"
    return Order(words, Film(drawn or words or model, ratio, 0, model, source), Decimal(1))


def fusion(body: Body) -> Order:
    for name in ("source_img", "style_img"):
        url = members.text(body, name)
        if not url or len(url) > LONGEST_ADDRESS or not members.is_address(url):
            raise Refused(f"{name} must be a URL of at most {LONGEST_ADDRESS} characters")
    ratio = ratio_of(body["source_img"], "source_img") or "1:1"
    wide, high = (int(part) for part in ratio.split(":"))
    if not 1 / FLATTEST <= wide / high <= FLATTEST:
        raise Refused(f"source_img is flatter or taller than 1:{FLATTEST}")
    mode, engine = (_number(body, name, (1, 2)) for name in ("source_mode", "engine"))
    control = _control(body.get("cn_list"))
    _choice(body, "type", ("neuralstyle",))
    _callback(body)
    model = ("realistic", "anime")[engine - 1]
    said = f"in another style  ·  {control['type']:g} at {control['weight']:g}"
    film = Film(said, ratio, 0, model, f"{mode}:{body['source_img']}:{body['style_img']}")
    return Order("", film, Decimal(FUSION_POINTS))


def _control(value: Any) -> Body:
    if not isinstance(value, list) or len(value) != 1 or not isinstance(value[0], dict):
        raise Refused("cn_list must be a list of exactly one object")
    control: Body = value[0]
    _number(control, "type", CONTROLS, "cn_list.")
    if not isinstance(_within(control, "weight", 0, 100, "cn_list."), int):
        raise Refused("cn_list.weight must be a whole number")
    for name in ("guidance_start", "guidance_end"):
        share = _within(control, name, 0, 1, "cn_list.")
        if round(share, 2) != share:
            raise Refused(f"cn_list.{name} has more than two decimals")
    return control


def cute(body: Body) -> Order:
    args = members.inner(body, "args")
    _choice(body, "type", ("MX-CUTE",))
    members.address(body, "callback_url")
    prompt = members.text(args, "prompt")
    if not prompt.strip() or len(prompt) > LONGEST:
        raise Refused(f"args.prompt must have 1 to {LONGEST} characters")
    if len(members.text(args, "negative_prompt")) > LONGEST:
        raise Refused(f"args.negative_prompt is longer than {LONGEST} characters")
    quality, ratio = _number(args, "upscaler", (1, 2), "args."), _number(args, "ratio", CUTE_RATIOS, "args.")
    _number(args, "audit", (0, 1, 2), "args.")
    if not isinstance(args.get("negative_type", 0), int):
        raise Refused("args.negative_type must be a whole number")
    fused = _fused(args.get("extra_model"))
    png = members.choice(args, "photo_format", ("jpg", "png"), "jpg") == "png"
    film = Film(prompt, RATIOS[ratio], 0, f"cute {members.text(args, 'model') or '202'}", f"{quality}:{fused}")
    if args.get("width") is None or args.get("height") is None:
        return Order(prompt, film, Decimal(quality), PICTURE if png else POSTER)
    width, height = (round(_within(args, name, LEAST, MOST, "args.")) for name in ("width", "height"))
    film = replace(film, ratio=f"{width}:{height}")
    return Order(prompt, film, Decimal(quality), "still.png" if png else "still.jpeg")


def _fused(value: Any) -> str:
    if not isinstance(value, list) or len(value) > 2:
        raise Refused("args.extra_model must be a list of at most 2")
    for each in value:
        if not isinstance(each, dict) or not members.text(each, "id"):
            raise Refused("args.extra_model.id is required")
        _within(each, "weight", float("-inf"), float("inf"), "args.extra_model.")
    return "+".join(f"{each['id']}@{each['weight']:g}" for each in value)


def parted(prompt: str, known: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The words of a prompt, and the settings behind them. Refuses a setting outside of its range."""
    settings = dict(SETTING.findall(prompt))
    for name, pattern in known.items():
        if name in settings and not re.fullmatch(pattern, settings[name]):
            raise Refused(f"--{name} {settings[name]} is invalid")
    return SETTING.sub("", prompt).strip(), settings


def _seed(settings: Mapping[str, str]) -> int:
    return int(settings.get("seed", 0)) or 1 + secrets.randbelow(LAST_SEED)


def _template(body: Body) -> str:
    """The number of a template, which may come as text; "" where there is none."""
    value = body.get("template_id")
    if value is None or value == "":
        return ""
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}", str(value)):
        raise Refused("template_id must be a number")
    return str(value)


def _picture(value: str) -> Any:
    if value.startswith("data:"):
        raise Refused("qr_image must be base64 without a data: prefix")
    try:
        content = base64.b64decode("".join(value.split()), validate=True)
        if len(content) > LARGEST:
            raise Refused("qr_image is larger than 5 MB")
        return stills.opened(content)
    except (binascii.Error, stills.NoPicture):
        raise Refused("qr_image is no picture in base64") from None


def _callback(body: Body) -> None:
    if not members.address(body, "callback_url"):
        raise Refused("callback_url is required")


def _choice(body: Body, name: str, known: Collection[str]) -> str:
    value = members.text(body, name)
    if value not in known:
        raise Refused(f"{name} is invalid" if value else f"{name} is required")
    return value


def _number(body: Body, name: str, known: Collection[int], of: str = "") -> int:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or value not in known:
        raise Refused(f"{of}{name} must be one of {', '.join(map(str, known))}")
    return int(value)


def _within(body: Body, name: str, low: float, high: float, of: str) -> float:
    """A number that has to be there."""
    if body.get(name) is None:
        raise Refused(f"{of}{name} is required")
    return members.number(body, name, low, high, of)
