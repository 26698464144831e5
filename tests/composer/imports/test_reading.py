"""What is pasted is read as the shell that it was copied for reads it, and a body comes through unchanged."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studio import catalog
from studio.composer.code import language
from studio.composer.imports.bash import bash
from studio.composer.imports.curl import call_of, read_curl
from studio.composer.imports.finding import candidates
from studio.composer.imports.parts import option_text
from studio.composer.imports.pasted import MOST, Unreadable
from studio.composer.imports.reading import read
from studio.composer.imports.saying import said
from studio.composer.imports.verdicts import Taken, take
from studio.composer.samples import call
from tests.composer.code.nasty import FILE, NASTY, form_call, json_call

URL = "https://gateway.example.com/runway/v1/pro/generate"
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30) | st.sampled_from(NASTY)
BODIES = st.dictionaries(TEXT.filter(bool), TEXT | st.integers() | st.lists(TEXT, max_size=2), min_size=1, max_size=4)


def taken(text: str, own_paths: Mapping[str, str] | None = None) -> Taken:
    pasted = read(text)[0]
    return take(pasted, candidates(pasted, [own_paths or {}])[0])


def verdicts(made: Taken) -> dict[str, str]:
    return {row.key: row.verdict for row in made.rows}


MAKERS = [each for each in catalog.operations() if each.makes_something]


def body_of(operation: catalog.Operation) -> Any:
    """A body that fills every text with something nasty; without the callback address, which is the studio's."""
    if operation.form.frames:
        more = {"type": "conversation.item.create", "item": {"content": [{"text": each} for each in NASTY]}}
        return [{"雨": NASTY[7], "type": "x.extra"}, *operation.example, more, operation.example[0]]
    start = operation.body(operation.start()).body
    example = operation.example if isinstance(operation.example, dict) else {}
    body = {**start, **example, "x_extra": NASTY[2], "雨": NASTY[7]}
    body.pop(operation.callback, None)
    for item in operation.fields:
        if item.role == "prompt" and len(item.steps) == 1 and item.type == "string":
            body[item.at] = "\n".join(NASTY)
    return body


@pytest.mark.parametrize("operation", MAKERS, ids=lambda each: each.slug)
def test_a_call_shown_for_the_shell_comes_back_as_the_same_body(operation: catalog.Operation) -> None:
    body = body_of(operation)
    values = {f.at: f.example or "x1" for f in operation.fields if f.place != "body" and f.required == "yes"}
    request = call(operation, None, values, body)
    pasted = read(language("shell").write(request))[0]
    found = [each for each in candidates(pasted, []) if each.operation == operation]
    assert found, [each.operation.slug for each in candidates(pasted, [])]
    made = take(pasted, found[0])
    files = {part.name for part in request.parts or () if part.is_file}
    again = call(operation, None, {**values, **made.values}, made.body)
    assert (again.method, again.url, again.body) == (request.method, request.url, request.body)
    assert (again.parts or ()) == tuple(part for part in request.parts or () if part.name not in files)
    assert {row.key for row in made.rows if row.verdict == "file"} == files
    assert verdicts(made)["Authorization"] == "secret"


FRAMES = (
    '[{"session":{"voice":"sage","temperature":0.80},"type":"session.update"},{"type":"session.update","session":{}},'
    '{"type":"input_audio_buffer.append","audio":"AA=="},{"type":"response.create"}]'
)


def test_a_list_of_frames_is_read_and_goes_out_unchanged() -> None:
    made = taken(FRAMES)
    assert made.candidate.operation.slug == "openai.realtime"
    assert catalog.dumps(made.body) == FRAMES
    assert verdicts(made) == {
        '"session.update".type': "ok",
        '"session.update".session.voice': "ok",
        '"session.update".session.temperature': "ok",
        '"session.update #2".type': "ok",
        '"session.update #2".session': "ok",
        '"input_audio_buffer.append"': "unknown",
        '"response.create".type': "ok",
    }
    exported = f'{{"operation": "openai.realtime", "body": {FRAMES}}}'
    assert catalog.dumps(taken(exported).body) == FRAMES


