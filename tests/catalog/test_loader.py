from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from studio import catalog
from studio.catalog.loader import load
from studio.catalog.report import Kind
from studio.checks import as_errors, catalog_is_whole

WHOLE = """
system = "demo"
title = { en = "Demo", zh = "演示" }
source = "A page"

[family.plain.read]
gateway_id = "id"
state = "status"
states = { queued = ["", 0], succeeded = ["done"] }
results = [{ kind = "image", at = "urls[]" }]

[operation.draw]
title = { en = "Draw", zh = "绘图" }
description = { en = "Draws.", zh = "绘图。" }
method = "POST"
path = "/demo/draw"
makes = "image"
family = "plain"
status = "documented"
poll = "demo.ask"
poll_set = { id = "{id}" }
example = '{"prompt":"x"}'

[operation.draw.groups]
main = { en = "Main", zh = "主要" }

[[operation.draw.field]]
at = "prompt"
type = "string"
required = "yes"
group = "main"
label = { en = "Prompt", zh = "提示词" }
help = { en = "What to draw.", zh = "画什么。" }

[[operation.draw.field]]
at = "size"
type = "integer"
choices = [1, 2]
default = 1
applies = { prompt = ["*"] }
label = { en = "Size", zh = "大小" }
help = { en = "How large.", zh = "多大。" }

[[operation.draw.follow_up]]
operation = "draw"
label = { en = "Again", zh = "再来" }
set = { prompt = "text" }

[operation.ask]
title = { en = "Ask", zh = "查询" }
description = { en = "Asks.", zh = "查询。" }
method = "GET"
path = "/demo/{id}"
makes = "none"
query = true
family = "plain"
status = "inferred"

[[operation.ask.field]]
at = "id"
type = "string"
in = "path"
required = "yes"
label = { en = "Id", zh = "编号" }
help = { en = "Which.", zh = "哪一个。" }
"""


def faults(folder: Path, text: str) -> list[catalog.Fault]:
    (folder / "demo.toml").write_text(text, encoding="utf-8")
    return list(catalog.faults(folder))


def test_a_whole_file_has_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, WHOLE) == []


def test_a_query_that_makes_something_is_a_call_of_its_own_besides(tmp_path: Path) -> None:
    text = WHOLE.replace('makes = "none"\nquery = true', 'makes = "image"\nquery = true')
    assert faults(tmp_path, text) == []
    loaded = load(tmp_path)[0].by_slug
    asked = loaded["demo.ask"]
    assert loaded["demo.draw"].poll == asked.slug
    assert (asked.is_query, asked.answers_polls, asked.offered, asked.answers_at_once) == (False, True, True, False)
    no = {"error": {"message": "No such picture."}}
    assert asked.read(no, "answer").state == "failed", "a call that was refused"
    assert loaded["demo.draw"].read(no, "poll").state is None, "a question that was refused"


def test_a_way_with_an_empty_list_does_not_look_at_all(tmp_path: Path) -> None:
    text = WHOLE.replace("[operation.draw]\n", "[family.plain.read.poll]\ngateway_id = []\n\n[operation.draw]\n")
    assert faults(tmp_path, text) == []
    draw = load(tmp_path)[0].by_slug["demo.draw"]
    told = {"id": "7", "status": "done"}
    ids = {kind: draw.read(told, kind).gateway_ids for kind in get_args(Kind)}
    assert ids == {"answer": ("7",), "poll": (), "callback": ("7",)}


def test_the_shipped_catalog_is_whole() -> None:
    assert catalog.faults() == []
    assert catalog_is_whole() == []


DRAW = 'main = { en = "Main", zh = "主要" }'
ALONE = '\n[[operation.draw.exclusive]]\namong = ["size"]'
STRANGE = '\n[[operation.draw.exclusive]]\namong = ["size", ["prompt", "colour"]]'


