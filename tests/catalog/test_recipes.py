"""Recipes: every step can be run, and every step but the first goes on from the one before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio import catalog

DEMO = """
system = "demo"
title = { en = "Demo", zh = "演示" }
source = "Made up"

[family.task.read]
gateway_id = "id"

[operation.draw]
title = { en = "Draw", zh = "画" }
description = { en = "Draws.", zh = "画。" }
status = "documented"
method = "POST"
path = "/draw"
makes = "image"
family = "task"

[[operation.draw.field]]
at = "prompt"
type = "string"
required = "yes"
label = { en = "Prompt", zh = "提示词" }
help = { en = "What.", zh = "内容。" }

[[operation.draw.field]]
at = "from"
type = "string"
label = { en = "From", zh = "来源" }
help = { en = "Which.", zh = "来源。" }

[[operation.draw.follow_up]]
operation = "draw"
label = { en = "Go on", zh = "继续" }
set = { from = "id" }

[[recipe]]
name = "twice"
title = { en = "Twice", zh = "两次" }
description = { en = "Draws twice.", zh = "画两次。" }

[[recipe.step]]
operation = "draw"
title = { en = "First", zh = "第一" }
json = '''FIRST'''

[[recipe.step]]
operation = "draw"
title = { en = "Second", zh = "第二" }
json = '''{"prompt": "more"}'''
carried = CARRIED
"""


def faults(tmp_path: Path, first: str = '{"prompt": "a boat"}', carried: str = '["from"]') -> list[str]:
    text = DEMO.replace("FIRST", first).replace("CARRIED", carried)
    (tmp_path / "demo.toml").write_text(text, encoding="utf-8")
    return [str(fault) for fault in catalog.faults(tmp_path)]


@pytest.mark.parametrize(
    ("first", "carried", "word"),
    [
        ('{"prompt": ""}', '["from"]', "Fill in Prompt"),
        ("{}", '["from"]', "Fill in Prompt"),
        ("[]", '["from"]', "no object"),
        ('{"prompt": "a boat"}', "[]", "carried is for every step but the first"),
        ('{"prompt": "a boat"}', '["prompt"]', "no follow-up of the step before"),
        ('{"prompt": "a boat"}', '["form"]', "no field of demo.draw"),
    ],
)
def test_a_recipe_that_could_not_be_run_is_a_fault(tmp_path: Path, first: str, carried: str, word: str) -> None:
    assert faults(tmp_path) == []
    found = faults(tmp_path, first, carried)
    assert [each for each in found if "recipe twice" in each and word in each]


@pytest.mark.parametrize(
    ("first", "is_right"), [("{}", True), ('{"prompt": "a boat"}', True), ('{"prompt": ""}', False)]
)
def test_what_a_person_is_to_fill_may_have_no_value_yet_but_no_wrong_one(
    tmp_path: Path, first: str, *, is_right: bool
) -> None:
    needing = DEMO.replace("[[recipe.step]]", '[[recipe.step]]\nneeds = ["prompt"]', 1).replace("FIRST", first)
    (tmp_path / "demo.toml").write_text(needing.replace("CARRIED", '["from"]'), encoding="utf-8")
    assert (catalog.faults(tmp_path) == []) == is_right


@pytest.mark.parametrize("recipe", catalog.recipes(), ids=lambda recipe: recipe.slug)
def test_every_body_of_a_recipe_comes_back_as_it_stands(recipe: catalog.Recipe) -> None:
    assert catalog.recipe(recipe.slug) is recipe
    for step in recipe.steps:
        operation = catalog.get(step.operation)
        assert catalog.dumps(operation.body(*operation.values(step.body)).body) == catalog.dumps(step.body)


def test_a_step_goes_on_only_from_what_fills_its_place() -> None:
    recipe = catalog.recipe("suno.extend-to-whole-song")
    extend, join = recipe.steps[1:]
    assert extend.takes("suno.generate", {"task": "extend", "continue_clip_id": "a", "continue_at": 1})
    assert not extend.takes("suno.generate", {"task": "cover", "cover_clip_id": "a"})
    assert join.takes("suno.concat", {"clip_id": "a"})
    assert (recipe.step(3), recipe.step(0), recipe.step(4)) == (join, None, None)


def test_the_seven_scenarios_are_there() -> None:
    rows = [recipe.seed_row for recipe in catalog.recipes() if recipe.system == "suno"]
    assert [row[:3] for row in rows] == [f"场景{number}" for number in range(1, 8)]
    assert [len(recipe.steps) for recipe in catalog.recipes() if recipe.system == "suno"] == [1, 1, 1, 1, 2, 3, 2]