def test_a_key_in_a_frame_is_dropped() -> None:
    made = taken('[{"type":"session.update","session":{"api_key":"sk-0123456789abcdef"}},{"type":"response.create"}]')
    assert catalog.dumps(made.body) == '[{"type":"session.update","session":{}},{"type":"response.create"}]'
    assert "secret" in verdicts(made).values()


@pytest.mark.parametrize("text", ["[]", "[1]", '[{"a": 1}]', '[{"type": 7}]', '[{"type": "a"}, 7]'])
def test_another_list_is_no_body(text: str) -> None:
    with pytest.raises(Unreadable, match="no-body"):
        read(text)


def test_a_line_for_websocat_that_is_no_json_is_told() -> None:
    with pytest.raises(Unreadable, match="data"):
        read("printf '%s\\n' '{\"type\": }' | websocat wss://g.example/v1/realtime")


def test_the_address_of_a_conversation_alone_opens_its_form() -> None:
    made = taken("websocat --no-close 'wss://g.example/v1/realtime?model=gpt-realtime'")
    assert (made.candidate.operation.slug, made.values, made.body) == ("openai.realtime", {"model": "gpt-realtime"}, [])


def test_the_texts_of_all_samples_come_through() -> None:
    request = json_call("https://g.example")
    assert read_curl(language("shell").write(request)).body == catalog.loads(request.body or "")
    form = read_curl(language("shell").write(form_call("https://g.example")))
    assert [form.body[f"p{at}"] for at in range(len(NASTY))] == NASTY
    assert (form.body["list[]"], form.files) == (["a", "b"], [("image", FILE)])


def double(text: str) -> str:
    """Between double quotes of bash."""
    return '"' + re.sub(r'([\\"$`])', r"\\\1", text) + '"'


def ansi(text: str) -> str:
    return (
        "$'"
        + "".join(
            f"\\x{byte:02x}" if byte < 32 or byte > 126 or byte in b"\\'" else chr(byte) for byte in text.encode()
        )
        + "'"
    )


def for_windows(text: str) -> str:
    """As a program of Windows wants one word of its line."""
    return '"' + re.sub(r'(\\*)("|$)', lambda m: m[1] * 2 + ("\\" if m[2] else "") + m[2], text) + '"'


def for_cmd(text: str) -> str:
    """As a browser copies it: every backslash twice, a caret before every sign that may mean something, a line end as
    two."""
    doubled = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return re.sub(r"[^a-zA-Z0-9\s_\-:=+~'/.,?;()*`]", r"^\g<0>", doubled).replace("\n", "^\n\n")