@pytest.mark.parametrize(
    ("old", "new", "operation", "field", "message", "hint"),
    [
        ('label = { en = "Size"', 'lable = { en = "Size"', "draw", "field size", "“lable” is not known", "“label”"),
        (
            "choices = [1, 2]",
            'takes = ["image"]',
            "draw",
            "field size",
            "takes says nothing of the type integer",
            "Rem",
        ),
        (
            "default = 1",
            'kinds = { by = "type", roles = { text = "words" } }',
            "draw",
            "field size",
            "tells items apart by “type”, no member of them",
            "member",
        ),
        ("default = 1", 'sent = ["base64"]', "draw", "field size", "sent beside a field that takes no file", "takes"),
        ('required = "yes"\ngroup', 'takes = ["film"]\ngroup', "draw", "field prompt", "takes holds ['film']", "video"),
        (
            'required = "yes"\ngroup',
            'takes = ["image"]\nsent = ["part"]\ngroup',
            "draw",
            "field prompt",
            "a part",
            "file",
        ),
        ('zh = "大小"', 'zh = ""', "draw", "field size", "label needs en and zh", "zh = "),
        ('type = "integer"', 'type = "interger"', "draw", "field size", "“interger” is not known", "“integer”"),
        ("default = 1", "default = 3", "draw", "field size", "not among the choices", "Add it"),
        ("choices = [1, 2]", "choices = [1, 1]", "draw", "field size", "The choice 1 stands twice", "Remove"),
        ("choices = [1, 2]", "maximum = 0", "draw", "field size", "default = 1 breaks the field's own rule", "Correct"),
        ("default = 1", "start = 9", "draw", "field size", "start = 9 is not among the choices", "Add it"),
        ("choices = [1, 2]", 'pattern = "x"', "draw", "field size", "pattern says nothing of the type integer", "Rem"),
        (
            'required = "yes"\ngroup',
            'required = "yes"\nomit_empty = "yes"\ngroup',
            "draw",
            "field prompt",
            "omit_empty",
            "Keep",
        ),
        ("choices = [1, 2]", "multiple_of = 0", "draw", "field size", "multiple_of = 0 rules out", "above zero"),
        (
            "choices = [1, 2]",
            "min_length = 2\nmax_length = 1",
            "draw",
            "field size",
            "min_length is larger",
            "Exchange",
        ),
        (
            "default = 1",
            'narrower = [{ when = { prompt = ["*"] }, choices = [] }]',
            "draw",
            "field size",
            "narrower",
            "{",
        ),
        (
            'at = "size"\ntype = "integer"\nchoices = [1, 2]\ndefault = 1\napplies = { prompt = ["*"] }',
            'at = "list[].size"\ntype = "string"\nshorter = [{ when = { prompt = ["x"] }, max_length = 3 }]',
            "draw",
            "field list[].size",
            "A condition inside a list",
            "count such items",
        ),
        ("default = 1", "shorter = [{ when = {}, max_length = 3 }]", "draw", "field size", "shorter needs when", "{"),
        (
            "default = 1",
            'counted = [{ says = { en = "a", zh = "a" }, least = 2, most = 1 }]',
            "draw",
            "field size",
            "counted needs least or most",
            "{",
        ),
        (
            "default = 1",
            'counted = [{ says = { en = "a", zh = "a" }, most = 1, when = { promt = ["x"] } }]',
            "draw",
            "field size",
            "depends on “promt”",
            "Correct",
        ),
        ("default = 1", "counted = [{ most = 1, off = {} }]", "draw", "field size", "“off” is not known", "“of”"),
        ("default = 1", 'choice_labels = { 7 = { en = "a", zh = "b" } }', "draw", "field size", "“7”", "Add it"),
        ('prompt = ["*"] }', "size = [1] }", "draw", "field size", "depends on the field itself", "decides"),
        ("default = 1", 'default = "1"', "draw", "field size", "is no integer", "Write a"),
        ("choices = [1, 2]", 'choices = [1, "2"]', "draw", "field size", "'2' is no integer", "Write a"),
        ("choices = [1, 2]", "minimum = 2\nmaximum = 1", "draw", "field size", "minimum is larger", "Exchange"),
        ("choices = [1, 2]", "open = true", "draw", "field size", "open = true without choices", "Add"),
        ('prompt = ["*"] }', 'promt = ["*"] }', "draw", "field size", "depends on “promt”", "Correct"),
        ('prompt = ["*"] }', 'prompt = "*" }', "draw", "field size", "is no list of values", "applies = {"),
        ('at = "size"', 'at = "prompt"', "draw", "field prompt", "stands twice", "Remove"),
        ('at = "size"', 'at = "size..x"', "draw", "field size..x", "is no dotted path", "Separate"),
        ('group = "main"', 'group = "other"', "draw", "field prompt", "group = “other” has no title", "Add other"),
        ('required = "yes"', "required = true", "draw", "field prompt", "is not text", "Write required"),
        ('poll = "demo.ask"', 'poll = "demo.aks"', "draw", "", "poll = “demo.aks” is no operation", "system.operation"),
        (
            'group = "main"',
            "applies = { size = [3] }",
            "draw",
            "field prompt",
            "asks for “3”, which is no choice",
            "choices",
        ),
        (
            'group = "main"',
            "required_when = { size = [1] }",
            "draw",
            "field prompt",
            "beside required",
            "one of the two",
        ),
        ('at = "size"', 'at = "prompt.size"', "draw", "field prompt.size", "which is no object", "type object"),
        ('at = "size"', 'at = "prompt[].size"', "draw", "field prompt[].size", "which is no array", "type array"),
        ('at = "size"', 'at = "list[].size"', "draw", "field list[].size", "A condition inside a list", "help"),
        (DRAW, DRAW + ALONE, "draw", "exclusive", "among is no list of two paths", 'among = ["a", ["b", "c"]]'),
        (DRAW, DRAW + STRANGE, "draw", "exclusive", "among names “colour”, which is no field here", "Correct the path"),
        ('makes = "image"', 'makes = "image"\ncallback = "no"', "draw", "", "callback = “no” is no field", "path"),
        ("query = true", "", "draw", "", "poll = “demo.ask” is no query", "query = true"),
        ('poll_set = { id = "{id}" }', 'poll_set = { x = "1" }', "draw", "", "poll_set leaves out ['id']", "Add what"),
        ('path = "/demo/{id}"', 'path = "/demo"', "ask", "field id", "the path has no {id}", "Add it to path"),
        ('path = "/demo/{id}"', 'path = "/demo/{id}/{no}"', "ask", "", "path holds {no}", 'in = "path"'),
        (
            'makes = "image"',
            'makes = "image"\ntold_apart = { pic = true }',
            "draw",
            "",
            "told_apart names “pic”",
            "key",
        ),
        ('makes = "image"', 'makes = "image"\ntold_apart = { size = 1 }', "draw", "", "told_apart.size = 1", "Say"),
        (
            'makes = "image"',
            'makes = "image"\ntold_apart = { size = [] }',
            "draw",
            "",
            "told_apart.size = []",
            "list the",
        ),
        (
            'at = "size"',
            'at = "size"\nnot_below = "no"',
            "draw",
            "field size",
            "not_below = “no” is no other field",
            "Corr",
        ),
        (
            'at = "size"',
            'at = "size"\nusual = "("',
            "draw",
            "field size",
            "usual = “(” is no regular expression",
            "Corr",
        ),
        ('makes = "image"', 'makes = "image"\nseconds = [-1, 5]', "draw", "", "does not go up", "[low, high]"),
        ('makes = "image"', 'makes = "image"\nheaders = { a = 1 }', "draw", "", "headers.a = 1 is no text", "quotes"),
        (
            "[family.plain.read]",
            "[family.other.read]\n[family.plain.read]",
            "",
            "family other",
            "No operation",
            "Remove",
        ),
        ("[operation.draw]", "[block.b]\n[operation.draw]", "", "block b", "No operation uses it", "Remove"),
        ('poll_set = { id = "{id}" }', "", "draw", "", "poll_set is missing", "{id}"),
        ('{ id = "{id}" }', '{ di = "{id}" }', "draw", "", "poll_set names ['di']", "fields"),
        ('method = "POST"', 'method = "post"', "draw", "", "method = “post” is not known", "POST"),
        ('path = "/demo/draw"', 'path = "demo/draw"', "draw", "", "does not begin with a slash", "root"),
        ('path = "/demo/draw"', "", "draw", "", "path is missing", "Add path"),
        ('makes = "image"', "makes = 5", "draw", "", "makes = 5 is not text", "Write makes"),
        (
            'family = "plain"\nstatus = "doc',
            'family = "plane"\nstatus = "doc',
            "draw",
            "",
            "family = “plane”",
            "Add [family",
        ),
        ('{"prompt":"x"}', '{"prompt":}', "draw", "", "example is no JSON: Line 1, column 11", "Correct it"),
        ('{"prompt":"x"}', '{"prompt":5}', "draw", "example", "prompt: Prompt must be text", "Correct the example"),
        ('operation = "draw"', 'operation = "drew"', "draw", "follow_up", "“demo.drew” is no operation", "system"),
        ('{ prompt = "text" }', '{ promt = "text" }', "draw", "follow_up", "['promt'] is no field", "Write the"),
        ('{ prompt = "text" }', '{ prompt = "a[" }', "draw", "follow_up", "is no JMESPath", "jmespath.org"),
        (
            '"text" }',
            '"text" }\nalso = { promt = "text" }',
            "draw",
            "follow_up",
            "['promt'] is no field",
            "Write the field",
        ),
        ('"text" }', '"text" }\ngroup = "best"', "draw", "follow_up", "“best” has no title", "[follow_up_groups]"),
        ('"text" }', '"text" }\nneeds = ["mask"]', "draw", "follow_up", "needs names ['mask']", "Correct the name"),
        ('"text" }', '"text" }\nsplit = "["', "draw", "follow_up", "split = “[” is no regular", "Correct it"),
        ('"text" }', '"text" }\nsplit = ","', "draw", "follow_up", "are of the items of each", "Add each"),
        ('"text" }', '"text" }\nfinds = "(,)"', "draw", "follow_up", "are of the items of each", "Add each"),
        ('"text" }', '"text" }\neach = "x"\nfinds = ","', "draw", "follow_up", "“,” has no group", "brackets"),
        ('"text" }', '"text" }\nkinds = [{ skip = true }]', "draw", "follow_up", "kinds and known_by go", "known by"),
        ('"text" }', '"text" }\nuse = "buttons"', "draw", "use", "is no block", "[[block.buttons.follow_up]]"),
        ('poll = "demo.ask"', 'callback = "hook"', "draw", "", "callback = “hook” is no field", "path"),
        ('at = "urls[]"', 'at = "urls["', "", "family plain, read, results", "is no JMESPath", "parser says"),
        ('kind = "image"', 'kind = "picture"', "", "family plain, read, results", "“picture” is not known", "image"),
        ('at = "urls[]"', 'at = "urls[]", finds = "x"', "", "family plain, read, results", "has no group", "brackets"),
        ('at = "urls[]"', 'at = "urls[]", finds = "("', "", "family plain, read, results", "no regular", "Correct"),
        ('at = "urls[]"', 'at = "urls[]", joined = true', "", "family plain, read, results", "joined says", "form"),
        ('["done"]', '["done", 0]', "", "family plain, read", "“0” means two states", "one of the lists"),
        ("succeeded = [", "success = [", "", "family plain, read", "states.success is not known", "succeeded"),
        ('system = "demo"', 'system = "domo"', "", "", "stands in demo.toml", "domo.toml"),
        ('source = "A page"', "", "", "", "source is missing", "Add source"),
        ("[operation.ask]", "[operation.ask", "", "", "This is no TOML", "Correct the file"),
    ],
)
def test_a_fault_names_file_operation_field_and_what_to_do(
    tmp_path: Path, old: str, new: str, operation: str, field: str, message: str, hint: str
) -> None:
    assert old in WHOLE
    found = faults(tmp_path, WHOLE.replace(old, new, 1))
    assert [f for f in found if (f.operation, f.field) == (operation, field) and message in f.message], found
    assert any(hint in f.hint for f in found if message in f.message), found
    assert {f.file for f in found} <= {"demo.toml", "domo.toml"}


