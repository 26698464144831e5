"""A voice that nobody would take for a person's, but that can be heard: a tone for each letter, in six formats."""

from __future__ import annotations

import io
import math
import wave
from array import array
from fractions import Fraction
from functools import lru_cache
from typing import cast

import av
from av.audio.stream import AudioStream

from studio.sandbox.openai_words import number

RATE = 24_000  # samples a second, 16 bits, one channel
LETTER, REST = 0.07, 0.09  # seconds at speed 1
PIECE = 960
MORE_THAN_A_LETTER = 3  # a Chinese character is spoken as long as so many letters
VOWELS = {"a": (730, 1090), "e": (530, 1840), "i": (270, 2290), "o": (570, 840), "u": (300, 870)}
# Format -> container, encoder, sample format, samples a second, content type.
FORMATS = {
    "mp3": ("mp3", "libmp3lame", "s16p", RATE, "audio/mpeg"),
    "opus": ("ogg", "libopus", "s16", 48_000, "audio/opus"),
    "aac": ("adts", "aac", "fltp", RATE, "audio/aac"),
    "flac": ("flac", "flac", "s16", RATE, "audio/flac"),
    "wav": ("", "", "", RATE, "audio/wav"),
    "pcm": ("", "", "", RATE, "audio/pcm"),
}
# The same of a telephone: samples of 8 bits, without a header.
PHONE = {
    "g711_ulaw": ("mulaw", "pcm_mulaw", "s16", 8_000, "audio/basic"),
    "g711_alaw": ("alaw", "pcm_alaw", "s16", 8_000, "audio/x-alaw-basic"),
}


@lru_cache(maxsize=512)
def letter(pitch: int, vowel: str, length: int) -> bytes:
    """One letter: overtones of a pitch, louder where the vowel has its colour."""
    first, second = VOWELS[vowel]
    parts = []
    for overtone in range(1, 12):
        hertz = pitch * overtone
        colour = math.exp(-(((hertz - first) / 220) ** 2)) + 0.5 * math.exp(-(((hertz - second) / 300) ** 2))
        parts.append((2 * math.pi * hertz / RATE, 0.1 / overtone + colour))
    loudest = sum(loud for _, loud in parts)
    edge = max(1, length // 6)
    values = array("h")
    for at in range(length):
        swell = min(1.0, at / edge, (length - at) / edge)
        total = sum(loud * math.sin(step * at) for step, loud in parts)
        values.append(int(14_000 * swell * total / loudest))
    return values.tobytes()


def samples(text: str, voice: str, speed: float) -> bytes:
    """The whole text: letters sing, everything else is a rest."""
    base, spoken = 100 + number(voice) % 120, bytearray()
    for place, sign in enumerate(text):
        if not sign.isalnum():
            spoken += b"\0\0" * int(REST / speed * RATE)
            continue
        wide = MORE_THAN_A_LETTER if ord(sign) > 0x2E80 else 1
        vowel = sign.lower() if sign.lower() in VOWELS else "aeiou"[ord(sign) % 5]
        pitch = base + 4 * ((ord(sign) + place // 9) % 8)
        spoken += letter(pitch, vowel, int(wide * LETTER / speed * RATE))
    return bytes(spoken) or b"\0\0" * PIECE


def speak(text: str, voice: str, speed: float, format_: str) -> tuple[bytes, str]:
    """The spoken text, and its content type."""
    spoken = samples(text, voice, speed)
    container, encoder, layout, rate, media_type = (FORMATS | PHONE)[format_]
    if format_ == "pcm":
        return spoken, media_type
    if format_ == "wav":
        return _riff(spoken), media_type
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = cast(AudioStream, file.add_stream(encoder, rate=rate, layout="mono"))
        resampler = av.AudioResampler(format=layout, layout="mono", rate=rate)
        for start in range(0, len(spoken), 2 * PIECE):
            piece = spoken[start : start + 2 * PIECE]
            frame = av.AudioFrame(format="s16", layout="mono", samples=len(piece) // 2)
            frame.planes[0].update(piece)
            frame.sample_rate, frame.pts, frame.time_base = RATE, start // 2, Fraction(1, RATE)
            for ready in resampler.resample(frame):
                file.mux(stream.encode(ready))
        for ready in resampler.resample(None):
            file.mux(stream.encode(ready))
        file.mux(stream.encode(None))
    return out.getvalue(), media_type


def _riff(spoken: bytes) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(spoken)
    return out.getvalue()
