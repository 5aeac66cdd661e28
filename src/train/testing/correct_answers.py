"""Right answers in training mode by PyTorch, for correctAnswers.ts: `python3 correct_answers.py FOLDER...` reads case.json and
weights.safetensors in each and prints [[right answers of each batch], ...]."""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch_case import loaded


def answer(folder):
    case, model = loaded(folder)
    height, width, channels = case["input"]
    model.train()
    counts = []
    for batch in case["batches"]:
        x = torch.tensor(batch["inputs"]).reshape(batch["size"], height, width, channels).permute(0, 3, 1, 2)
        targets = np.array(batch["targets"]).reshape(batch["size"], case["classes"])
        with torch.no_grad():
            logits = model(x)
        if case["task"] == "multi-label":
            right = (torch.sigmoid(logits).numpy() > 0.5) == (targets == 1)
        else:
            right = logits.numpy().argmax(-1) == targets.argmax(-1)
        counts.append(int(right.sum()))
    return counts


print(json.dumps([answer(Path(folder)) for folder in sys.argv[1:]]))
