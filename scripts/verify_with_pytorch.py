#!/usr/bin/env python3
"""Recomputes the test scores of a results folder in PyTorch, independently of the studio.

    python3 scripts/verify_with_pytorch.py RESULTS DATA.npz

Builds the network of recipe.json (torchvision's own code where the configuration is torchvision's), loads every
weights/*.safetensors with strict=True, and compares ACC and AUC, by MedMNIST's definitions with scikit-learn, with
summary.json row by row; `scores` is the widest difference from the run's scores file. Exit code 0 if all agree to 1e-4, 1 if one does not, 2 if it could not be checked.
Needs PyTorch, NumPy and scikit-learn; torchvision is used if it is there (Debian: python3-torch, python3-torchvision,
python3-sklearn).
"""

import argparse
import hashlib
import json
import math
import struct
import sys
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import accuracy_score, roc_auc_score
from torch import nn

try:
    import torchvision
    from torchvision.models.resnet import BasicBlock, ResNet
    from torchvision.models.vgg import VGG, make_layers
except ImportError:
    torchvision = None

TOLERANCE = 1e-4
BATCH = 256


class NotChecked(Exception):
    """Something in the way of a comparison; its text says what."""


# --- Threefry-2x32, 20 rounds (Salmon et al., SC 2011), for the images that a limited split keeps


def threefry2x32(key, counter):
    mask = 0xFFFFFFFF
    keys = (key[0], key[1], 0x1BD11BDA ^ key[0] ^ key[1])
    x, y = (counter[0] + keys[0]) & mask, (counter[1] + keys[1]) & mask
    for group in range(5):
        for turn in ((13, 15, 26, 6), (17, 29, 16, 24))[group % 2]:
            x = (x + y) & mask
            y = (((y << turn) | (y >> (32 - turn))) & mask) ^ x
        x = (x + keys[(group + 1) % 3]) & mask
        y = (y + keys[(group + 2) % 3] + group + 1) & mask
    return x, y


def fold(key, data):
    return threefry2x32(key, (0, data))


def below(key, index, bound):
    """An unbiased integer in [0, bound): multiply-high with rejection."""
    reject_below = (2**32 - bound) % bound
    retry = 0
    while True:
        product = threefry2x32(key, (retry, index))[0] * bound
        if product % 2**32 >= reject_below:
            return product >> 32
        retry += 1


def chosen_images(count, split, take):
    """Which images of a split are used, as src/data/batches.ts chooses them."""
    if take is None or take >= count:
        return np.arange(count)
    purpose_take = 0x54414B45
    key = fold(fold((0, 0), purpose_take), ["train", "val", "test"].index(split))
    order = list(range(count))
    for i in range(count - 1, 0, -1):
        j = below(key, i, i + 1)
        order[i], order[j] = order[j], order[i]
    return np.sort(np.array(order[:take]))


# --- Images to network inputs


def taps(length, side):
    """For each output position: the first input position and the weights from there on (triangle filter)."""
    scale = length / side
    reach = max(1.0, scale)
    result = []
    for at in range(side):
        centre = (at + 0.5) * scale
        begin = max(0, math.floor(centre - reach + 0.5))
        end = min(length, math.floor(centre + reach + 0.5))
        raw = [max(0.0, 1 - abs((begin + k + 0.5 - centre) / reach)) for k in range(end - begin)]
        total = sum(raw)
        result.append((begin, [weight / total for weight in raw]))
    return result


def resized(images, side):
    """[n, h, w, c] bytes to [n, side, side, c] bytes, bilinear; sums in the order of src/data/resize.ts."""
    height, width = images.shape[1:3]
    if (height, width) == (side, side):
        return images
    between = np.zeros((images.shape[0], height, side, images.shape[3]))
    for x, (first, weights) in enumerate(taps(width, side)):
        for k, weight in enumerate(weights):
            between[:, :, x] += weight * images[:, :, first + k]
    result = np.zeros((images.shape[0], side, side, images.shape[3]))
    for y, (first, weights) in enumerate(taps(height, side)):
        for k, weight in enumerate(weights):
            result[:, y] += weight * between[:, first + k]
    return np.floor(result + 0.5).astype(np.uint8)


def inputs_of(images, settings):
    """[n, h, w, c] bytes to [n, c, h, w] float32 as the recipe's `input` asks."""
    if settings["side"] is not None:
        images = resized(images, settings["side"])
    if settings["channels"] == "rgb" and images.shape[3] == 1:
        images = np.repeat(images, 3, axis=3)
    scaled = images.astype(np.float32) / np.float32(255)
    if settings["normalise"] == "half":
        values = scaled * np.float32(2) - np.float32(1)
    else:
        channels = images.shape[3]
        mean = np.array([0.485, 0.456, 0.406][:channels], np.float32)
        std = np.array([0.229, 0.224, 0.225][:channels], np.float32)
        values = (scaled - mean) / std
    return torch.from_numpy(np.ascontiguousarray(values.transpose(0, 3, 1, 2)))


# --- Networks

