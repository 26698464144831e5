"""Texts that break careless quoting, and the calls that hold them all."""

from __future__ import annotations

from studio import catalog
from studio.catalog import paths
from studio.composer.code import Part, Request

NASTY = [
    "雨中的纸船，逆光",
    "😀 👩‍👩‍👧 🏳️‍🌈 \U000e0001",
    'it\'s "quoted" `so` ‘too’ “here” «there»',
    "'; exit 1; '",
    "$HOME ${HOME} $(id) `id` $1 $$ {$x} \\$y",
    '#{1 + 1} #$0 %d %s %% %n %@ \\(1) #{"}"}',
    "C:\\new\\table\\u0041\\x41\\0\\101 \\\\ \\' \\\" \\",
    "one\ntwo\r\nthree\rfour\tfive\n",
    "\x01\x07\x08\x0b\x0c\x1b\x7f9\x7fa\x80\x85\x9f",
    "\u2028\u2029\u200b\ufeff\u202etxt\u2066\u00a0\u3000",
    "what??! why???! ?????? ????/ ??= ??/ ??' ?? /* */ // -- <!-- </script> {json|x|json}",
    "-d @file !! !x ^ & | < > ~ * ? [a] {b,c}",
    "@home; type=text/plain",
    "<file",
    " ends with blanks  ",
    "%20 + & = ; , : /",
    "'''\"\"\"```",
    "é ñ ß ي ि \u0301",
    "",
]
FILE = "草图 1.bin"
FILE_BYTES = bytes(range(256)) * 3 + b"\r\n--form\r\n"


def json_call(url: str) -> Request:
    body = {f"k{at}{text[:9]}": text for at, text in enumerate(NASTY)} | {"n": catalog.loads("0.3999999999999999")}
    headers = (("X-Runway-Version", "2024-11-06"), ("Accept", "application/json"))
    return Request("POST", f"{url}/v1/json?q=%E9%9B%A8", headers, body=catalog.dumps(body))


def form_call(url: str) -> Request:
    parts = [Part(f"p{at}", text) for at, text in enumerate(NASTY)]
    parts += [Part("list[]", "a"), Part("list[]", "b"), Part("image", FILE, is_file=True), Part("last", "x")]
    return Request("POST", f"{url}/v1/form", (("Accept", "application/json"),), parts=tuple(parts))


def get_call(url: str) -> Request:
    """Without U+202E, which Mono takes out of an address."""
    texts = [text.replace("\u202e", "") for text in NASTY]
    asked = paths.query([("ids", "a,b"), *((f"x{at}", text) for at, text in enumerate(texts))])
    return Request("GET", f"{url}/v1/get/%E9%9B%A8{asked}")
