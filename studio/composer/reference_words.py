"""The catalog's own words as people read them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

STATUS = {
    "documented": (gettext_lazy("Documented"), gettext_lazy("A gateway's own page describes it.")),
    "seen": (gettext_lazy("Seen in client code"), gettext_lazy("No page describes it; programs that work call it so.")),
    "inferred": (
        gettext_lazy("Inferred"),
        gettext_lazy("No page of this gateway describes it; its family answers so."),
    ),
}
MAKES = {
    "video": gettext_lazy("Video"),
    "image": gettext_lazy("Picture"),
    "audio": gettext_lazy("Sound"),
    "text": gettext_lazy("Text"),
    "file": gettext_lazy("File"),
    "model": gettext_lazy("3D model"),
}
TRANSPORTS = {
    "json-task": gettext_lazy("JSON; the answer names a task, the result comes later"),
    "json-answer": gettext_lazy("JSON; the answer holds the result"),
    "json-binary": gettext_lazy("JSON; the answer is the file itself"),
    "json-stream": gettext_lazy("JSON; the answer is a stream of events"),
    "multipart-task": gettext_lazy("Form parts; the answer names a task, the result comes later"),
    "multipart-answer": gettext_lazy("Form parts; the answer holds the result"),
    "websocket": gettext_lazy("Frames over a web socket; the answer comes as events"),
}
CHARGED = {
    "no": gettext_lazy("not charged"),
    "yes": gettext_lazy("charged"),
    "maybe": gettext_lazy("may be charged"),
}
AGAIN = {"no": "", "later": gettext_lazy("try again later"), "yes": gettext_lazy("try again")}