def test_a_fault_becomes_an_error_of_the_system_check(tmp_path: Path) -> None:
    found = faults(tmp_path, WHOLE.replace("default = 1", "default = 3"))
    error = as_errors(found)[0]
    assert error.is_serious()
    assert "demo.toml: operation draw, field size: default = 3" in error.msg
    assert error.hint


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    text = WHOLE.replace("default = 1", "default = 3").replace('method = "POST"', 'method = "PSOT"')
    assert len(faults(tmp_path, text)) == 2


def test_no_table_of_any_shape_makes_the_loader_stumble(tmp_path: Path) -> None:
    for key in ("operation", "family", "block", "failure", "title", "source", "system"):
        for value in ("5", '"x"', "[]", "[1]", "{ a = 1 }", "{ a = { read = 1, field = [1] } }", "[{ x = 1 }]"):
            assert faults(tmp_path, f"{key} = {value}\n")


VALUES = (
    "5",
    '"x"',
    "[]",
    "{}",
    "[1]",
    "[{ a = 1 }]",
    "{ a = { b = 1 } }",
    "true",
    "1.5",
    "[[1]]",
    '{ en = 1, zh = "" }',
)


@pytest.mark.parametrize("line", [line for line in WHOLE.splitlines() if " = " in line])
def test_no_value_of_any_kind_makes_the_loader_stumble(tmp_path: Path, line: str) -> None:
    for value in VALUES:
        faults(tmp_path, WHOLE.replace(line, f"{line.partition(' = ')[0]} = {value}"))


