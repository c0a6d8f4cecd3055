"""Tuning the encoder, played with a tiny untrained one; needs what `pip install '.[tuning]'` brings."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="tuning is not installed (pip install '.[tuning]')")
pytest.importorskip("onnx", reason="tuning is not installed (pip install '.[tuning]')")
transformers = pytest.importorskip("transformers", reason="tuning is not installed (pip install '.[tuning]')")

from miner import encoder, themes, tuning  # noqa: E402
from miner.themes import THEMES, Labelled  # noqa: E402

TEXTS = [text for text in themes.read_texts() if text.batch != "corrections"]


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pre-trained encoder that has learned nothing: one layer of 16 numbers, made of chance."""
    folder = tmp_path_factory.mktemp("base")
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=30522, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    transformers.BertModel(config).save_pretrained(folder)
    shutil.copyfile(encoder.FOLDER / "tokenizer.json", folder / "tokenizer.json")
    return folder


def test_a_text_labelled_twice_is_learned_as_the_mean_of_both() -> None:
    first = Labelled("She came. Nobody asked.", ("compliance", "family"), "mixed", "x1", (("She came.", ("compliance",), "+"), ("Nobody asked.", ("family",), "-")))  # fmt: skip
    second = Labelled(first.text, ("compliance", "health"), "shortfall", "x1")
    tokenizer = encoder.open_tokenizer(encoder.FOLDER)
    (prepared,) = tuning.prepare([first], {("x1", first.text): second}, tokenizer)
    names = list(THEMES)
    assert [prepared.themes[names.index(name)] for name in ("compliance", "family", "health", "victims")] == [1, 0.5, 0.5, 0]  # fmt: skip
    assert prepared.tones.tolist() == [0, 0.5, 0.5]
    assert prepared.owners == [-1, 0, 0, 0, 1, 1, 1, -1]
    assert prepared.sentences[1, names.index("family")] == 1
    assert prepared.sentences[0, names.index("family")] == 0


def test_second_labels_find_their_texts() -> None:
    found = tuning.read_second(TEXTS, themes.FOLDER / "second_labels.jsonl")
    first = {(text.batch, text.text): text for text in TEXTS}
    assert set(found) <= set(first)
    assert len(found) > 3000
    agree = np.mean([found[key].tone == first[key].tone for key in found])
    assert agree > 0.9


def test_what_is_kept_reads_as_what_was_tuned(base: Path, tmp_path: Path) -> None:
    tokenizer = encoder.open_tokenizer(encoder.FOLDER)
    prepared = tuning.prepare(TEXTS[:64], {}, tokenizer)
    losses: list[str] = []
    network = tuning.tune(prepared, base, losses.append, epochs=3)
    told = [float(line.rsplit(" ", 1)[1]) for line in losses]
    assert told[2] < told[0]
    again = tuning.tune(prepared, base, losses.append, epochs=3)
    assert losses[:3] == losses[3:]
    assert all(torch.equal(one, two) for one, two in zip(network.parameters(), again.parameters(), strict=True))

    tuning.export(network, tmp_path / "encoder.onnx")
    shutil.copyfile(base / "tokenizer.json", tmp_path / "tokenizer.json")
    kept = encoder.Encoder(tmp_path)
    for text, row in zip(TEXTS[:5], prepared[:5], strict=True):
        with torch.no_grad():
            # Sentences as the reader finds them, not as the writer kept them.
            lowered = text.text.lower().translate(encoder.STRAIGHT)
            owners = torch.tensor(encoder.sentence_of(lowered, tokenizer.encode(lowered).offsets))
            tokens = torch.tensor([row.tokens])
            votes, tones, _, _ = network(tokens, torch.ones_like(tokens), owners.unsqueeze(0))
        read = kept.read(text.text)
        assert np.allclose(read.themes, votes[0].numpy(), atol=0.02)
        assert np.allclose(read.tones, tones[0].numpy(), atol=0.02)


def test_the_mean_of_networks_has_the_mean_of_their_weights(base: Path) -> None:
    one, two = tuning.Network(base), tuning.Network(base)
    with torch.no_grad():
        two.votes.bias.copy_(one.votes.bias + 1)
    before = one.votes.bias.clone()
    mean = tuning.mean_of([one, two])
    assert torch.allclose(mean.votes.bias, before + 0.5)
    assert torch.allclose(
        mean.layers.encoder.layer[0].output.dense.weight, two.layers.encoder.layer[0].output.dense.weight
    )
