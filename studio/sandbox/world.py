"""What this gateway knows: its clock, its tasks on their way, and the ledger of what was asked and charged."""

from __future__ import annotations

import functools
import heapq
import itertools
import threading
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from studio.sandbox.callbacks import Courier, Delivery, deliveries
from studio.sandbox.clock import Clock
from studio.sandbox.faults import Dice
from studio.sandbox.film import Film
from studio.sandbox.kept import Kept
from studio.sandbox.looking import UNREACHED

SHORTEST, LONGEST = 240.0, 300.0  # seconds of work for one video: 12 to 15 on the wall at speed 20
WAIT_IN_LINE = 20.0
HIDDEN_FOR = 80.0
FAILS_AT = 0.55  # of the work
TASKS_KEPT, POSTS_KEPT, SHOWN = 20_000, 100_000, 200
NO_FRAMES = "Generation failed: the model returned no frames"
NO_FILE = "Generation failed: a file could not be fetched from its address"
FINAL = frozenset({"succeeded", "failed"})


@dataclass(frozen=True)
class Voice:
    """How one system tells of a task: the object it writes, and that object told falsely or wrapped for the faults."""

    view: Callable[[Task], dict[str, Any]]
    forged: Callable[[dict[str, Any], str], dict[str, Any]]  # claims success, with this link
    foreign: Callable[[dict[str, Any], str], dict[str, Any]]  # names another task
    wrapped: Callable[[dict[str, Any]], dict[str, Any]]
    retells: tuple[float, ...] = (0.55,)  # the shares of the work at which it is told once more that it is running
    at_end: bool = False  # a callback comes when the task has ended, and never before


@dataclass
class Task:
    """One piece of work. Times are unix seconds, but `run`, `began` and `known_from` are the gateway's own."""

    path: str
    prompt: str
    film: Film
    points: Decimal
    base: str
    voice: Voice
    callback_url: str = ""
    own_id: str = ""  # the caller's
    asked: Mapping[str, Any] = field(default_factory=dict)  # the body, where the answer repeats some of it
    share: float = 0.0  # of the work that was done when it was last looked at
    takes: tuple[float, float] = (SHORTEST, LONGEST)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "queued"
    message: str | None = None
    refunded: bool = False
    run: float = LONGEST
    created: float = 0.0
    updated: float = 0.0
    began: float = 0.0
    known_from: float = 0.0
    waits: bool = False  # for input: nothing happens until `resume`
    fails: bool = False  # set beforehand where the call itself is the reason, with the message
    dead_links: bool = False
    shuffled: bool = False
    post: Post | None = None
    held: list[Delivery] = field(default_factory=list)
    sent: list[Delivery] = field(default_factory=list)


@dataclass
class Post:
    """One submit, accepted or not, with the points it cost and those that were given back."""

    callback_url: str
    key: str
    path: str
    at: float
    task_id: str = ""
    charged: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    faults: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)  # the SHA-256 of what lay behind the addresses in it

    def shown(self) -> dict[str, Any]:
        money = {"charged": str(self.charged), "refunded": str(self.refunded)}
        return {**self.__dict__, **money, "at": round(self.at, 3)}


