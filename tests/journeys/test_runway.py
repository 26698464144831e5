"""Runway's other two wires, from form to kept video: the web app's task, and the developer API once it is on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.running import Studio
from tests.traveller import expect_video, run

pytestmark = pytest.mark.slow


def test_a_web_app_task_is_told_by_callbacks_and_can_be_extended(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/runway.task-create/")
    expect(person.get_by_role("link", name="Fill in Prompt")).to_be_visible()
    person.get_by_label("Prompt", exact=True).fill("waves")
    body = person.get_by_role("region", name="Body")
    expect(body).to_contain_text('"text_prompt": "waves"')
    expect(body).to_contain_text('"notify_hook"')
    expect(body).not_to_contain_text("init_image")
    run(person)
    expect_video(person, 5)
    main = person.get_by_role("main")
    expect(main).to_contain_text("Callback")
    assert studio.door("ledger")["posts"][-1]["path"] == "/runway/tasks"
    person.get_by_role("link", name="Extend this video").click()
    expect(body).to_contain_text(re.compile(r'"extended_from_task_id": "[0-9a-f-]{36}"'))
    expect(body).to_contain_text("/video.mp4?film=")


def test_the_developer_api_runs_once_an_owner_has_turned_it_on(studio: Studio, person: Page) -> None:
    form = f"{studio.url}/compose/runway.ml-image-to-video/"
    person.goto(form)
    person.get_by_role("link", name="This operation is switched off").click()
    person.wait_for_url(re.compile(r"/team/connections/\d+/\?more=1#operations$"))
    person.get_by_label("Image to video (developer API)").check()
    person.get_by_role("button", name="Save").click()
    expect(person.get_by_text("Saved.")).to_be_visible()

    person.goto(f"{studio.url}/compose/?q=developer")
    person.get_by_role("link", name="Image to video (developer API)").click()
    person.get_by_label("First frame", exact=True).fill("https://img.example.com/sea.png")
    person.get_by_label("Prompt", exact=True).fill("slow push in")
    expect(person.get_by_role("region", name="Body")).to_contain_text('"ratio": "1280:720"')
    run(person)
    expect_video(person, 10)
    expect(person.get_by_role("main")).to_contain_text("Query")
    assert studio.door("ledger")["posts"][-1]["path"] == "/runwayml/v1/image_to_video"