def for_powershell(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


SHELLS: dict[str, tuple[str, Callable[[str], str]]] = {
    "bash double": (" \\\n  ", double),
    "bash ansi": (" \\\n  ", ansi),
    "cmd": (" ^\n  ", for_cmd),
    "cmd by hand": (" ^\n  ", for_windows),
    "powershell": (" `\n  ", for_powershell),
}


@pytest.mark.parametrize("shell", SHELLS)
@given(body=BODIES)
@settings(max_examples=40, deadline=None)
def test_every_quoting_gives_the_body_back(shell: str, body: dict[str, Any]) -> None:
    goes_on, quote = SHELLS[shell]
    text = catalog.dumps(body)
    assume(shell != "cmd by hand" or "^" not in text)  # outside of what cmd takes for quoted it means something else
    name = "curl.exe" if shell == "powershell" else "curl"
    pasted = read_curl(goes_on.join([f"{name} {quote(URL)}", f"-H {quote('X-A: b')}", f"--data-raw {quote(text)}"]))
    assert (pasted.method, pasted.url, pasted.headers) == ("POST", URL, [("X-A", "b")])
    assert catalog.dumps(pasted.body) == text


@pytest.mark.parametrize(
    "command",
    [
        f'curl {URL} -d @- <<\'EOF\'\n{{"prompt": "雨 $x\\n"}}\nEOF',
        f'curl {URL} -d @-\n{{"prompt": "雨 $x\\n"}}',
        f'echo \'{{"prompt": "雨 $x\\n"}}\' | curl -sS -XPOST {URL} --data-binary @-',
        f'cat <<EOF | curl {URL} -d@-\n{{"prompt": "雨 $x\\n"}}\nEOF',
        f'curl {URL} -d "$(cat <<\'EOF\'\n{{"prompt": "雨 $x\\n"}}\nEOF\n)" -H a:b',
        f'curl {URL} -d $(cat <<EOF\n{{"prompt": "雨 $x\\n"}}\nEOF\n)',
        f'curl {URL} --json \'{{"prompt": "雨 $x\\n"}}\'',
        f"printf '%s\\n' '{{\"prompt\": \"雨 $x\\n\"}}' | curl {URL} -d @-",
        f"printf -- '%s' '{{\"prompt\": \"雨 $x\\n\"}}' | curl {URL} -d @-",
        f"$ printf '{{\"%s\": \"%b\"}}\\n' prompt '雨 $x\\\\n' | curl {URL} -d @-",
        f'echo -ne \'{{"prompt": "雨 $x\\\\n"}}\' | curl {URL} -d @-',
        f'(curl {URL} -d \'{{"prompt": "雨 $x\\n"}}\')',
        f'(\n cd /tmp && curl {URL} -d \'{{"prompt": "雨 $x\\n"}}\'\n)',
        f'curl {URL} -d @- <<< \'{{"prompt": "雨 $x\\n"}}\'',
        f"$ curl --location --request POST '{URL}' --header 'a: b' --data-raw '{{\"prompt\": \"雨 $x\\n\"}}'",
        f'curl.exe -X POST {URL} -d \'{{\\"prompt\\": \\"雨 $x\\n\\"}}\'',
        f"@'\n{{\"prompt\": \"雨 $x\\n\"}}\n'@ | curl.exe -X POST {URL} -d '@-'",
        f"curl -sS -D - --max-redirs 5 --noproxy '*' -X POST {URL} -d '{{\"prompt\": \"雨 $x\\n\"}}'",
        f'curl -X POST "{URL}" -d "{{\\"prompt\\": \\"雨 $x\\n\\"}}"',
    ],
)
def test_a_body_stands_in_many_places(command: str) -> None:
    made = taken(command)
    assert made.candidate.operation.slug == "runway.generate-text"
    assert made.body == {"prompt": "雨 $x\n"}


@pytest.mark.parametrize(
    ("end", "body"),
    [
        ("> out.json 2>&1", {"prompt": "x"}),
        (">>out.json 2>/dev/null", {"prompt": "x"}),
        ("&> out.json", {"prompt": "x"}),
        (">| out.json", {"prompt": "x"}),
        (") >out.json", {"prompt": "x"}),
    ],
)
def test_where_the_output_goes_is_no_argument(end: str, body: dict[str, Any]) -> None:
    pasted = read(f"{'(' if end.startswith(')') else ''}curl {URL} -d '{catalog.dumps(body)}' {end}")[0]
    assert (pasted.url, pasted.body, pasted.unread) == (URL, body, [])


@pytest.mark.parametrize(
    "readers",
    [
        "| jq .",
        "| jq '.data[] | {id, url: .u}' | tee out.json",
        "|\n  python3 -m json.tool",
        "2>&1 | less",
        "|& cat -v",
    ],
)
def test_who_reads_the_answer_is_no_part_of_the_call(readers: str) -> None:
    command = f'curl {URL} -d \'{{"prompt": "x | y"}}\''
    for below in ("", "\n", "\n# done"):
        pasted = read(f"{command} {readers}{below}")[0]
        assert (pasted.body, pasted.unread) == ({"prompt": "x | y"}, [("", below.strip())] if below.strip() else [])
    assert read(f"{command} {readers}; echo done")[0].unread == [("", "echo done")]
    assert read(f"{command} || echo lost")[0].unread == [("", "echo lost")]


@pytest.mark.parametrize("below", ["| jq '.data", f"| curl {URL} -d @- | jq ."])
def test_what_is_not_closed_and_another_call_stay_below(below: str) -> None:
    pasted = read(f'curl {URL} -d \'{{"prompt": "x"}}\' {below}')[0]
    assert (pasted.body, pasted.unread) == ({"prompt": "x"}, [("", below.removeprefix("| "))])


@pytest.mark.parametrize(
    ("end", "below"),
    [
        ("", ""),
        ("\n", ""),
        ("; echo done", "echo done"),
        ("|\n  Out-String", ""),
        ("|| echo lost", "echo lost"),
        ("| tee 'out", "tee 'out"),
    ],
)
def test_who_reads_the_answer_in_powershell_is_no_part_of_the_call_either(end: str, below: str) -> None:
    text = f"""curl.exe {URL} -d '{{"prompt": "x"}}' | ConvertFrom-Json | Select-Object -Property "a|b" {end}"""
    pasted = read(text)[0]
    assert (pasted.body, pasted.unread) == ({"prompt": "x"}, [("", below)] if below else [])


def test_what_is_piped_into_a_call_may_stand_on_the_line_before_in_powershell() -> None:
    pasted = read(f"""'{{"prompt": "x"}}' |\n  curl.exe {URL} -d '@-'""")[0]
    assert (pasted.body, pasted.unread) == ({"prompt": "x"}, [])


def test_a_place_that_was_left_open_in_an_address_is_no_redirection() -> None:
    assert read("curl https://g.example/tasks/<id>/x")[0].url == "https://g.example/tasks/<id>/x"


@pytest.mark.parametrize("command", [f"curl {URL} -d @- < body.json", f"cat body.json | curl {URL} -d @-"])
def test_a_file_that_is_the_input_is_told_as_a_file(command: str) -> None:
    assert read(command)[0].files == [("", "body.json")]


@pytest.mark.parametrize("program", ["jq -n '{prompt: 1}'", "printf '%5d' 3", "printf -v x 3"])
def test_a_pipe_that_nobody_can_read_is_told_and_not_lost(program: str) -> None:
    pasted = read(f"{program} | curl {URL} -d @-")[0]
    assert (pasted.method, pasted.body, pasted.unread) == ("POST", {}, [("--data @-", program)])
    assert read(f"curl {URL} -d @-")[0].unread == [("--data @-", "")]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["echo", "-n", "a", "-n"], "a -n"),
        (["echo", r"a\tb"], r"a\tb"),
        (["echo", "-e", r"a\tb"], "a\tb"),
        (["echo", "-e", "-E", r"a\tb"], r"a\tb"),
        (["printf", r"%s\n", "a", "b"], "a\nb"),
        (["printf", r"%s=%d%%;", "a", "1", "b"], "a=1%;b=0%;"),
        (["printf", "%s", r"a\tb"], r"a\tb"),
        (["printf", "%b", r"a\tb"], "a\tb"),
        (["printf", "a", "b"], "a"),
        (["printf", "%"], None),
        (["printf"], None),
        (["jq", "."], None),
    ],
)
def test_what_echo_and_printf_write(words: list[str], text: str | None) -> None:
    assert said(words) == text