class World:
    """All state, in memory: a restart forgets it. Methods may be called from any thread."""

    def __init__(self, courier: Courier, *, speed: float, ticking: bool) -> None:
        self.clock = Clock(speed, ticking=ticking)
        self.dice = Dice()
        self.courier = courier
        self.kept = Kept()
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self._order = itertools.count()
        self._outbox: deque[Delivery] = deque()
        self._plan: list[tuple[float, int, Callable[[], None]]] = []
        self.wipe()

    def wipe(self) -> None:
        """Forget all tasks, what was planned for them, and the ledger. Speed and faults stay."""
        with self.lock:
            self.tasks: dict[str, Task] = {}
            self.posts: deque[Post] = deque(maxlen=POSTS_KEPT)
            self.queries: Counter[str] = Counter()
            self.charged = self.refunded = Decimal(0)
            self._plan.clear()
            self._outbox.clear()

    # A task's way ----------------------------------------------------------------------------------------------------

    def accept(self, task: Task, post: Post) -> None:
        """Take the task on, charge it and plan its stages."""
        with self.lock:
            now, roll = self.clock.gateway, self.dice.roll
            task.created = task.updated = self.clock.wall
            task.began = now
            shortest, longest = task.takes
            task.run = shortest + round(self.dice.fraction("run") * (longest - shortest), 1)
            fails = roll("fail-task") or UNREACHED in post.faults
            task.fails, task.dead_links = task.fails or fails, roll("expired-links")
            task.shuffled = roll("shuffle-callbacks")
            task.known_from = now + HIDDEN_FOR if roll("unknown-task") else now
            if len(self.tasks) >= TASKS_KEPT:
                del self.tasks[next(iter(self.tasks))]
            self.tasks[task.id] = task
            task.post, post.task_id = post, task.id
            self.charge(post, task.points)
            if not task.waits:
                self._set_going(task)

    def resume(self, task: Task, post: Post) -> None:
        """What a task waited for has come: it is charged and begins."""
        with self.lock:
            task.waits, task.began, task.post, post.task_id = False, self.clock.gateway, post, task.id
            self.charge(post, task.points)
            self._set_going(task)

    def _set_going(self, task: Task) -> None:
        self._at(WAIT_IN_LINE, lambda: self._change(task, "running"))
        for share in task.voice.retells:
            if share < FAILS_AT or not task.fails:
                self._at(task.run * share, lambda: self._change(task, "running"))
        if task.fails:
            self._at(task.run * FAILS_AT, lambda: self._change(task, "failed"))
        self._at(task.run, lambda: self._change(task, "succeeded"))

    def _change(self, task: Task, state: str) -> None:
        if task.state in FINAL or task.id not in self.tasks:
            return
        task.state, task.updated, task.share = state, self.clock.wall, 1.0 if state == "succeeded" else self.share(task)
        if state == "failed":
            unreached = task.post is not None and UNREACHED in task.post.faults
            task.message, task.refunded = task.message or (NO_FILE if unreached else NO_FRAMES), True
            self.refunded += task.points
            if task.post:
                task.post.refunded += task.points
        self.tell(task)

    def tell(self, task: Task) -> None:
        """Send what the task is now to its address."""
        for delay, delivery in deliveries(task, self.dice, final=task.state in FINAL):
            if delay:
                self._at(delay, functools.partial(self._hand_over, task, delivery))
            else:
                self._hand_over(task, delivery)

    def _hand_over(self, task: Task, delivery: Delivery) -> None:
        task.sent.append(delivery)
        self._outbox.append(delivery)

    def share(self, task: Task) -> float:
        """How much of the work is done, from 0 to 1; a task that ended stays where it was."""
        return task.share if task.state in FINAL else min(1.0, (self.clock.gateway - task.began) / task.run)

    def finish(self, task: Task) -> None:
        """Bring the task to its end at once and send what that causes before this returns."""
        with self.lock:
            if not task.waits:
                self._change(task, "running")
                self._change(task, "failed" if task.fails else "succeeded")
            going = self._taken()
        for delivery in going:
            self.courier.send(delivery, at_once=True)

    # Time ------------------------------------------------------------------------------------------------------------

    def _at(self, delay: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._plan, (self.clock.gateway + delay, next(self._order), action))
        self.changed.notify_all()

    def set_speed(self, speed: float) -> None:
        with self.lock:
            self.clock.speed = speed
            self.changed.notify_all()

    def step(self, seconds: float) -> None:
        """Let seconds of the wall pass at once: everything due happens in its order, at its own moment."""
        with self.lock:
            target = self.clock.gateway + seconds * self.clock.speed
        while True:
            with self.lock:
                upcoming = min(self._plan[0][0], target) if self._plan else target
                self.clock.move(max(0.0, upcoming - self.clock.gateway) / self.clock.speed)
                more = bool(self._plan) and self._plan[0][0] <= target
            self.run_due(until=upcoming)
            if not more:
                return

    def run_due(self, *, until: float | None = None) -> None:
        """Do what is due (by now, or by `until`) and hand its callbacks to the courier, outside the lock."""
        while True:
            with self.lock:
                limit = self.clock.gateway if until is None else until
                if self._plan and self._plan[0][0] <= limit:
                    heapq.heappop(self._plan)[2]()
                elif not self._outbox:
                    return
                going = self._taken()
            for delivery in going:
                self.courier.send(delivery)

    def _taken(self) -> list[Delivery]:
        return [self._outbox.popleft() for _ in range(len(self._outbox))]

    def keep_time(self, stopped: threading.Event) -> None:
        """Follow the clock until `stopped`; the thread of a running sandbox."""
        while not stopped.is_set():
            self.run_due()
            with self.lock:
                ahead = (self._plan[0][0] - self.clock.gateway) / self.clock.speed if self._plan else 1.0
                self.changed.wait(min(max(ahead, 0.001), 0.5))

    # The ledger ------------------------------------------------------------------------------------------------------

    def charge(self, post: Post, points: Decimal) -> None:
        """Enter what a call cost; one that answers at once has no task to do it, another has several."""
        with self.lock:
            post.charged += points
            self.charged += points

    def enter(self, callback_url: str, key: str, path: str) -> Post:
        with self.lock:
            post = Post(callback_url, key[-4:], path, self.clock.wall)
            self.posts.append(post)
            return post

    def ledger(self) -> dict[str, Any]:
        with self.lock:
            return {
                "posts": [post.shown() for post in self.posts],
                "charged": str(self.charged),
                "refunded": str(self.refunded),
                "queries": dict(self.queries),
            }

    def state(self) -> dict[str, Any]:
        with self.lock:
            latest: Iterable[Task] = list(self.tasks.values())[-SHOWN:]
            return {
                "speed": self.clock.speed,
                "seed": self.dice.seed,
                "faults": dict(self.dice.shares),
                "now": round(self.clock.wall, 3),
                "task_count": len(self.tasks),
                "ahead": len(self._plan),  # what is still to happen by itself
                "tasks": [self._shown(task) for task in latest],
                "ledger": {"posts": len(self.posts), "charged": str(self.charged), "refunded": str(self.refunded)},
            }

    def _shown(self, task: Task) -> dict[str, Any]:
        worked = min(task.run, self.clock.gateway - task.began)
        return {
            "id": task.id,
            "path": task.path,
            "prompt": task.prompt,
            "state": task.state,
            "points": str(task.points),
            "refunded": task.refunded,
            "created": round(task.created, 3),
            "run": task.run,
            "worked": round(worked, 1),
            "callbacks": [delivery.shown() for delivery in task.sent],
        }
