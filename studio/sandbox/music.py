"""Makes songs that can be heard: a melody over four chords, other notes for every song, as MP3 or under a picture."""

from __future__ import annotations

import hashlib
import io
import math
import tempfile
from array import array
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import chain, count, islice
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from PIL import Image

from studio.sandbox.film import Film
from studio.sandbox.painting import Painter, poster, show, stream_of

RATE = 16_000  # samples a second, one channel
BEAT = RATE * 2 // 5  # a note, at 150 beats a minute
CHORD = 4 * BEAT
PIECE = 1024
LOUD = 9000
SCALE = (0, 3, 5, 7, 10, 12, 15)  # half tones above the key; of these notes any two sound well together
ROUNDS = (((0, 3, 7), (-4, 0, 3), (3, 7, 10), (-2, 2, 5)), ((0, 3, 7), (5, 8, 12), (-4, 0, 3), (-2, 2, 5)))
STREAMED = 3  # a stream that is asked for early holds a third of the song
Wave = list[float]


@lru_cache(maxsize=64)
def tone(half_tones: int, length: int, *, soft: bool) -> Wave:
    """A plucked or a held note, from -1 to 1, so many half tones above 220 Hz."""
    step = 2 * math.pi * 220 * 2 ** (half_tones / 12) / RATE
    overtone, fade, rise = (0.15, 1.2, 0.15 * RATE) if soft else (0.35, 5.0, 0.01 * RATE)
    sine, fall, end = math.sin, math.exp(-fade / length), 0.02 * RATE
    loud, wave = 1.0, []
    for at in range(length):
        swell = min(1.0, at / rise, (length - at) / end)
        wave.append(loud * swell * (sine(step * at) + overtone * sine(2 * step * at)))
        loud *= fall
    return wave


@lru_cache(maxsize=32)
def chord(tones: tuple[int, ...]) -> Wave:
    held = [tone(half, CHORD, soft=True) for half in tones]
    return [0.28 * sum(values) for values in zip(*held, strict=True)]


def bars(film: Film) -> Iterator[Wave]:
    """The song, chord by chord, without an end. All that is in it follows from the film."""
    chance = hashlib.shake_128(film.token.encode()).digest(512)
    key, chords, note = chance[0] % 8 - 4, ROUNDS[chance[1] % 2], 3
    for number in count():
        bar = list(chord(tuple(key + half for half in chords[number % 4])))
        for beat in range(4):
            byte = chance[(2 + 4 * number + beat) % 512]
            note = max(0, min(len(SCALE) - 1, note + byte % 5 - 2))
            if byte % 7:  # else a rest
                heard, start = tone(key + 12 + SCALE[note], BEAT, soft=False), beat * BEAT
                both = zip(bar[start : start + BEAT], heard, strict=True)
                bar[start : start + BEAT] = [held + 0.5 * plucked for held, plucked in both]
        yield bar


@lru_cache(maxsize=4)
def samples(film: Film, seconds: float) -> array[int]:
    """Whole numbers of 16 bits, faded out at the end."""
    whole = round(seconds * RATE)
    wave = list(islice(chain.from_iterable(bars(film)), whole))
    fade = min(whole, RATE)
    for at in range(whole - fade, whole):
        wave[at] *= (whole - at) / fade
    return array("h", [int(LOUD * value) for value in wave])


def mp3(film: Film) -> bytes:
    """The whole song."""
    return _mp3(film, film.seconds)


def stream(film: Film) -> bytes:
    """What can be heard of it while it is still made."""
    return _mp3(film, max(2.0, film.seconds / STREAMED))


def _mp3(film: Film, seconds: float) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as container:
        _sing(container, container.add_stream("libmp3lame", rate=RATE, layout="mono"), samples(film, seconds))
    return out.getvalue()


def mp4(film: Film) -> bytes:
    """The song under one still picture."""
    picture = Image.open(io.BytesIO(poster(film))).convert("RGB")
    frame = av.VideoFrame.from_image(picture).reformat(format="yuv420p")  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "song.mp4")
        with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
            still = container.add_stream("libx264", rate=1, options={"preset": "ultrafast", "bf": "0"})
            still.width, still.height, still.pix_fmt = frame.width, frame.height, "yuv420p"
            sound = container.add_stream("aac", rate=RATE, layout="mono")
            for number in range(film.seconds):
                frame.pts, frame.time_base = number, Fraction(1, 1)
                container.mux(still.encode(frame))
            container.mux(still.encode(None))
            _sing(container, sound, samples(film, film.seconds))
        return path.read_bytes()


def film_mp4(film: Film) -> bytes:
    """The film as it moves, with the song under it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "film.mp4")
        with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
            moving = stream_of(container, film)
            sound = container.add_stream("aac", rate=RATE, layout="mono")
            show(container, moving, Painter(film))
            _sing(container, sound, samples(film, film.seconds))
        return path.read_bytes()


def _sing(container: OutputContainer, stream: AudioStream, song: array[int]) -> None:
    for start in range(0, len(song), PIECE):
        piece = song[start : start + PIECE]
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(piece))
        frame.planes[0].update(piece.tobytes())
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
