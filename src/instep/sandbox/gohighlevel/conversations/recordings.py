"""What a simulated call leaves behind: a recording (a short tone) and what was said."""

from __future__ import annotations

import io
import math
import struct
import wave
from functools import cache
from typing import Any

SECONDS = 2
"""How long every simulated call lasts."""

SENTENCE = "Thank you for calling, this is a simulated call."

_RATE = 8_000
_LOUDNESS = 8_000
_PITCH = 440


@cache
def tone() -> bytes:
    """Return the recording of a call: a WAV file, mono, 16 bit."""
    file = io.BytesIO()
    with wave.open(file, "wb") as audio:
        audio.setnchannels(1)
        audio.setsampwidth(2)
        audio.setframerate(_RATE)
        step = 2 * math.pi * _PITCH / _RATE
        samples = (int(_LOUDNESS * math.sin(step * place)) for place in range(_RATE * SECONDS))
        audio.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return file.getvalue()


def transcription() -> dict[str, Any]:
    """Return what was said. There is one sentence: the specification describes no list of them."""
    return {
        "mediaChannel": 1,
        "sentenceIndex": 0,
        "startTime": 0,
        "endTime": SECONDS * 1000,
        "transcript": SENTENCE,
        "confidence": 0.98,
    }


def transcript_file() -> bytes:
    """Return what was said as a text file; not in the facts: how its lines look."""
    return f"00:00 - 00:0{SECONDS}\n{SENTENCE}\n".encode()
