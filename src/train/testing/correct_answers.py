"""Right answers in training mode by PyTorch, for correctAnswers.ts: `python3 correct_answers.py FOLDER...` reads case.json and
weights.safetensors in each and prints [[right answers of each batch], ...]."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))
import numpy as np  # noqa: E402
import torch  # noqa: E402
from verify_with_pytorch import network_of, read_safetensors  # noqa: E402


def answer(folder):
    case = json.loads((folder / "case.json").read_text())
    height, width, channels = case["input"]
    model, _ = network_of(case["network"], (channels, height, width), case["classes"])
    model.load_state_dict(read_safetensors(folder / "weights.safetensors"), strict=True)
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
