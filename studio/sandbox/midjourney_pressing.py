"""What a pressed button of Midjourney's makes, at once or after its window was answered."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from studio.sandbox import grids, members
from studio.sandbox.members import Body, Refused
from studio.sandbox.midjourney_jobs import DIGITS, VOICE, Job, buttons
from studio.sandbox.midjourney_reading import film_from, mask_of
from studio.sandbox.world import World

UNKNOWN = "关联任务不存在或已失效"
CHANGES = ("UPSCALE", "VARIATION", "REROLL")
SIMPLE = re.compile(r"(\S+) ([UuVv][1-4]|[Rr])")
LETTERS = {"U": "UPSCALE", "V": "VARIATION", "R": "REROLL"}
ACTIONS = (  # of a button, by what stands in its id
    ("::upsample", "UPSCALE"),
    ("variation::", "VARIATION"),
    ("::reroll::", "REROLL"),
    ("::pan_", "PAN"),
    ("Outpaint::", "ZOOM"),
    ("CustomZoom::", "ZOOM"),
    ("Inpaint::", "INPAINT"),
    ("PicReader::", "IMAGINE"),
    ("PromptAnalyzer::", "IMAGINE"),
    ("Picread::Retry", "DESCRIBE"),
)
WINDOWS = ("CustomZoom::", "Inpaint::", "PicReader::", "PromptAnalyzer::")
REMIXED = ("::reroll::", "variation::", "::pan_")
ZOOM = re.compile(r"--zoom\s+(1(?:\.\d+)?|2(?:\.0+)?)(?!\S)")


def finished(world: World, task_id: str) -> Job:
    """Raises KeyError for a task that is unknown, Refused for one that is not done."""
    found = world.tasks.get(task_id)
    if not isinstance(found, Job):
        raise KeyError(UNKNOWN)
    if found.state != "succeeded":
        raise Refused("关联任务状态错误")
    return found


def of_button(world: World, body: Body) -> Job:
    parent = finished(world, members.text(body, "taskId"))
    custom_id = members.text(body, "customId")
    known = {each["customId"]: each for each in buttons(parent)}
    action = next((action for sign, action in ACTIONS if sign in custom_id), "")
    if custom_id.endswith("::all") or not action:
        raise Refused(f"unknown_action:{custom_id}")
    if custom_id not in known:
        raise Refused("customId is no button of this task")
    parent.used.add(custom_id)
    remix = body.get("enableRemix") is True and any(sign in custom_id for sign in REMIXED)
    made = child(parent, action, _number(custom_id))
    if any(sign in custom_id for sign in WINDOWS) or remix:
        made.waits, made.window = True, custom_id
        made.prompt = _suggested(parent, custom_id)
    return made


def _number(custom_id: str) -> int:
    found = re.search(r"::(?:upsample|variation)::([1-4])", custom_id)
    return int(found[1]) if found else 0


def _suggested(parent: Job, custom_id: str) -> str:
    """The prompt that a window opens with."""
    if "CustomZoom" in custom_id:
        return f"{parent.prompt} --zoom 2"
    if "PicReader" in custom_id or "PromptAnalyzer" in custom_id:
        return [piece.strip() for piece in DIGITS.split(parent.told)][int(custom_id[-1])]
    return parent.prompt


def child(parent: Job, action: str, number: int) -> Job:
    film = replace(parent.film, number=number or parent.film.number, count=4 if number else parent.film.count)
    if action in {"VARIATION", "REROLL", "PAN", "ZOOM"}:
        again = (
            parent.film.model + "'" if action == "REROLL" else f"{parent.film.model} {action.lower()} {number or ''}"
        )
        film = replace(film, model=again.strip()[:40], number=1, count=4)
    made = Job("", parent.prompt, film, Decimal(0), "", VOICE, action=action, parent=parent)
    made.told = parent.told
    return made


def change(world: World, body: Body) -> Job:
    """The old way. The same upscale a second time is the task that is there."""
    action = members.choice(body, "action", CHANGES)
    parent = finished(world, members.text(body, "taskId"))
    if not action or not parent.is_grid:
        raise Refused("action is invalid")
    index = body.get("index")
    if isinstance(index, bool) or not isinstance(index, int) or not 1 <= index <= 4:
        raise Refused("index must be 1 to 4")
    for task in world.tasks.values():
        same = isinstance(task, Job) and task.parent is parent and task.film.number == index
        if same and isinstance(task, Job) and action == task.action == "UPSCALE":
            return task
    return child(parent, action, 0 if action == "REROLL" else index)


def simple_change(world: World, body: Body) -> Job:
    found = SIMPLE.fullmatch(members.text(body, "content"))
    if not found:
        raise Refused("content参数错误")
    letter, index = found[2][0].upper(), int(found[2][1:] or 1)
    return change(world, {"taskId": found[1], "action": LETTERS[letter], "index": index})


def modal(world: World, body: Body) -> Job:
    """The waiting task, with what its window was answered. Raises KeyError where it is unknown."""
    waiting = world.tasks.get(members.text(body, "taskId"))
    if not isinstance(waiting, Job) or waiting.parent is None:
        raise KeyError(UNKNOWN)
    if not waiting.waits:
        raise Refused("the task waits for no window")
    prompt = members.text(body, "prompt").strip() or waiting.parent.prompt
    film = waiting.parent.film
    if "CustomZoom" in waiting.window:
        if not ZOOM.search(prompt):
            raise Refused("--zoom with 1 to 2 is missing in prompt")
        film = replace(film, prompt=film_from(prompt, "text").prompt, model=f"{film.model} zoom"[:40])
    elif "Inpaint" in waiting.window:
        film = grids.repainted(film, film_from(prompt, "text").prompt, mask_of(body, film.size))
    else:
        film = replace(film_from(prompt, "text"), model=f"{film.model} remix"[:40])
    waiting.film, waiting.prompt = replace(film, number=1, count=4), prompt
    return waiting
