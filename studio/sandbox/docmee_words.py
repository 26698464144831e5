"""The texts of Docmee's stand-in: outlines in twelve languages, the text under them, and their slides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice
from typing import Any

from studio.sandbox.openai_words import CHINESE, reply, topic
from studio.sandbox.slides import Slide

HEADING = re.compile(r"(#{1,6})\s+(\S.*)")
SHAPES = {"short": (3, 3), "medium": (5, 4), "long": (6, 4)}  # chapters, and pages in each: 13, 26 and 31 pages
POINTS = 3  # on a page
LONGEST = 120  # characters of a heading
WORDS = {  # by language the names of six chapters, and of four pages
    "en": ("Overview|Background|How it works|Examples|Practice|Outlook", "In short|The details|A closer look|Outcome"),
    "zh": ("概述|背景|原理|案例|实践|展望", "要点|细节|深入观察|小结"),
    "zh-Hant": ("概述|背景|原理|案例|實踐|展望", "要點|細節|深入觀察|小結"),
    "ja": ("概要|背景|仕組み|事例|実践|展望", "要点|詳細|考察|まとめ"),
    "ko": ("개요|배경|원리|사례|실천|전망", "요점|세부|고찰|정리"),
    "ar": ("نظرة عامة|الخلفية|كيف يعمل|أمثلة|التطبيق|الآفاق", "باختصار|التفاصيل|نظرة أقرب|الخلاصة"),
    "de": ("Überblick|Hintergrund|Funktionsweise|Beispiele|Praxis|Ausblick", "Kurz gesagt|Im Einzelnen|Genauer|Fazit"),
    "fr": ("Aperçu|Contexte|Fonctionnement|Exemples|Pratique|Perspectives", "En bref|En détail|De plus près|Bilan"),
    "it": ("Panoramica|Contesto|Come funziona|Esempi|Pratica|Prospettive", "In breve|Nel dettaglio|Da vicino|Bilancio"),
    "pt": ("Visão geral|Contexto|Como funciona|Exemplos|Prática|Perspetivas", "Em resumo|Em detalhe|De perto|Balanço"),
    "es": ("Resumen|Contexto|Cómo funciona|Ejemplos|Práctica|Perspectivas", "En breve|En detalle|De cerca|Balance"),
    "ru": ("Обзор|Предыстория|Как это устроено|Примеры|Практика|Перспективы", "Кратко|Подробно|Ближе|Итог"),
}


def language(lang: str, about: str) -> str:
    """The language that was asked for; of one that is not known here, or of none, that of the topic."""
    return lang if lang in WORDS else "zh" if CHINESE.search(about) else "en"


def outline(about: str, length: str, lang: str, wishes: str = "", source: Sequence[str] = ()) -> str:
    """The outline of a deck: # topic, ## chapter, ### page, #### point. What a `source` says becomes its points."""
    chapters, pages = (names.split("|") for names in WORDS[language(lang, about)])
    count, each = SHAPES[length]
    said = cycle(source or [f"{about} · {name}" for name in pages])
    lines = [f"# {about}"]
    for number, chapter in enumerate(chapters[:count], start=1):
        lines.append(f"## {number} {chapter}")
        for place, page in enumerate(pages[:each], start=1):
            lines.append(f"### {number}.{place} {page}")
            lines += [f"#### {point[:LONGEST]}" for point in islice(said, POINTS)]
    return "\n".join([*lines, *([f"#### {wishes}"] if wishes else [])])


def changed(markdown: str, wish: str, length: str) -> str:
    """The outline with one more chapter, about what the wish names; a short one keeps three of the chapters before."""
    parts = re.split(r"(?m)^(?=## )", markdown.strip())
    kept = parts[: 1 + SHAPES[length][0]] if length == "short" else parts
    text = "\n".join(part.strip() for part in kept)
    if not wish:
        return text
    named = re.search(r"\b(?:on|about|for)\s+(.+?)[.!?]?$|关于(.+?)(?:的|。|$)", wish.strip())
    about = next((found for found in named.groups() if found), "") if named else ""
    about = (about or topic(wish))[:LONGEST]
    pages = WORDS[language("", about)][1].split("|")
    chapter = f"## {len(kept)} {about[:1].upper()}{about[1:]}"
    return "\n".join([text, chapter, f"### {pages[0]}", *(f"#### {page}" for page in pages[1:])])


def content(markdown: str, lang: str, wishes: str = "") -> str:
    """The outline with two sentences under every heading that has nothing beneath it."""
    lines = [line.rstrip() for line in markdown.strip().splitlines() if line.strip()]
    about, made = name_of(markdown), list[str]()
    for place, line in enumerate(lines):
        made.append(line)
        below = lines[place + 1] if place + 1 < len(lines) else ""
        if (heading := HEADING.match(line)) and ends(heading[1], below):
            made += [f"- {each}" for each in sentences(about, heading[2], lang)]
    return "\n".join([*made, *([f"- {wishes}"] if wishes else [])])


def ends(signs: str, below: str) -> bool:
    """Is there nothing under a heading of so many signs? The next line is a heading no deeper, or there is none."""
    after = HEADING.match(below)
    return not below or (after is not None and len(after[1]) <= len(signs))


def sentences(about: str, heading: str, lang: str) -> list[str]:
    if language(lang, about) in {"en", "zh"}:
        subject = about if (language(lang, about) == "zh") == bool(CHINESE.search(about)) else heading
        return [reply(subject, len(heading) + number, brief=True) for number in range(2)]
    return [f"{heading}: {about}", f"{about} · {heading}"]


def name_of(markdown: str) -> str:
    """The topic: the first heading, else the first line."""
    lines = [line.strip() for line in markdown.splitlines() if line.strip()]
    headings = [found[2] for line in lines if (found := HEADING.match(line))]
    return (headings or lines or [""])[0].strip()[:LONGEST]


def tree(markdown: str) -> dict[str, Any]:
    """The headings as `{ level, name, children }`."""
    root: dict[str, Any] = {"level": 1, "name": name_of(markdown), "children": []}
    path = [root]
    found = [heading for line in markdown.splitlines() if (heading := HEADING.match(line.strip()))]
    for signs, name in (heading.groups() for heading in found[1:]):
        node: dict[str, Any] = {"level": len(signs), "name": name.strip(), "children": []}
        while len(path) > 1 and path[-1]["level"] >= node["level"]:
            path.pop()
        path[-1]["children"].append(node)
        path.append(node)
    return root


def slides(markdown: str, notes: Sequence[str] = ()) -> tuple[Slide, ...]:
    """A slide for the topic, for each chapter and for each page; deeper headings and texts are their lines."""
    made = [Slide(name_of(markdown))]
    begun = False
    for line in filter(None, (each.strip() for each in markdown.splitlines())):
        heading = HEADING.match(line)
        if heading and not begun:
            begun = True
        elif heading and len(heading[1]) <= 3:
            made.append(Slide(heading[2].strip()))
        elif begun:
            text = heading[2] if heading else line.removeprefix("-").strip()
            made[-1] = replace(made[-1], lines=(*made[-1].lines, text))
    said = iter(notes)
    return tuple(replace(slide, notes=next(said, "")) if slide.lines else slide for slide in made)