@pytest.mark.parametrize(
    ("data", "column"),
    [("""$'{"prompt":"it\\'s\\n"}'""", 16), ("""'{"prompt":"x",}'""", 15), ("""'{"prompt":$X}'""", 11)],
)
def test_the_likeliest_shell_tells_where_the_data_is_at_fault(data: str, column: int) -> None:
    with pytest.raises(Unreadable) as caught:
        read(f"curl {URL} --data-raw {data}")
    assert caught.value.reason == "data"
    assert isinstance(caught.value.at, catalog.JSONProblem)
    assert (caught.value.at.line, caught.value.at.column) == (1, column)


def test_one_call_at_fault_does_not_hide_the_others_of_a_har() -> None:
    bodies = ['{"prompt": "x"}', '{"prompt": "x",}']
    posted = [{"postData": {"text": text}, "method": "POST", "url": URL, "headers": []} for text in bodies]
    assert [call.body for call in read(json.dumps({"log": {"entries": posted}}))] == [{"prompt": "x"}]


def test_secrets_are_dropped_and_said() -> None:
    made = taken(
        "curl 'https://me:pw@gateway.example.com/runway/v1/pro/generate?api_key=abc&x=1' -u me:pw -b 'sid=secret-1' "
        "-H 'Authorization: Bearer sk-secret-1' -H 'X-Api-Key: secret-1' -H 'Cookie: a=secret-1' "
        """-d '{"prompt": "x", "api_key": "secret-1", "key": "sk-secret-1secret-1secret-1","""
        """ "deep": {"token": "secret-1", "max": 1}}'"""
    )
    assert made.body == {"prompt": "x", "deep": {"max": 1}}
    secrets = {row.key for row in made.rows if row.verdict == "secret"}
    assert secrets >= {"api_key", "key", "deep.token", "Authorization", "X-Api-Key", "Cookie", "--user", "--cookie"}
    assert "secret-1" not in repr([row for row in made.rows if row.verdict == "secret"])
    assert "secret-1" not in repr(made.body)
    assert verdicts(made)["x"] == "left"


