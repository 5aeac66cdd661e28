"""Grad-CAM by PyTorch's autograd, for gradCam.test.ts: `python3 grad_cam.py FOLDER...` reads case.json, input.json and
weights.safetensors in each and prints [{"logits": [...], "maps": [[[...]]]}, ...], a map for each class."""

import json
import sys
from pathlib import Path

import torch
from torch import nn
from torch_case import loaded


def answer(folder):
    case, model = loaded(folder)
    height, width, channels = case["input"]
    model.eval()
    if hasattr(model, "features"):
        seen = [layer for layer in model.features if isinstance(layer, nn.ReLU)][-1]
    else:
        seen = model.layer4
    kept = {}

    def keep(_module, _inputs, output):
        output.retain_grad()
        kept["activations"] = output

    seen.register_forward_hook(keep)
    x = torch.tensor(json.loads((folder / "input.json").read_text())).reshape(height, width, channels)
    maps = []
    for k in range(case["classes"]):
        model.zero_grad()
        logits = model(x.permute(2, 0, 1)[None])
        logits[0, k].backward()
        activations = kept["activations"]
        weights = activations.grad.mean((2, 3), keepdim=True)
        maps.append(torch.relu((weights * activations.detach()).sum(1))[0].tolist())
    return {"logits": logits[0].tolist(), "maps": maps}


print(json.dumps([answer(Path(folder)) for folder in sys.argv[1:]]))