def test_a_block_is_written_once_and_used_with_changes(tmp_path: Path) -> None:
    block = """
[[block.size.field]]
at = "width"
type = "integer"
label = { en = "Width", zh = "宽" }
help = { en = "How wide.", zh = "多宽。" }

[[block.size.field]]
at = "height"
type = "integer"
label = { en = "Height", zh = "高" }
help = { en = "How high.", zh = "多高。" }

[[operation.draw.field]]
use = "size"
except = ["width"]
required = "yes"
"""
    text = WHOLE.replace('example = \'{"prompt":"x"}\'', "") + block
    assert faults(tmp_path, text) == []
    draw = load(tmp_path)[0].by_slug["demo.draw"]
    assert [(f.at, f.required) for f in draw.fields][2:] == [("height", "yes")]
    slip = faults(tmp_path, text.replace('["width"]', '["wide"]'))
    assert ("use", "except names “wide”, which is not in block size.") in [(f.field, f.message) for f in slip]


def test_without_words_of_its_own_a_field_has_the_source_and_doubt_of_its_operation(tmp_path: Path) -> None:
    text = WHOLE.replace('makes = "image"', 'makes = "image"\ndoubt = { en = "Perhaps.", zh = "也许。" }')
    (tmp_path / "demo.toml").write_text(text, encoding="utf-8")
    fields: Any = load(tmp_path)[0].by_slug["demo.draw"].fields
    assert {(f.source, str(f.doubt)) for f in fields} == {("A page", "Perhaps.")}