def test_a_path_of_a_connections_own_is_known_and_one_below_a_base_too() -> None:
    own = {"runway.generate-text": "/my/runway"}
    assert taken("curl https://g.example/my/runway -d '{\"prompt\": 1}'", own).candidate.sure
    made = taken('curl https://g.example/base/v9/runway/v1/pro/generate -d \'{"prompt": "x"}\'')
    assert (made.candidate.operation.slug, made.candidate.sure) == ("runway.generate-text", True)
    fast = taken('curl https://g.example/fast/mj/submit/imagine -d \'{"prompt": "x"}\'')
    assert (fast.candidate.operation.slug, fast.values) == ("midjourney.imagine", {"speed": "fast"})


@pytest.mark.parametrize("operation", [each for each in MAKERS if each.example], ids=lambda each: each.slug)
def test_a_bare_body_finds_its_operation_among_the_best(operation: catalog.Operation) -> None:
    if isinstance(operation.example, dict) and len(operation.example) > 2:
        found = candidates(read(catalog.dumps(operation.example))[0], [])
        assert operation.slug in [each.operation.slug for each in found]
        assert not any(each.sure for each in found)


@pytest.mark.parametrize("as_text", [False, True])
@pytest.mark.parametrize(
    ("asked", "slug"),
    [
        ('{"resemblance":60,"detail":75,"prompt":"red bicycle, crisp paint"}', "ideogram.upscale"),
        ('{"prompt":"the same bicycle in winter","image_weight":65}', "ideogram.remix"),
        ('{"num_images":2}', "ideogram.upscale"),
    ],
)
def test_what_stands_inside_an_object_tells_operations_apart(asked: str, slug: str, as_text: bool) -> None:
    body = {"image_file": "@image.png", "image_request": asked if as_text else catalog.loads(asked)}
    [pasted] = read(catalog.dumps(body))
    assert candidates(pasted, [])[0].operation.slug == slug


def test_a_har_and_an_entry_of_it_and_our_export() -> None:
    text = '{"prompt": "雨", "seed": 0.3999999999999999}'
    posted = {"mimeType": "application/json", "text": text}
    entry = {
        "request": {"method": "POST", "url": URL, "headers": [{"name": "Cookie", "value": "s"}], "postData": posted}
    }
    other = {"request": {"method": "GET", "url": "https://g.example/a.css", "headers": []}}
    for pasted in (json.dumps({"log": {"entries": [other, entry]}}), json.dumps(entry), json.dumps(entry["request"])):
        calls = read(pasted)
        assert len(calls) == 1
        assert (
            catalog.dumps(take(calls[0], candidates(calls[0], [])[0]).body)
            == '{"prompt":"雨","seed":0.3999999999999999}'
        )
    ours = taken('{"operation": "runway.generate-image", "body": {"prompt": "x"}}')
    assert (ours.candidate.operation.slug, ours.candidate.sure) == ("runway.generate-image", True)


