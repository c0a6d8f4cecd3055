"""Text -> what a small language model, tuned on the training texts, reads in it.

The words of a text do not say all: who did what to whom, and what was left undone, is in how they
stand together. The encoder in models/encoder is a pre-trained model of language (its card tells
which), tuned on the texts in models/texts by `miner/tuning.py`. It turns each token into a vector
that knows its neighbours; a theme's log odds are a sum over the vectors of the text and over those of
the sentence that speaks loudest for it, so that each word's share in them is known.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent.parent / "models" / "encoder"
WORD = re.compile(r"[a-z0-9&£]+(?:['-][a-z0-9]+)*")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
STRAIGHT = str.maketrans("‘’“”", "''\"\"")
TONES = 3
MOST_TOKENS = 384
"""Words and parts of words of a text that are read; no example comes near it (165 words are some 220)."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the encoder read in a text of n words. `shares`: of each word in the log odds of each theme, (n, themes)."""

    themes: Array
    tones: Array
    words: tuple[str, ...]
    shares: Array


class Encoder:
    """The tuned encoder in `folder`; the same text gives the same reading, alone or among others.

    Raises OSError where a file is missing.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        for name in ("encoder.onnx", "tokenizer.json"):
            if not (folder / name).exists():
                raise FileNotFoundError(f"{folder / name}")

    @cached_property
    def hash(self) -> str:
        """A hash of the encoder's weights."""
        return hashlib.sha256((self._folder / "encoder.onnx").read_bytes()).hexdigest()

    @cached_property
    def _session(self) -> Any:
        from onnxruntime import InferenceSession

        return InferenceSession(str(self._folder / "encoder.onnx"), providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Any:
        return open_tokenizer(self._folder)

    @cached_property
    def _vectors(self) -> dict[str, NDArray[np.float32]]:
        return {}

    def vector(self, text: str) -> Array:
        """The text's vector: the mean of its tokens'. Kept from an earlier reading."""
        if text_hash(text) not in self._vectors:
            self.read(text)
        return self._vectors[text_hash(text)].astype(np.float64)

    def read(self, text: str) -> Encoded:
        """Log odds of themes and tones as the encoder alone sees them, and each word's share in the themes'."""
        lowered = _finished(text.lower().translate(STRAIGHT))
        encoding = self._tokenizer.encode(lowered)
        tokens = np.array([encoding.ids], dtype=np.int64)
        # Of each token, for the text and for its sentence: (tokens, themes + themes + tones).
        votes, vector, offsets = self._session.run(None, {"tokens": tokens})
        self._vectors[text_hash(text)] = vector
        themes = (votes.shape[1] - TONES) // 2
        owners = sentence_of(lowered, encoding.offsets)
        sentences = np.unique(owners[owners >= 0])
        means = np.array([votes[owners == at, themes : 2 * themes].mean(axis=0) for at in sentences])
        means = means if len(means) else np.zeros((1, themes))
        whole = votes.mean(axis=0) + offsets
        shares = votes[:, :themes] / len(votes)
        for theme, at in enumerate(means.argmax(axis=0) if len(sentences) else ()):
            inside = owners == sentences[at]
            shares[inside, theme] += votes[inside, themes + theme] / inside.sum()
        words, of_words = _by_word(lowered, encoding.offsets, shares)
        return Encoded(
            whole[:themes] + means.max(axis=0) + offsets[themes : 2 * themes],
            whole[2 * themes :],
            words,
            of_words,
        )


def _finished(text: str) -> str:
    """The text with a full stop where a bullet or a quotation went without one: all training texts have theirs."""
    text = text.rstrip(" ;,:\n")
    return text + "." if text[-1:].isalnum() else text


def text_hash(text: str) -> str:
    """By what a text is known to the encoder's files."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def open_tokenizer(folder: Path) -> Any:
    """The encoder's tokenizer: text to tokens with their places, cut at MOST_TOKENS."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_TOKENS)
    return tokenizer


def sentence_of(text: str, offsets: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """The sentence, from 0, that each token (start, end in characters) stands in; -1 for tokens without characters."""
    ends = [match.end() for match in SENTENCE_END.finditer(text)]
    places = np.searchsorted(ends, [start for start, _ in offsets], side="right")
    return np.where([end > start for start, end in offsets], places, -1)


def _by_word(text: str, offsets: Sequence[tuple[int, int]], shares: Array) -> tuple[tuple[str, ...], Array]:
    """The words of the text and the shares of the tokens that make up each."""
    matches = list(WORD.finditer(text))
    of_words = np.zeros((len(matches), shares.shape[1]))
    starts = [match.start() for match in matches]
    for (start, end), share in zip(offsets, shares, strict=True):
        at = int(np.searchsorted(starts, start, side="right")) - 1
        if end > start and at >= 0 and start < matches[at].end():
            of_words[at] += share
    return tuple(match.group() for match in matches), of_words