VGG_PLANS = {
    "vgg8": [16, 16, "M", 32, 32, "M", 64, 64, "M"],
    "vgg11": [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
    "vgg13": [64, 64, "M", 128, 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
    "vgg16": [64, 64, "M", 128, 128, "M"] + [256] * 3 + ["M"] + [512] * 3 + ["M"] + [512] * 3 + ["M"],
    "vgg19": [64, 64, "M", 128, 128, "M"] + [256] * 4 + ["M"] + [512] * 4 + ["M"] + [512] * 4 + ["M"],
}
RESNET_BLOCKS = {"resnet18": [2, 2, 2, 2], "resnet34": [3, 4, 6, 3]}


def vgg_features(plan, batch_norm, channels):
    """torchvision's make_layers, or the same without it."""
    if torchvision is not None and channels == 3:
        return make_layers(plan, batch_norm=batch_norm)
    layers = []
    for entry in plan:
        if entry == "M":
            layers.append(nn.MaxPool2d(2, 2))
            continue
        layers.append(nn.Conv2d(channels, entry, 3, padding=1))
        if batch_norm:
            layers.append(nn.BatchNorm2d(entry))
        layers.append(nn.ReLU(inplace=True))
        channels = entry
    return nn.Sequential(*layers)


class Vgg(nn.Module):
    """Names as torchvision's VGG; `linear` head: global average pool and one linear layer."""

    def __init__(self, features, kernels, head, classes):
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d(7 if head == "vgg" else 1)
        self.classifier = nn.Linear(kernels, classes)
        if head == "vgg":
            self.classifier = nn.Sequential(
                nn.Linear(kernels * 49, 4096), nn.ReLU(True), nn.Dropout(),
                nn.Linear(4096, 4096), nn.ReLU(True), nn.Dropout(),
                nn.Linear(4096, classes),
            )  # fmt: skip

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


class Block(nn.Module):
    """torchvision's BasicBlock, for widths that its ResNet does not offer."""

    def __init__(self, inputs, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = None
        if stride != 1 or inputs != width:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        main = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(main + (x if self.downsample is None else self.downsample(x)))


class Resnet(nn.Module):
    def __init__(self, blocks, widths, channels, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, widths[0], 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inputs = widths[0]
        self.layers = []
        for stage, (count, width) in enumerate(zip(blocks, widths)):
            made = [Block(inputs if k == 0 else width, width, 2 if stage > 0 and k == 0 else 1) for k in range(count)]
            self.layers.append(f"layer{stage + 1}")
            self.add_module(self.layers[-1], nn.Sequential(*made))
            inputs = width
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        for name in self.layers:
            x = getattr(self, name)(x)
        return self.fc(x.mean((2, 3)))


def network_of(settings, shape, classes):
    """The network of a recipe for inputs [channels, height, width], and whose code it is."""
    channels, height, width = shape
    name, multiplier = settings["name"], settings["widthMultiplier"]

    def scaled(kernels):
        return max(1, math.floor(kernels * multiplier + 0.5))

    if name in RESNET_BLOCKS:
        widths = [scaled(kernels) for kernels in (64, 128, 256, 512)]
        theirs = torchvision is not None and multiplier == 1
        if theirs:
            model = ResNet(BasicBlock, RESNET_BLOCKS[name], num_classes=classes)
        else:
            model = Resnet(RESNET_BLOCKS[name], widths, channels, classes)
        if min(height, width) < 64:
            model.conv1, model.maxpool = nn.Conv2d(channels, widths[0], 3, 1, 1, bias=False), nn.Identity()
        elif channels != 3:
            model.conv1 = nn.Conv2d(channels, widths[0], 7, 2, 3, bias=False)
        return model, "torchvision's ResNet" if theirs else "ResNet with torchvision's names"

    plan = [entry if entry == "M" else scaled(entry) for entry in VGG_PLANS[name]]
    features = vgg_features(plan, settings["batchNorm"], channels)
    # A pool that no longer fits the map is left out; the numbering stays.
    for at, layer in enumerate(features):
        if isinstance(layer, nn.MaxPool2d):
            if min(height, width) < 2:
                features[at] = nn.Identity()
            else:
                height, width = height // 2, width // 2
    kernels = [entry for entry in plan if entry != "M"][-1]
    if settings["head"] == "vgg" and kernels == 512 and torchvision is not None:
        return VGG(features, num_classes=classes, init_weights=False), "torchvision's VGG"
    whose = "torchvision's make_layers" if torchvision is not None and channels == 3 else "layers with torchvision's names"
    return Vgg(features, kernels, settings["head"], classes), f"VGG of {whose}"


# --- Files


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    dtypes = {"F32": "<f4", "I64": "<i8"}
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = np.frombuffer(data[8 + length + begin : 8 + length + end], dtypes[entry["dtype"]])
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors


def read_split(arrays, split):
    images, labels = arrays[f"{split}_images"], arrays[f"{split}_labels"]
    if images.dtype != np.uint8:
        raise NotChecked(f"{split}_images are {images.dtype}; this script reads uint8 only.")
    return (images[..., None] if images.ndim == 3 else images), labels


# --- Metrics, as medmnist/evaluator.py defines them


def scores_of(logits, task):
    logits = logits.double()  # as the studio: float32 would make ties of close scores
    return (torch.sigmoid(logits) if task == "multi-label" else torch.softmax(logits, 1)).numpy()


def accuracy_of(scores, labels, task):
    if task == "multi-label":
        return float(np.mean([accuracy_score(labels[:, k], scores[:, k] > 0.5) for k in range(labels.shape[1])]))
    if task == "binary-class":
        return accuracy_score(labels, scores[:, -1] > 0.5)
    return accuracy_score(labels, scores.argmax(1))


def auc_of(scores, labels, task):
    try:
        if task == "multi-label":
            return float(np.mean([roc_auc_score(labels[:, k], scores[:, k]) for k in range(labels.shape[1])]))
        if task == "binary-class":
            return roc_auc_score(labels, scores[:, -1])
        return float(np.mean([roc_auc_score(labels == k, scores[:, k]) for k in range(scores.shape[1])]))
    except ValueError:
        return None  # a class is missing from the split


def title_of(run):
    return (run["arm"] or "backbone") + (f"+{run['base']}" if "base" in run else "")


def widest_difference(results, run, scores):
    """From the scores file of that run; None where there is none."""
    name = f"@{title_of(run)}_seed{run['seed']}.csv"
    files = [path for path in results.glob("scores/*.csv") if path.name.endswith(name)]
    if len(files) != 1:
        return None
    told = np.loadtxt(files[0], delimiter=",", ndmin=2)[:, 1:]
    return float(np.abs(told - scores).max()) if told.shape == scores.shape else math.inf


def agree(a, b):
    return (a is None and b is None) or (a is not None and b is not None and abs(a - b) <= TOLERANCE)


def shown(value):
    return "undefined" if value is None else f"{value:.6f}"


def verify(results, data):
    try:
        recipe = json.loads((results / "recipe.json").read_text())
        summary = json.loads((results / "summary.json").read_text())
    except FileNotFoundError as missing:
        raise NotChecked(f"{missing.filename} is missing: is this a finished results folder?")
    if not data.is_file():
        raise NotChecked(f"There is no dataset at {data}.")
    found = hashlib.sha256(data.read_bytes()).hexdigest()
    if found != summary["dataset"]["sha256"]:
        raise NotChecked(f"{data} is not the dataset of these results (SHA-256 {found}, not {summary['dataset']['sha256']}).")
    split, task = summary["split"], summary["dataset"]["task"]
    images, labels = read_split(np.load(data), split)
    kept = chosen_images(len(images), split, recipe["dataset"]["take"][split])
    labels = labels[kept] if task == "multi-label" else labels[kept].reshape(-1)
    inputs = inputs_of(images[kept], recipe["input"])
    classes = len(summary["dataset"]["classNames"])
    # Of several networks the summary says which run trained which.
    networks = {entry["base"]: entry["network"] for entry in summary.get("bases", [{"base": None, "network": recipe["network"]}])}
    models = {base: network_of(network, tuple(inputs.shape[1:]), classes) for base, network in networks.items()}
    print(f"PyTorch {torch.__version__}, {', '.join(whose for _, whose in models.values())}; {len(kept)} {split} images of {summary['dataset']['name']}")
    print(f"{'run':24} {'ACC here':>10} {'summary':>10} {'AUC here':>10} {'summary':>10} {'scores':>9}")
    good = True
    for run in summary["runs"]:
        model, _ = models[run.get("base")]
        model.eval()
        model.load_state_dict(read_safetensors(results / run["weights"]), strict=True)
        with torch.no_grad():
            logits = torch.cat([model(inputs[at : at + BATCH]) for at in range(0, len(inputs), BATCH)])
        scores = scores_of(logits, task)
        accuracy, auc = accuracy_of(scores, labels, task), auc_of(scores, labels, task)
        told = run[split]
        same = agree(accuracy, told["accuracy"]) and agree(auc, told["auc"])
        good = good and same
        name = f"seed {run['seed']} {title_of(run)}"
        cells = [shown(value) for value in (accuracy, told["accuracy"], auc, told["auc"])]
        apart = widest_difference(results, run, scores) if split == "test" else None
        cells.append("-" if apart is None else f"{apart:.1e}")
        print(" ".join([f"{name:24}", *(f"{cell:>10}" for cell in cells[:4]), f"{cells[4]:>9}", " agrees" if same else " DIFFERS"]))
    print(f"{len(summary['runs'])} runs: " + ("all agree to 1e-4" if good else "NOT all agree to 1e-4"))
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, help="folder that `inmerge run` wrote")
    parser.add_argument("data", type=Path, help="the .npz it was trained on")
    options = parser.parse_args()
    try:
        return 0 if verify(options.results, options.data) else 1
    except NotChecked as reason:
        print(f"not checked: {reason}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
