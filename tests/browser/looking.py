"""What a browser shows, waited for: a press may still be on its way to another page."""

from __future__ import annotations

from playwright.sync_api import Page


def body_holds(page: Page, text: str) -> None:
    """The body beside the form has come to hold this text."""
    page.wait_for_function("text => document.getElementById('body-text')?.value.includes(text)", arg=text)


def fits(page: Page) -> None:
    """Nothing is wider than the window, in a document that has come whole."""
    page.wait_for_load_state("load")
    assert page.viewport_size
    width = page.viewport_size["width"]  # a phone's own inner width grows with what is too wide
    page.wait_for_function("width => document.documentElement?.scrollWidth <= width", arg=width)