# As curl 7.88 sends them.
@pytest.mark.parametrize(
    ("written", "sent", "cut"),
    [
        ('"a cat"', "a cat", ""),
        (r'"say \"hi\" \\ x";type=text/plain', 'say "hi" \\ x', ""),
        (r'"a\nb"', r"a\nb", ""),
        ("red; green", "red", "; green"),
        ("a;type=text/plain;charset=utf-8", "a", ""),
        ("a; TYPE=text/plain; charset=utf-8 ;filename=x", "a", ""),
        ('{"a":1};type=application/json;filename=x.json', '{"a":1}', ""),
        ('{"a":"x;y"}', '{"a":"x', ';y"}'),
        (" \tlead and end ", "lead and end", ""),
        ('"kept " ;type=a/b', "kept ", ""),
        ('"a" cat', "a", "cat"),
        ('"a cat', '"a cat', ""),
        ('"a cat\\"', '"a cat\\"', ""),
        ('say "hi"', 'say "hi"', ""),
        ('a;filename="x;y.txt";headers="X: 1;2";encoder=8bit', "a", ""),
        ("a;;b", "a", ";;b"),
        ("", "", ""),
        ('"一只;小猫"', "一只;小猫", ""),
    ],
)
def test_a_text_part_is_what_curl_sends(written: str, sent: str, cut: str) -> None:
    pasted = read_curl(f"curl https://g.example/x --form {shlex.quote('prompt=' + written)}")
    assert (pasted.body, pasted.unread) == ({"prompt": sent}, [("prompt", cut)] if cut else [])
    plain = read_curl(f"curl https://g.example/x --form-string {shlex.quote('prompt=' + written)}")
    assert (plain.body, plain.unread) == ({"prompt": written}, [])


@given(TEXT)
def test_a_quoted_part_gives_any_text_back(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    assert option_text(f'"{escaped}";type=text/plain') == (text, "")


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (["--json", '{"prompt":"a",', "--json", '"seed":1}'], {"prompt": "a", "seed": 1}),
        (["--json", '{"prompt":', "--json", '"a=b"}'], {"prompt": "a=b"}),
        (["-d", "a=1", "-d", "b=2"], {"a": "1", "b": "2"}),
        (["-d", "", "-d", "b=2"], {"b": "2"}),
        (["--data-urlencode", "a=x & y", "-d", "b=2"], {"a": "x & y", "b": "2"}),
    ],
)
def test_what_is_given_in_pieces_is_joined_as_curl_joins_it(given: list[str], sent: dict[str, Any]) -> None:
    assert read_curl(shlex.join(["curl", "https://g.example/x", *given])).body == sent


def test_a_text_without_a_name_is_no_part_of_a_form() -> None:
    pasted = call_of(bash("curl https://g.example/x --data-urlencode '=a b'"))
    assert (pasted.body, pasted.unread) == ({}, [("", "a%20b")])


PARTS = (
    '--X-1\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na "cat";\r\n\r\n--X-2\r\n'
    '--X-1\r\nContent-Disposition: form-data; name="image"; filename="fox %22a%22.png"\r\nContent-Type: image/png\r\n'
    '\r\n\ufffdPNG\r\n\r\n--X-1\r\nContent-Disposition: form-data; name="seed"\r\nContent-Type: text/plain\r\n\r\n7\r\n'
    '--X-1\r\nContent-Disposition: form-data; name="mask"; filename=""\r\n\r\n\r\n'
    '--X-1\r\nContent-Disposition: form-data; name="style_preset"\r\n\r\n\r\n--X-1--\r\n'
)
KIND = "multipart/form-data; boundary=X-1"
CORE = "https://g.example/sd/v2beta/stable-image/generate/core"


