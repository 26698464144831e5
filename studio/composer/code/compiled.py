"""Go with its own library, OCaml with Cohttp."""

from __future__ import annotations

from studio.composer.code.literals import decimal, four_or_eight, quoted
from studio.composer.code.request import KEY, Part, Request


def go(request: Request) -> str:
    body, reads = "nil", False
    if request.body is not None:
        body = f"strings.NewReader({_go(request.body)})"
    elif request.parts is not None:
        reads = any(part.is_file for part in request.parts)
        pieces = [f"read({_go(p.text)})" if isinstance(p, Part) else _go(p) for p in request.pieces]
        body = "strings.NewReader(\n\t\t" + " +\n\t\t\t".join(pieces) + ")"
    imports = ["fmt", "io", "net/http", "os", *(["strings"] if body != "nil" else [])]
    read = [
        "",
        "func read(name string) string {",
        "\tdata, err := os.ReadFile(name)",
        *_panic(),
        "\treturn string(data)",
        "}",
    ]
    return "\n".join(
        [
            "package main",
            "",
            "import (",
            *(f'\t"{name}"' for name in imports),
            ")",
            "",
            "func main() {",
            f"\trequest, err := http.NewRequest({_go(request.method)}, {_go(request.url)}, {body})",
            *_panic(),
            *(f"\trequest.Header.Set({_go(name)}, {_go(value)})" for name, value in request.all_headers),
            f'\trequest.Header.Set("Authorization", "Bearer "+os.Getenv("{KEY}"))',
            "\tresponse, err := http.DefaultClient.Do(request)",
            *_panic(),
            "\tdefer response.Body.Close()",
            "\ttext, err := io.ReadAll(response.Body)",
            *_panic(),
            "\tfmt.Println(string(text))",
            "}",
            *(read if reads else []),
        ]
    )


def ocaml(request: Request) -> str:
    body, reads = "", False
    if request.body is not None:
        body = _ocaml(request.body)
    elif request.parts is not None:
        reads = any(part.is_file for part in request.parts)
        pieces = [f"read {_ocaml(p.text)}" if isinstance(p, Part) else _ocaml(p) for p in request.pieces]
        body = 'String.concat "" [\n    ' + ";\n    ".join(pieces) + ";\n  ]"
    read = [
        "let read name =",
        "  let file = open_in_bin name in",
        "  let data = really_input_string file (in_channel_length file) in",
        "  close_in file;",
        "  data",
        "",
    ]
    given = " ~body ~chunked:false" if body else ""  # some gateways refuse a body without its length
    return "\n".join(
        [
            "open Lwt.Infix",
            "",
            *(read if reads else []),
            "let () =",
            "  let headers = Cohttp.Header.of_list [",
            *(f"    {_ocaml(name)}, {_ocaml(value)};" for name, value in request.all_headers),
            f'    "Authorization", "Bearer " ^ Sys.getenv "{KEY}";',
            "  ] in",
            *([f"  let body = Cohttp_lwt.Body.of_string ({body}) in"] if body else []),
            f"  let uri = Uri.of_string {_ocaml(request.url)} in",
            f"  let call = Cohttp_lwt_unix.Client.call ~headers{given} `{request.method} uri in",
            "  Lwt_main.run",
            "    (call >>= fun (_, answer) ->",
            "     Cohttp_lwt.Body.to_string answer >>= Lwt_io.printl)",
        ]
    )


def _panic() -> list[str]:
    return ["\tif err != nil {", "\t\tpanic(err)", "\t}"]


def _go(text: str) -> str:
    return quoted(text, '"', four_or_eight)


def _ocaml(text: str) -> str:
    return quoted(text, '"', decimal)
