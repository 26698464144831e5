"""OpenAI's calls from the form to what can be read and heard: answers at once, answers that grow, files out and in."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from studio.sandbox.openai_voice import speak
from tests.running import Studio, wait_until
from tests.traveller import A_MINUTE, run

pytestmark = pytest.mark.slow
QUESTION = "Why is the evening sky red?"


def compose(page: Page, studio: Studio, operation: str) -> None:
    page.goto(f"{studio.url}/compose/openai.{operation}/")


def ask(page: Page, studio: Studio, question: str = QUESTION) -> str:
    """Ask in a fresh form, and return the address of the task."""
    compose(page, studio, "chat")
    page.get_by_label("Messages", exact=True).fill(question)
    expect(page.get_by_role("region", name="Body")).to_contain_text('"stream": true')
    return run(page)


def growing(page: Page) -> int:
    """How long the text on the page is while it is written; 0 when there is none."""
    text = page.locator(".writing__text")
    return len(text.text_content() or "") if text.count() else 0


def has_grown(page: Page, length: int) -> bool:
    return growing(page) > length + 20


def test_a_chat_is_read_while_it_grows_in_two_browsers(studio: Studio, person: Page) -> None:
    studio.door("speed", speed=6)
    try:
        address = ask(person, studio)
        other = person.context.new_page()
        other.goto(address)
        for page in (person, other):
            expect(page.locator(".writing__text")).to_contain_text(re.compile(r"\w"), timeout=A_MINUTE)
        for page, length in [(page, growing(page)) for page in (person, other)]:
            wait_until(partial(has_grown, page, length), 20, "the text did not grow")
        expect(person.get_by_role("main")).to_contain_text("characters so far")
    finally:
        studio.door("speed", speed=600)
    for page in (person, other):
        expect(page.get_by_role("heading", name="Succeeded").first).to_be_visible(timeout=A_MINUTE)
        expect(page.locator(".result .prose")).to_contain_text("evening sky red", timeout=A_MINUTE)
        expect(page.locator(".writing__text")).to_have_count(0)
    studio.door("speed", speed=60)


def test_an_answer_that_fails_half_way_keeps_what_had_come(studio: Studio, person: Page) -> None:
    studio.door("faults", seed=1, faults={"stream-error": 1.0})
    ask(person, studio)
    main = person.get_by_role("main")
    expect(main).to_contain_text("What had arrived before it broke off", timeout=A_MINUTE)
    expect(person.locator(".broken-off .prose")).to_contain_text(re.compile(r"\w{3}"))
    expect(person.get_by_role("heading", name="Failed").first).to_be_visible()
    studio.door("faults", seed=1, faults={"stream-cut": 1.0})
    ask(person, studio)
    expect(person.get_by_role("heading", name="Answer lost").first).to_be_visible(timeout=A_MINUTE)
    expect(person.locator(".broken-off .prose")).to_contain_text(re.compile(r"\w{3}"))


def test_a_chat_goes_on_and_is_spoken(studio: Studio, person: Page) -> None:
    ask(person, studio)
    expect(person.locator(".result .prose")).to_be_visible(timeout=A_MINUTE)
    said = person.locator(".result .prose").inner_text()
    task = person.url
    person.get_by_role("link", name="Go on talking").click()
    talk = person.get_by_label("Messages", exact=True)
    expect(talk).to_have_value(re.compile(r"\[user\]\nWhy is .*\n\n\[assistant\]\n[\s\S]*\[user\]\n$"))
    talk.fill(talk.input_value() + "And in the morning?")
    run(person)
    expect(person.locator(".result .prose")).to_contain_text("morning", timeout=A_MINUTE)

    person.goto(task)
    person.get_by_role("link", name="Speak it").click()
    expect(person.get_by_label("Text to speak", exact=True)).to_have_value(re.compile(re.escape(said[:40])))
    run(person)
    sound = person.locator("audio").first
    expect(sound).to_be_attached(timeout=A_MINUTE)
    person.wait_for_function("() => document.querySelector('audio').readyState >= 1", timeout=A_MINUTE)
    assert sound.evaluate("s => s.duration") > 5
    sound.evaluate("s => { s.muted = true; return s.play() }")
    person.wait_for_function("() => document.querySelector('audio').currentTime > 0.2", timeout=A_MINUTE)


def test_a_custom_gpt_is_found_by_its_address_and_answers_with_links(studio: Studio, person: Page) -> None:
    compose(person, studio, "gpts")
    person.get_by_label("Custom GPT id", exact=True).fill("https://chat.openai.com/g/g-bo0FiWLY7-researchgpt")
    person.get_by_label("Messages", exact=True).fill("Find three papers on coral bleaching.")
    expect(person.get_by_role("region", name="Body")).to_contain_text('"gpt-4-gizmo-g-bo0FiWLY7"')
    run(person)
    link = person.locator(".result .prose").get_by_role("link").first
    expect(link).to_have_attribute("href", re.compile(r"^https://example\.com/"), timeout=A_MINUTE)
    expect(link).to_have_attribute("rel", re.compile("noopener"))


def test_texts_become_numbers_and_a_text_is_continued(studio: Studio, person: Page) -> None:
    compose(person, studio, "embeddings")
    person.get_by_label("Texts", exact=True).fill("green tea\nblack tea\na sailing ship")
    run(person)
    expect(person.get_by_role("heading", name="Succeeded").first).to_be_visible(timeout=A_MINUTE)
    expect(person.locator(".result")).to_contain_text("1536", timeout=A_MINUTE)

    compose(person, studio, "completions")
    person.get_by_label("Prompt", exact=True).fill("Slogan for a tea shop:")
    run(person)
    expect(person.locator(".result .prose")).to_contain_text("tea shop", timeout=A_MINUTE)


def test_a_recording_is_uploaded_and_written_down(studio: Studio, person: Page, tmp_path: Path) -> None:
    path = tmp_path / "interview.mp3"
    path.write_bytes(speak("A recording of some length, so that there is something to hear.", "nova", 1, "mp3")[0])
    compose(person, studio, "transcription")
    person.locator("input[type=file]").first.set_input_files(path)
    expect(person.get_by_role("region", name="Body")).to_contain_text("interview.mp3", timeout=A_MINUTE)
    run(person)
    expect(person.locator(".result .prose")).to_contain_text(".", timeout=A_MINUTE)
    person.get_by_role("link", name="Ask about it").click()
    expect(person.get_by_label("Messages", exact=True)).not_to_have_value("")


def test_a_live_conversation_is_heard_and_what_breaks_off_is_kept(studio: Studio, person: Page) -> None:
    compose(person, studio, "realtime")
    body = person.get_by_role("region", name="Body")
    expect(body).to_contain_text('"response.create"')
    person.get_by_label("What you say", exact=True).fill("Welcome the team to the evening show.")
    expect(body).to_contain_text('"input_text"')
    studio.door("speed", speed=30)
    try:
        run(person)
        expect(person.locator(".writing__text")).to_contain_text(re.compile(r"\w"), timeout=A_MINUTE)
    finally:
        studio.door("speed", speed=600)
    expect(person.get_by_role("heading", name="Succeeded").first).to_be_visible(timeout=A_MINUTE)
    expect(person.locator(".result .prose").first).to_contain_text(re.compile(r"\w{3}"), timeout=A_MINUTE)
    sound = person.locator("audio").first
    expect(sound).to_be_attached(timeout=A_MINUTE)
    person.wait_for_function("() => document.querySelector('audio').readyState >= 1", timeout=A_MINUTE)
    assert sound.evaluate("s => s.duration") > 2

    studio.door("faults", seed=1, faults={"stream-cut": 1.0})
    compose(person, studio, "realtime")
    person.get_by_label("What you say", exact=True).fill("And now the weather.")
    run(person)
    expect(person.get_by_role("heading", name="Answer lost").first).to_be_visible(timeout=A_MINUTE)
    expect(person.locator(".broken-off .prose")).to_contain_text(re.compile(r"\w{3}"))
    studio.door("speed", speed=60)


def test_a_list_of_frames_is_imported_and_leaves_as_it_is(studio: Studio, person: Page) -> None:
    frames = (
        '[{"session":{"modalities":["text"],"instructions":"Be brief."},"type":"session.update"},'
        '{"type":"session.update","session":{"temperature":0.80}},{"type":"input_audio_buffer.clear"},'
        '{"type":"conversation.item.create","item":{"type":"message","role":"user","content":'
        '[{"type":"input_text","text":"你好"}]}},{"type":"response.create"}]'
    )
    person.goto(f"{studio.url}/import/")
    person.locator("textarea").first.fill(frames)
    person.get_by_role("button", name="Read").click()
    expect(person.get_by_role("table")).to_contain_text("unknown, kept")
    person.get_by_role("button", name=re.compile("Open")).click()
    expect(person.get_by_label("What you say", exact=True)).to_have_value("你好")
    body = person.get_by_role("region", name="Body")
    expect(body).to_contain_text("0.80")
    expect(body).to_contain_text("input_audio_buffer.clear")
    run(person)
    expect(person.get_by_role("heading", name="Succeeded").first).to_be_visible(timeout=A_MINUTE)