def entry(**posted: Any) -> dict[str, Any]:
    headers = [{"name": "Content-Type", "value": KIND}]
    return {"request": {"method": "POST", "url": CORE, "headers": headers, "postData": {"mimeType": KIND} | posted}}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(entry(text=PARTS)),
        json.dumps(entry(text=PARTS, params=[])),
        json.dumps({"log": {"entries": [entry(text=PARTS, params=[])]}}),
        f"curl {CORE} -H 'content-type: {KIND}' --data-raw {ansi(PARTS)}",
        f"curl {CORE} -H 'content-type: multipart/form-data; boundary=\"X-1\"' --data-raw {ansi(PARTS)}",
    ],
)
def test_the_parts_that_a_browser_recorded_are_read(text: str) -> None:
    [pasted] = read(text)
    sent = {"prompt": 'a "cat";\r\n\r\n--X-2', "seed": "7", "style_preset": ""}
    assert (pasted.body, pasted.files, pasted.unread) == (sent, [("image", 'fox "a".png')], [])
    assert taken(text).body == {"prompt": 'a "cat";\r\n\r\n--X-2', "seed": 7, "style_preset": ""}


def test_parts_without_their_boundary_are_told() -> None:
    [pasted] = read(json.dumps(entry(text=PARTS, mimeType="multipart/form-data", params=[])))
    assert (pasted.body, pasted.unread) == ({}, [("", PARTS)])


def test_a_form_is_read_by_the_types_of_its_fields() -> None:
    made = taken(f"curl {URL} -d prompt=a+b%26c -d seed=7 -d model=gen3")
    assert made.body["prompt"] == "a b&c"
    assert verdicts(made)["prompt"] == "ok"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (" \n", "empty"),
        ("x" * (MOST + 1), "long"),
        ("curl 'https://g.example", "not-closed"),
        ("curl -X POST", "no-address"),
        ('{"a": 1,}', "json"),
        ("[1]", "no-body"),
        ('{"log": {"entries": []}}', "no-calls"),
        ("hello", "nothing"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(text)
    assert caught.value.reason == reason


@given(
    text=st.text(max_size=200)
    | st.text(st.sampled_from("curl -dHFX@\"'$\\^`{}[]:,|<>\n 1a=&;"), max_size=80).map("curl ".__add__)
)
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        pasted = read(text)[0]
    except Unreadable:
        return
    for each in candidates(pasted, []):
        take(pasted, each)


def test_each_value_inside_an_object_has_a_row() -> None:
    made = taken(f'curl {URL} -d \'{{"options": {{"seconds": 10, "motion_vector": {{"x": 1}}, "q": [2]}}, "z": 1}}\'')
    assert [row[:3] for row in made.rows] == [
        ("ok", "options.seconds", "options.seconds"),
        ("ok", "options.motion_vector.x", "options.motion_vector.x"),
        ("unknown", "options.q", ""),
        ("unknown", "z", ""),
    ]


@pytest.mark.parametrize(
    "host",
    [
        "https://[your-domain]",
        "https://[host]",
        "http://[::1",
        "https://api℀.com",
        "https://{{host}}",
        "[your-domain]",
        "//h",
    ],
)
def test_what_stands_in_the_place_of_the_host_does_not_matter(host: str) -> None:
    address = f"{host}/runway/v1/pro/generate?a=1/2#b/c"
    made = taken(f"""curl -X POST '{address}' -d '{{"prompt":"fox","model":"gen3"}}'""")
    assert (made.candidate.operation.slug, made.candidate.sure) == ("runway.generate-text", True)
    entry = {"request": {"method": "POST", "url": address, "headers": [], "postData": {"text": '{"prompt": "fox"}'}}}
    assert taken(json.dumps({"log": {"entries": [entry]}})).candidate.sure


def test_a_document_for_the_pipe_stands_below_a_line_that_goes_on() -> None:
    text = f'cat <<EOF | curl -H "A: b" \\\n  {URL} \\\n  -d @- | jq .\n{{"prompt": "雨"}}\nEOF\n'
    made = read(text)[0]
    assert (made.url, made.body, made.unread) == (URL, {"prompt": "雨"}, [])
