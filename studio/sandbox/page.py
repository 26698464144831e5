"""The front page for a person who opens the sandbox in a browser."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from studio.sandbox.faults import FAULTS
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, as_text
from studio.sandbox.world import World

LOOK = """
:root { color-scheme: light dark; font: 16px/1.55 system-ui, "Noto Sans CJK SC", sans-serif; }
body { max-width: 60rem; margin: 3rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem; } h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem; }
p { max-width: 42rem; margin: .5rem 0; } .zh { opacity: .72; }
code, pre { font: .875em/1.5 ui-monospace, monospace; }
pre { padding: .75rem 1rem; overflow-x: auto; background: #8881; border-radius: 6px; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .925rem; }
th, td { text-align: start; vertical-align: top; padding: .4rem 1rem .4rem 0; border-top: 1px solid #8884; }
th { font-weight: 600; border-top: 0; } td:first-child { white-space: nowrap; }
"""


def front(world: World, request: Request, routes: Iterable[Route]) -> Answer:
    state = world.state()
    operations = "".join(_row(f"{route.method} {route.path}", route.en, route.zh) for route in routes)
    faults = "".join(_row(fault.name, fault.en, fault.zh) for fault in FAULTS)
    base = escape(request.base)
    return as_text(
        f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sandbox gateway</title><style>{LOOK}</style></head>
<body>
<h1>Sandbox gateway</h1>
<p>A stand-in for a media-generation gateway. It answers, charges play points, calls back and serves small real
videos and pictures, but nothing here costs money. Any key that begins with <code>sk-</code> is accepted. What it knows
is kept in memory: a restart forgets tasks and ledger, while links to pictures, films and sounds go on working until
they expire.</p>
<p class="zh" lang="zh">媒体生成网关的替身：照常应答、扣除模拟积分、回调并提供真实的小视频和图片，但不产生任何费用。
任何以 <code>sk-</code> 开头的密钥都可使用。数据只保存在内存中，重启后任务与账目清空，
图片、影片和声音的链接在过期前仍然有效。</p>
<p>Speed: {state["speed"]:g}. Tasks: {state["task_count"]}. Points charged: {state["ledger"]["charged"]}.
Faults switched on: {len(state["faults"])}.</p>
<h2>Operations</h2>
<div class="wide"><table><tr><th>Call</th><th>Does</th><th lang="zh">用途</th></tr>{operations}</table></div>
<h2>Try it</h2>
<pre>curl {base}/runway/v1/pro/generate -H 'Authorization: Bearer sk-anything' -H 'Content-Type: application/json' \\
  -d '{{"callback_url":"http://127.0.0.1:9/","model":"gen3","prompt":"a paper boat","options":{{"seconds":5}}}}'</pre>
<h2>The door</h2>
<p>Everything about the sandbox itself is JSON under <code>/_sandbox/</code>. Where it was started with
<code>STUDIO_SANDBOX_SECRET</code>, as the studio starts it, it wants that in the header
<code>X-Sandbox-Secret</code>.</p>
<pre>curl {base}/_sandbox/state      # speed, faults, tasks
curl {base}/_sandbox/ledger     # every submit and what it was charged
curl {base}/_sandbox/faults     # every fault by name
curl {base}/_sandbox/speed  -d '{{"speed": 100}}'
curl {base}/_sandbox/faults -d '{{"seed": 1, "faults": {{"lose-callback": 1, "double-callback": 0.2}}}}'
curl {base}/_sandbox/step   -d '{{"seconds": 30}}'
curl {base}/_sandbox/wipe   -X POST</pre>
<h2>Faults</h2>
<p>A share from 0 to 1 says how often a fault happens; the seed makes it happen in the same places again.</p>
<div class="wide"><table><tr><th>Name</th><th>What happens</th><th lang="zh">说明</th></tr>{faults}</table></div>
</body></html>
""",
        "text/html",
    )


def _row(name: str, en: str, zh: str) -> str:
    return f'<tr><td><code>{escape(name)}</code></td><td>{escape(en)}</td><td lang="zh">{escape(zh)}</td></tr>\n'
