#!/usr/bin/env python3
"""Make the shipped encoder: `encoder.py model.safetensors tokenizer.json` cuts MiniLM after its fourth layer.

Layers 5 and 6 serve sentence similarity and make every label harder to read (RESULTS.md). The weights are those of
sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), stored in 8 bits; nothing is trained here.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from torch import Tensor, nn

WIDTH = 384
ATTENTION_HEADS = 12
LAYERS = 4
SHIPPED = Path(__file__).parent.parent / "daemon" / "labels"


class Layer(nn.Module):
    """One transformer layer, as BERT has it."""

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(WIDTH, WIDTH)
        self.key = nn.Linear(WIDTH, WIDTH)
        self.value = nn.Linear(WIDTH, WIDTH)
        self.mixed = nn.Linear(WIDTH, WIDTH)
        self.mixed_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.wide = nn.Linear(WIDTH, 4 * WIDTH)
        self.narrow = nn.Linear(4 * WIDTH, WIDTH)
        self.narrow_norm = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """States (batch, tokens, WIDTH), mask (batch, tokens) of 1 and 0."""
        batch, tokens, _ = states.shape

        def split(projected: Tensor) -> Tensor:
            return projected.view(batch, tokens, ATTENTION_HEADS, WIDTH // ATTENTION_HEADS).transpose(1, 2)

        query, key, value = split(self.query(states)), split(self.key(states)), split(self.value(states))
        scores = query @ key.transpose(-1, -2) / (WIDTH // ATTENTION_HEADS) ** 0.5
        scores = scores + (1.0 - mask[:, None, None, :]) * -1e4
        mixed = (torch.softmax(scores, -1) @ value).transpose(1, 2).reshape(batch, tokens, WIDTH)
        states = self.mixed_norm(states + self.mixed(mixed))
        wide = nn.functional.gelu(self.wide(states))
        out: Tensor = self.narrow_norm(states + self.narrow(wide))
        return out


class Encoder(nn.Module):
    """Token ids and segments (0: said before, 1: said), each (1, tokens), to the mean state of either segment."""

    def __init__(self) -> None:
        super().__init__()
        self.word = nn.Embedding(30522, WIDTH)
        self.place = nn.Embedding(512, WIDTH)
        self.segment = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, ids: Tensor, segments: Tensor) -> Tensor:
        """Return (1, 2 * WIDTH)."""
        mask = torch.ones_like(ids).float()
        places = torch.arange(ids.shape[1], device=ids.device)
        states: Tensor = self.norm(self.word(ids) + self.place(places)[None] + self.segment(segments))
        for layer in self.layers:
            states = layer(states, mask)
        said = segments.float()
        return torch.cat([mean(states, mask - said), mean(states, said)], 1)


def mean(states: Tensor, mask: Tensor) -> Tensor:
    """Mean state over a mask, zero where it is empty."""
    return (states * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True).clamp(min=1.0)


def pretrained(weights: Path) -> Encoder:
    """Return MiniLM's embeddings and first LAYERS layers."""
    source, encoder = load_file(weights), Encoder()
    names = {"word": "word_embeddings", "place": "position_embeddings", "segment": "token_type_embeddings"}
    for own, theirs in names.items():
        getattr(encoder, own).weight.data.copy_(source[f"embeddings.{theirs}.weight"])
    _copy(encoder.norm, source, "embeddings.LayerNorm")
    for number, layer in enumerate(encoder.layers):
        for own, theirs in _LAYER_NAMES.items():
            _copy(getattr(layer, own), source, f"encoder.layer.{number}.{theirs}")
    return encoder.eval()


_LAYER_NAMES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "mixed": "attention.output.dense",
    "mixed_norm": "attention.output.LayerNorm",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
    "narrow_norm": "output.LayerNorm",
}


def _copy(module: nn.Module, source: dict[str, Tensor], name: str) -> None:
    module.weight.data.copy_(source[f"{name}.weight"])
    module.bias.data.copy_(source[f"{name}.bias"])


def main() -> None:
    """Write encoder.onnx and tokenizer.json into the package."""
    weights, tokenizer = map(Path, sys.argv[1:3])
    example = torch.zeros(1, 20, dtype=torch.int64), torch.ones(1, 20, dtype=torch.int64)
    axes = {"ids": {1: "tokens"}, "segments": {1: "tokens"}}
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            pretrained(weights),
            example,
            str(whole),
            input_names=list(axes),
            output_names=["means"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(
            whole,
            SHIPPED / "encoder.onnx",
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gather"],
        )
    shutil.copy(tokenizer, SHIPPED / "tokenizer.json")


if __name__ == "__main__":
    main()
