"""Which follow-up belongs to which result."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio import catalog
from studio.tasks import jobs
from studio.tasks.models import Task
from studio.tasks.onward import belongings, onward
from studio.teams.models import Team, User
from tests.factories import make_connection, make_task
from tests.tasks.stage import Gateway, begin, let_pass, only_attempt, playing, work

PICTURES = [{"kind": "image", "url": f"https://cdn.example/{n}.png", "role": ""} for n in range(1, 10)]
SONGS = [{"kind": "audio", "url": f"https://cdn.example/{n}", "role": ""} for n in "ab"]
FILMS = [{"kind": "video", "url": f"https://cdn.example/{n}", "role": ""} for n in "cd"]
IDS = ["11110000-0000-4000-8000-000000000001", "11110000-0000-4000-8000-000000000002"]


def action(label: str = "Use", operation: str = "kling.image2video", **values: Any) -> dict[str, Any]:
    return {"operation": operation, "values": values, "label": {"en": label, "zh": label}}


@pytest.mark.usefixtures("everywhere")
def test_nine_pictures_have_their_own_follow_ups(team: Team, alice: User) -> None:
    payload = {"code": 0, "data": {"task_id": "1", "task_status": "succeed", "task_result": {"images": PICTURES}}}
    report = catalog.get("kling.image-generate").read(payload, "poll").plain()
    assert len(report["actions"]) == 27
    task = make_task(
        team, alice, operation="kling.image-generate", results=report["results"], actions=report["actions"]
    )
    parted = onward(task)
    assert parted.whole == []
    assert {number: len(offers) for number, offers in parted.results.items()} == dict.fromkeys(range(1, 10), 3)
    third = parted.results[3]
    assert not [offer.label for offer in third if "·" in offer.label]
    places = [int(offer.url.rsplit("=", 1)[1]) for offer in third]
    assert all(PICTURES[2]["url"] in task.actions[place]["values"].values() for place in places)


@pytest.mark.usefixtures("everywhere")
def test_one_result_keeps_all_its_follow_ups_in_sight(team: Team, alice: User) -> None:
    found = [action(image=PICTURES[0]["url"]), action("Other")]
    task = make_task(team, alice, operation="kling.image-generate", results=PICTURES[:1], actions=found)
    assert [len(onward(task).whole), onward(task).results] == [2, {}]


@pytest.mark.usefixtures("everywhere")
def test_the_id_of_the_submit_is_carried_on_where_the_query_does_not_repeat_it(team: Team, alice: User) -> None:
    operation, gateway = catalog.get("pixverse.web-generate"), Gateway()
    gateway.answers(httpx.Response(200, json={"ErrCode": 0, "ErrMsg": "Success", "Resp": {"video_id": 123456789}}))
    done = {"video_status": 1, "url": "https://cdn.example.com/x.mp4"}
    gateway.says(httpx.Response(200, json={"ErrCode": 0, "Resp": done}))
    with playing(gateway):
        connection = make_connection(team, turned_on=[operation.slug])
        task = begin(team, alice, connection, operation=operation, values=operation.values(operation.example)[0])
        work()
        let_pass(30)
        jobs.poll(only_attempt(task).pk)
    task.refresh_from_db()
    assert [offer["values"] for offer in task.actions] == [
        {"original_video_id": 123456789, "extend": 1, "platform": "web"}
    ]


@pytest.mark.parametrize(
    ("results", "actions", "owners"),
    [
        (PICTURES[:2], [action(image=PICTURES[1]["url"]), action(prompt="x")], [2, 0]),
        (PICTURES[:2], [action(one=PICTURES[0]["url"], two=PICTURES[1]["url"])], [0]),
        ([{"url": f"https://c.example/{i}.mp3"} for i in IDS], [action(clip=i) for i in IDS], [1, 2]),
        ([{"url": f"https://c.example/{IDS[0]}/{n}.mp3"} for n in "ab"], [action(task=IDS[0])], [0]),
        (SONGS, [action(f"Extend · {n}", clip=i) for n, i in enumerate(IDS, 1)], [1, 2]),
        (SONGS, [action(f"Extend · {n}", clip=str(n)) for n in (1, 2, 3)], [0, 0, 0]),
        ([*PICTURES[:1], *SONGS, *FILMS], [action(f"Extend · {n}", clip=str(n)) for n in (2, 1)], [3, 2]),
        (SONGS, [action("Extend", clip=IDS[0])], [0]),
        (SONGS, [action(f"Extend · clip {n} of all", clip=str(n)) for n in (1, 2)], [1, 2]),
        (SONGS, [action("Upscale 2x"), action("Upscale 4x"), action("Make 1")], [0, 0, 0]),
    ],
)
def test_an_action_belongs_where_its_values_point(results: Any, actions: Any, owners: list[int]) -> None:
    assert belongings(results, actions) == owners


def test_a_poster_brings_its_action_to_its_film() -> None:
    films = [{"url": f"https://c.example/{n}.mp4", "role": ""} for n in (1, 2)]
    posters = [{"url": f"https://c.example/{n}.jpg", "role": "poster"} for n in (1, 2)]
    assert belongings([*films, *posters], [action(image="https://c.example/2.jpg")]) == [2]
    assert belongings([*films, posters[0]], [action(image="https://c.example/1.jpg")]) == [0]


JSON = st.recursive(st.none() | st.integers() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=3))
ACTIONS = st.lists(
    st.builds(action, st.text(max_size=8) | st.just("Use · 1"), values=st.none(), image=JSON | st.just("https://a/1"))
)
RESULTS = st.lists(
    st.fixed_dictionaries({"url": st.none() | st.just("https://a/1"), "role": st.sampled_from(["", "x"])})
)


@given(RESULTS, ACTIONS)
def test_every_action_belongs_to_one_result_that_was_asked_for_or_to_none(results: Any, actions: Any) -> None:
    owners = belongings(results, actions)
    assert len(owners) == len(actions)
    assert all(owner == 0 or not results[owner - 1]["role"] for owner in owners)


def test_tasks_of_before_have_no_roles_and_no_actions() -> None:
    assert belongings([{"kind": "text", "text": "x"}], []) == []
    assert Task().actions == []
