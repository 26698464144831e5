"""OpenAI's text calls as its fact sheet tells them: chat, at once or as a stream, custom GPTs, and completions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from studio.sandbox import members
from studio.sandbox import openai_words as words
from studio.sandbox.members import Body, Refused
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, as_events, as_json, error
from studio.sandbox.world import Post, World

CHAT, COMPLETIONS = "/v1/chat/completions", "/v1/completions"
CUSTOM = "gpt-4-gizmo-"
CHAT_MODELS = re.compile(r"(gpt-|chatgpt-|o\d)[\w.-]{0,60}")
OLD_MODELS = ("gpt-3.5-turbo-instruct", "babbage-002", "davinci-002")
ROLES = ("system", "developer", "user", "assistant", "tool")
SHORTEST = 16  # tokens of a completion whose body does not say
POINTS = Decimal("0.01")  # for each token
STREAM_SECONDS = 1.0  # of the gateway's time for each piece


def no() -> Answer:
    """How a refusal inside HTTP 200 looks here."""
    body = {"message": "The model 'x' does not exist", "type": "invalid_request_error", "param": "model"}
    return as_json({"error": body | {"code": "model_not_found"}})


def refused(sentence: object, code: str = "invalid_request") -> Answer:
    return error(400, str(sentence), "invalid_request_error", code)


def no_model(model: str) -> Answer:
    return error(503, f"当前分组 default 下对于模型 {model} 无可用渠道", code="model_not_found")


def chat(world: World, request: Request, post: Post) -> Answer:
    body = request.json()
    try:
        model, messages = members.text(body, "model"), _messages(body)
        _sampling(body)
        count = _whole(body, "n", 1, 128) or 1
        most = _whole(body, "max_completion_tokens", 0) or _whole(body, "max_tokens", 0)
        stops = _stops(body)
    except Refused as refusal:
        return refused(refusal)
    if not CHAT_MODELS.fullmatch(model):
        return no_model(model)
    prompt = _prompt(messages)
    told = [_message(body, model, messages, prompt, variant) for variant in range(count)]
    choices = [_cut(index, message, most, stops) for index, message in enumerate(told)]
    asked = sum(words.tokens(_text(message.get("content"))) + 4 for message in messages)
    usage = _usage(asked, sum(words.tokens(_said(choice)) for choice in choices))
    world.charge(post, POINTS * usage["total_tokens"])
    head = _head("chatcmpl-", model, request.body)
    if body.get("stream") is True:
        events = _chat_events(head | {"object": "chat.completion.chunk"}, choices)
        return as_events(_with_usage(events, body, head, usage), pause=STREAM_SECONDS / world.clock.speed)
    return as_json(head | {"object": "chat.completion", "choices": choices, "usage": usage})


def completions(world: World, request: Request, post: Post) -> Answer:
    body = request.json()
    try:
        model, prompts = members.text(body, "model"), _prompts(body)
        _sampling(body)
        count, best = _whole(body, "n", 1, 128) or 1, _whole(body, "best_of", 0, 20)
        most = _whole(body, "max_tokens", 0) or SHORTEST
        if best and (body.get("stream") is True or best < count):
            raise Refused("best_of must be at least n, and cannot be streamed")
        stops, suffix = _stops(body), members.text(body, "suffix")
    except Refused as refusal:
        return refused(refusal)
    if model not in OLD_MODELS:
        return no_model(model)
    if suffix and model != OLD_MODELS[0]:
        return refused(f"suffix is not supported by {model}")
    choices: list[dict[str, Any]] = []
    for prompt in prompts:
        for variant in range(count):
            text, reason = words.cut(f" {words.reply(prompt, variant, brief=True)}", most, stops)
            said = prompt + text if body.get("echo") else text
            choices.append({"text": said, "index": len(choices), "logprobs": None, "finish_reason": reason})
    usage = _usage(sum(map(words.tokens, prompts)), sum(words.tokens(each["text"]) for each in choices))
    world.charge(post, POINTS * usage["total_tokens"])
    head = _head("cmpl-", model, request.body) | {"object": "text_completion"}
    if body.get("stream") is True:
        events = _completion_events(head, choices)
        return as_events(_with_usage(events, body, head, usage), pause=STREAM_SECONDS / world.clock.speed)
    return as_json(head | {"choices": choices, "usage": usage})


def _head(prefix: str, model: str, body: bytes) -> dict[str, Any]:
    return {"id": prefix + hashlib.sha256(body).hexdigest()[:24], "created": 1730000000, "model": model}


def _usage(asked: int, said: int) -> dict[str, int]:
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


# What was asked ------------------------------------------------------------------------------------------------------


def _messages(body: Body) -> list[Body]:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise Refused("field messages is required")
    for message in messages:
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            raise Refused(f"the role of a message must be one of {', '.join(ROLES)}")
        if message["role"] == "tool" and not message.get("tool_call_id"):
            raise Refused("a message of role tool needs tool_call_id")
    return messages


def _prompts(body: Body) -> list[str]:
    prompt = body.get("prompt")
    prompts = prompt if isinstance(prompt, list) else [prompt]
    if not prompts or not all(isinstance(each, str) and each for each in prompts):
        raise Refused("field prompt is required")
    return [str(each) for each in prompts]


def _sampling(body: Body) -> None:
    members.number(body, "temperature", 0, 2)
    members.number(body, "top_p", 0, 1)
    members.number(body, "presence_penalty", -2, 2)
    members.number(body, "frequency_penalty", -2, 2)


def _whole(body: Body, name: str, low: int, high: int = 1_000_000) -> int:
    """A whole number in its range; 0 where there is none."""
    value = body.get(name)
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Refused(f"{name} is invalid")
    return value


def _stops(body: Body) -> list[str]:
    stop = body.get("stop")
    stops = stop if isinstance(stop, list) else [] if stop is None else [stop]
    if len(stops) > 4 or not all(isinstance(each, str) for each in stops):
        raise Refused("stop must be a string, or a list of at most 4")
    return stops


def _text(content: Any) -> str:
    """The words of a message: a text, or the texts among its parts, with a word for each that is none."""
    if isinstance(content, str):
        return content
    parts = [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    shown = {"image_url": "the picture", "input_audio": "the recording", "file": "the file"}
    return " ".join(str(part.get("text") or shown.get(str(part.get("type")), "")) for part in parts)


def _prompt(messages: list[Body]) -> str:
    asked = [_text(message.get("content")) for message in messages if message["role"] == "user"]
    return asked[-1] if asked else _text(messages[-1].get("content"))


# What is answered ----------------------------------------------------------------------------------------------------


def _message(body: Body, model: str, messages: list[Body], prompt: str, variant: int) -> dict[str, Any]:
    call = _tool_call(body, prompt)
    if call:
        return {"role": "assistant", "content": None, "tool_calls": [call]}
    wish = body.get("response_format")
    wish = wish if isinstance(wish, dict) else {}
    if wish.get("type") == "json_schema":
        named = wish.get("json_schema")
        schema = named.get("schema") if isinstance(named, dict) else None
        text = json.dumps(words.fitting(schema, prompt), ensure_ascii=False)
    elif wish.get("type") == "json_object":
        text = json.dumps({"about": words.topic(prompt), "answer": words.reply(prompt, variant, brief=True)})
    else:
        rules = " ".join(_text(m.get("content")) for m in messages if m["role"] in {"system", "developer"})
        brief = "one sentence" in f"{rules} {prompt}".lower() or "一句话" in rules + prompt
        text = words.reply(prompt, variant, brief=brief)
    if model.startswith(CUSTOM):
        text += "\n\n" + _links(prompt)
    return {"role": "assistant", "content": text}


def _tool_call(body: Body, prompt: str) -> dict[str, Any] | None:
    """A call of the first function, where the body insists on one."""
    tools, choice = body.get("tools"), body.get("tool_choice")
    if not isinstance(tools, list) or not tools or choice in (None, "auto", "none"):
        return None
    function = tools[0].get("function") if isinstance(tools[0], dict) else None
    function = function if isinstance(function, dict) else {}
    arguments = json.dumps(words.fitting(function.get("parameters"), prompt), ensure_ascii=False)
    told = {"name": str(function.get("name", "function")), "arguments": arguments}
    return {"id": f"call_{words.number(prompt):x}", "type": "function", "function": told}


def _links(prompt: str) -> str:
    about = words.topic(prompt)
    slug = re.sub(r"\W+", "-", about).strip("-")
    return "\n".join(f"{n}. [{about.capitalize()}, part {n}](https://example.com/{slug}/{n})" for n in (1, 2, 3))


def _cut(index: int, message: dict[str, Any], most: int, stops: list[str]) -> dict[str, Any]:
    reason = "tool_calls"
    if message["content"] is not None:
        text, reason = words.cut(message["content"], most, stops)
        message = message | {"content": text}
    return {"index": index, "message": message, "logprobs": None, "finish_reason": reason}


def _said(choice: dict[str, Any]) -> str:
    message = choice["message"]
    return message["content"] or str(message["tool_calls"][0]["function"]["arguments"])


def _chat_events(head: dict[str, Any], choices: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    def chunk(choice: dict[str, Any], delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        return head | {"choices": [{"index": choice["index"], "delta": delta, "finish_reason": reason}]}

    for choice in choices:
        message = choice["message"]
        yield chunk(choice, {"role": "assistant", "content": None if message["content"] is None else ""})
        for call in message.get("tool_calls", ()):
            opening = call | {"index": 0, "function": call["function"] | {"arguments": ""}}
            yield chunk(choice, {"tool_calls": [opening]})
            for piece in words.pieces(call["function"]["arguments"]):
                yield chunk(choice, {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
        for piece in words.pieces(message["content"] or ""):
            yield chunk(choice, {"content": piece})
        yield chunk(choice, {}, choice["finish_reason"])


def _completion_events(head: dict[str, Any], choices: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for choice in choices:
        *parts, last = words.pieces(choice["text"]) or [""]
        for piece in parts:
            yield head | {"choices": [choice | {"text": piece, "finish_reason": None}]}
        yield head | {"choices": [choice | {"text": last}]}


def _with_usage(
    events: Iterator[dict[str, Any]], body: Body, head: dict[str, Any], usage: dict[str, int]
) -> Iterator[dict[str, Any]]:
    kind = ""
    for event in events:
        kind = event["object"]
        yield event
    if members.inner(body, "stream_options").get("include_usage") is True:
        yield head | {"object": kind, "choices": [], "usage": usage}


ROUTES = (
    Route("POST", CHAT, chat, "Chat, at once or as a stream; custom GPTs", "对话（可流式），含 GPTs", paid=True, no=no),
    Route("POST", COMPLETIONS, completions, "Continue a text", "续写文本", paid=True, no=no),
)
