"""A case of a test as PyTorch sees it, for the scripts beside it: what its case.json says, and the network with the weights of
its weights.safetensors."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))
from verify_with_pytorch import network_of, read_safetensors  # noqa: E402


def loaded(folder):
    case = json.loads((folder / "case.json").read_text())
    height, width, channels = case["input"]
    model, _ = network_of(case["network"], (channels, height, width), case["classes"])
    model.load_state_dict(read_safetensors(folder / "weights.safetensors"), strict=True)
    return case, model
