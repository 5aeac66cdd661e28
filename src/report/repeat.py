#!/usr/bin/env python3
"""Repeats one experiment of InMerge Studio in PyTorch, on the same data file, start weights, batches and merge draws.

    python3 repeat.py DATA.npz                     # every seed and arm
    python3 repeat.py DATA.npz --seeds 0 --arms baseline inmerge --device cuda
    python3 repeat.py DATA.npz --start weights.npz # start weights of your own instead of the seed's, by state_dict name
    python3 repeat.py DATA.npz --weights vgg19.safetensors # the files that the recipe starts from, if it does
    python3 repeat.py DATA.npz --bases own vgg11-bn # of several networks and start weights only these
    python3 repeat.py DATA.npz --float64           # in double precision, which agrees for longer; see below

Nothing here comes from the studio's engine but numbers: the recipe and the networks' layers (SETUP, at the end), and the
figures it got, which are printed beside those of this run. Every random choice is Threefry-2x32 with 20 rounds (Salmon
et al., SC 2011) of (seed, purpose, counters), so the start weights and the batches are the same bits as in the studio;
sums are rounded in another order, so the results agree closely at first and drift apart as training goes on. That is
the training's own doing: of a ResNet-18 at learning rate 0.05, PyTorch in float64 from start weights changed by 1e-7
differs from itself by 1e-3 of loss at step 4 and 0.1 at step 5; at rate 0.001 it does by 1e-5 at step 5. Where images have
flat areas, many outputs of a convolution are equal; PyTorch's float32 rounds them apart, so that max-pooling passes the
gradient on elsewhere: on BreastMNIST (VGG-8 with batch norm, width 0.125, rate 0.05) it is 0.024 of loss away at step 5,
where --float64 agrees with the studio to 1e-7.
Needs PyTorch and NumPy; scikit-learn is not needed.
"""

import argparse
import hashlib
import json
import math
import sys

import numpy as np
import torch
import torch.nn.functional as F

PURPOSES = {"merge": 0x4D524745, "validationMerge": 0x564D5247, "shuffle": 0x53485546, "flip": 0x464C4950, "init": 0x494E4954, "dropout": 0x44524F50, "take": 0x54414B45}
PHASES = {"backbone": 0, "finetune": 1}
EVALUATION_BATCH = 256


# --- Threefry-2x32, 20 rounds, over arrays of counters


def threefry(key, first, second):
    """Both output words for counters (first, second), which may be arrays."""
    k = [np.uint32(key[0]), np.uint32(key[1])]
    k.append(np.uint32(0x1BD11BDA) ^ k[0] ^ k[1])
    with np.errstate(over="ignore"):
        x = np.asarray(first, np.uint32) + k[0]
        y = np.asarray(second, np.uint32) + k[1]
        for group in range(5):
            for turn in ((13, 15, 26, 6), (17, 29, 16, 24))[group % 2]:
                x = x + y
                y = ((y << np.uint32(turn)) | (y >> np.uint32(32 - turn))) ^ x
            x = x + k[(group + 1) % 3]
            y = y + k[(group + 2) % 3] + np.uint32(group + 1)
    return x, y


def key_of(seed, *branches):
    key = (0, seed & 0xFFFFFFFF)
    for data in branches:
        x, y = threefry(key, [0], [data & 0xFFFFFFFF])
        key = (int(x[0]), int(y[0]))
    return key


def unit(words):
    """Uniform in [0, 1) with 24 bits."""
    return (words >> np.uint32(8)).astype(np.float64) * 2.0**-24


def permutation(key, count):
    """Fisher-Yates with unbiased draws: multiply-high with rejection."""
    at = np.arange(count - 1, 0, -1, dtype=np.uint64)
    bound = at + np.uint64(1)
    reject_below = (np.uint64(2**32) - bound) % bound
    drawn = np.zeros(len(at), np.int64)
    waiting = np.arange(len(at))
    retry = 0
    while len(waiting) > 0:
        words, _ = threefry(key, np.full(len(waiting), retry), at[waiting])
        product = words.astype(np.uint64) * bound[waiting]
        good = (product & np.uint64(0xFFFFFFFF)) >= reject_below[waiting]
        drawn[waiting[good]] = (product[good] >> np.uint64(32)).astype(np.int64)
        waiting = waiting[~good]
        retry += 1
    order = list(range(count))
    for i, j in zip(at.tolist(), drawn.tolist()):
        order[i], order[j] = order[j], order[i]
    return np.array(order)


# --- Data: the split as the recipe uses it


def taps(length, side):
    """For each output position: the first input position and the weights from there on (a triangle filter)."""
    scale = length / side
    reach = max(1.0, scale)
    for at in range(side):
        centre = (at + 0.5) * scale
        begin, end = max(0, math.floor(centre - reach + 0.5)), min(length, math.floor(centre + reach + 0.5))
        raw = [max(0.0, 1 - abs((begin + k + 0.5 - centre) / reach)) for k in range(end - begin)]
        yield begin, [weight / sum(raw) for weight in raw]


def resized(images, side):
    count, height, width, channels = images.shape
    if (height, width) == (side, side):
        return images
    between = np.zeros((count, height, side, channels))
    for x, (first, weights) in enumerate(taps(width, side)):
        for k, weight in enumerate(weights):
            between[:, :, x] += weight * images[:, :, first + k]
    result = np.zeros((count, side, side, channels))
    for y, (first, weights) in enumerate(taps(height, side)):
        for k, weight in enumerate(weights):
            result[:, y] += weight * between[:, first + k]
    return np.floor(result + 0.5).astype(np.uint8)


def repeated(arrays):
    """Training images that also stand, pixel for pixel, in validation or test."""
    others = {image.tobytes() for name in ("val", "test") if f"{name}_images" in arrays for image in arrays[f"{name}_images"]}
    return np.array([image.tobytes() in others for image in arrays["train_images"]])


class Split:
    """Inputs [n, c, h, w] in float32, labels, and one-hot (or multi-label) targets."""

    def __init__(self, arrays, name, setup, left_out=None):
        recipe, classes = setup["recipe"], len(setup["classNames"])
        images, labels = arrays[f"{name}_images"], arrays[f"{name}_labels"]
        if images.dtype != np.uint8:
            sys.exit(f"{name}_images are {images.dtype}; this script reads uint8.")
        images = images[..., None] if images.ndim == 3 else images
        labels = labels.reshape(len(images), -1).astype(np.int64)
        kept = np.flatnonzero(~left_out) if left_out is not None else np.arange(len(images))
        take = recipe["dataset"]["take"][name]
        if take is not None and take < len(kept):
            key = key_of(0, PURPOSES["take"], ["train", "val", "test"].index(name))
            kept = kept[np.sort(permutation(key, len(kept))[:take])]
        images, labels = images[kept], labels[kept]
        settings = recipe["input"]
        if settings["side"] is not None:
            images = resized(images, settings["side"])
        if settings["channels"] == "rgb" and images.shape[3] == 1:
            images = np.repeat(images, 3, axis=3)
        values = images.astype(np.float32) / np.float32(255)
        if settings["normalise"] == "half":
            values = values * np.float32(2) - np.float32(1)
        else:
            channels = images.shape[3]
            mean = np.array([0.485, 0.456, 0.406][:channels], np.float32)
            values = (values - mean) / np.array([0.229, 0.224, 0.225][:channels], np.float32)
        self.inputs = torch.from_numpy(np.ascontiguousarray(values.transpose(0, 3, 1, 2)))
        self.multi = setup["task"] == "multi-label"
        self.labels = labels if self.multi else labels[:, 0]
        self.targets = torch.from_numpy(labels.astype(np.float32)) if self.multi else F.one_hot(torch.from_numpy(self.labels), classes).float()

    def __len__(self):
        return len(self.inputs)


# --- The network: a list of layers, and its arrays by torchvision's names


def flat(layers):
    for layer in layers:
        if layer["kind"] == "residual":
            yield from layer["main"] + layer["shortcut"]
        else:
            yield layer


def initial_weights(layers, distribution, seed):
    """Drawn in the studio's layout (convolutions HWIO, linear [in, out]) and turned into PyTorch's."""
    weights, position = {}, 0

    def drawn(shape, bound, constant=0.0):
        nonlocal position
        key = key_of(seed, PURPOSES["init"], position)
        position += 1
        if bound == 0:
            return np.full(shape, constant, np.float32)
        words, _ = threefry(key, 0, np.arange(math.prod(shape)))
        return ((2 * unit(words) - 1) * bound).astype(np.float32).reshape(shape)

    for layer in flat(layers):
        kind, name = layer["kind"], layer.get("name")
        inputs, outputs = layer["input"][2], layer["output"][2]
        if kind in ("conv", "linear"):
            window = layer["kernelSize"] ** 2 if kind == "conv" else 1
            bound = bias_bound = 1 / math.sqrt(window * inputs)
            if distribution != "pytorch":
                bound, bias_bound = (math.sqrt(6 / (window * outputs)) if kind == "conv" else 0.01 * math.sqrt(3)), 0
            if kind == "conv":
                side = layer["kernelSize"]
                weights[f"{name}.weight"] = drawn((side, side, inputs, outputs), bound).transpose(3, 2, 0, 1)
            else:
                weights[f"{name}.weight"] = drawn((inputs, outputs), bound).T
            if kind == "linear" or layer["bias"]:
                weights[f"{name}.bias"] = drawn((outputs,), bias_bound)
        elif kind == "batchNorm":
            for role, constant in (("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0)):
                weights[f"{name}.{role}"] = drawn((outputs,), 0, constant)
    return {name: torch.from_numpy(np.ascontiguousarray(values)) for name, values in weights.items()}


def read_safetensors(path):
    """The file's SHA-256, and its arrays by name, floats as float32."""
    with open(path, "rb") as file:
        content = file.read()
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    start = 8 + int.from_bytes(content[:8], "little")
    kinds = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": np.uint16}
    arrays = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] not in kinds:
            continue
        begin, end = entry["data_offsets"]
        values = np.frombuffer(content[start + begin : start + end], kinds[entry["dtype"]])
        if entry["dtype"] == "BF16":
            values = (values.astype(np.uint32) << 16).view(np.float32)
        arrays[name] = torch.from_numpy(values.astype(np.float32).reshape(entry["shape"]))
    return hashlib.sha256(content).hexdigest(), arrays


def start_weights(base, seed, files):
    """Drawn, or a file's: of its head what does not fit is drawn, the last layer alone where only that differs."""
    layers, start = base["layers"], base["start"]
    drawn = initial_weights(layers, start["distribution"], seed)
    if start["from"] == "random":
        return drawn
    if start["sha256"] not in files:
        sys.exit(f"Give the start weights “{start['name']}” (SHA-256 {start['sha256']}) with --weights.")
    given = files[start["sha256"]]
    linear = [layer["name"] for layer in flat(layers) if layer["kind"] == "linear"]
    head = [f"{name}.{role}" for name in linear for role in ("weight", "bias")]
    lacking = {name for name in head if name not in given or given[name].shape != drawn[name].shape}
    lacking |= {name for name in given if name not in drawn and name.startswith(linear[-1].split(".")[0] + ".")}
    fresh = set() if not lacking else set(head[-2:]) if lacking <= set(head[-2:]) else set(head)
    return {name: values if name in fresh else given[name].reshape(values.shape).clone() for name, values in drawn.items()}


def forward(layers, weights, x, dropout=None):
    """Logits. `dropout` (layer, batch) to mask means training: batch statistics, masks."""
    training = dropout is not None
    for layer in layers:
        kind, name = layer["kind"], layer.get("name")
        if kind == "conv":
            x = F.conv2d(x, weights[f"{name}.weight"], weights.get(f"{name}.bias"), layer["stride"], layer["padding"])
        elif kind == "batchNorm":
            mean, var = weights[f"{name}.running_mean"], weights[f"{name}.running_var"]
            x = F.batch_norm(x, mean, var, weights[f"{name}.weight"], weights[f"{name}.bias"], training, 0.1, 1e-5)
        elif kind == "relu":
            x = F.relu(x)
        elif kind == "maxPool":
            x = F.max_pool2d(x, layer["size"], layer["stride"], layer["padding"])
        elif kind == "globalAveragePool":
            x = x.mean((2, 3), keepdim=True)
        elif kind == "adaptiveAveragePool":
            x = F.adaptive_avg_pool2d(x, layer["output"][:2])
        elif kind == "flatten":
            x = x.flatten(1)[:, :, None, None]
        elif kind == "linear":
            x = F.linear(x.flatten(1), weights[f"{name}.weight"], weights[f"{name}.bias"])[:, :, None, None]
        elif kind == "dropout":
            x = x * dropout(layer, len(x)).to(x.device)[:, :, None, None] if training else x
        elif kind == "residual":
            x = forward(layer["main"], weights, x, dropout) + forward(layer["shortcut"], weights, x, dropout)
        else:
            sys.exit(f"This script does not know the layer “{kind}”.")
    return x


# --- In-model merging (arXiv 2502.20516): K_i <- alpha K_i + (1 - alpha) K_j where cos(K_i, K_j) is above tau


def similarities(kernels):
    flattened = kernels.double().flatten(1)
    lengths = flattened.norm(dim=1)
    scale = torch.where(lengths > 0, 1 / lengths, torch.zeros_like(lengths))
    return ((flattened * scale[:, None]) @ (flattened * scale[:, None]).T).clamp(-1, 1).float()


def merged_layers(layers, first):
    return [layer for layer in flat(layers) if layer["kind"] == "conv" and layer["index"] is not None and layer["index"] >= first]


def merge(layers, weights, merging, thresholds, seed, step, purpose="merge"):
    """Before the forward pass of a step; every read is of the weights as they were. Returns the number of merges."""
    count = 0
    for layer in merged_layers(layers, merging["firstLayer"]):
        kernels = weights[f"{layer['name']}.weight"]
        n = len(kernels)
        if n < 2:
            continue
        coins, draws = threefry(key_of(seed, PURPOSES[purpose], step, layer["index"]), 0, np.arange(n))
        i = np.flatnonzero((coins >> np.uint32(8)) < math.ceil(merging["p"] * 2**24))
        j = (draws[i] % np.uint32(n - 1)).astype(np.int64)
        j = j + (j >= i)
        if len(i) == 0:
            continue
        i, j = torch.from_numpy(i).to(kernels.device), torch.from_numpy(j).to(kernels.device)
        cosine = similarities(kernels)[i, j]
        tau = torch.tensor(thresholds[layer["index"]], dtype=torch.float32)
        chosen = cosine < tau if merging.get("condition") == "dissimilar" else cosine > tau
        i, j = i[chosen], j[chosen]
        before = kernels.clone()
        kernels[i] = merging["alpha"] * before[i] + (1 - merging["alpha"]) * before[j]
        count += len(i)
    return count


def thresholds_of(layers, weights, merging):
    """tau by layer: one number, or a quantile of the similarities of the layer's own pairs, taken before fine-tuning."""
    tau = merging["tau"]
    found = {}
    for layer in merged_layers(layers, merging["firstLayer"]):
        if not isinstance(tau, dict):
            found[layer["index"]] = tau
            continue
        all_pairs = similarities(weights[f"{layer['name']}.weight"])
        upper = torch.triu_indices(len(all_pairs), len(all_pairs), 1)
        found[layer["index"]] = float(np.quantile(all_pairs[upper[0], upper[1]].cpu().numpy(), tau["quantile"]))
    return found


# --- Training


class Rate:
    """MultiStepLR and ReduceLROnPlateau as PyTorch decides them."""

    def __init__(self, settings):
        self.schedule, self.rate = settings["schedule"], settings["learningRate"]
        self.epoch, self.best, self.bad = 0, None, 0

    def next(self, val_loss):
        self.epoch += 1
        kind = self.schedule["kind"]
        if kind == "multistep":
            self.rate *= self.schedule["gamma"] ** self.schedule["milestones"].count(self.epoch)
        elif kind == "plateau":
            better = self.best is None or val_loss < self.best * (1 - 1e-4)
            self.best, self.bad = (val_loss, 0) if better else (self.best, self.bad + 1)
            if self.bad > self.schedule["patience"]:
                reduced = self.rate * self.schedule["factor"]
                self.rate, self.bad = (reduced if self.rate - reduced > 1e-8 else self.rate), 0


def loss_of(logits, targets, multi):
    if multi:
        return F.binary_cross_entropy_with_logits(logits, targets)
    return -(F.log_softmax(logits, 1) * targets).sum(1).mean()


def correct_of(logits, targets, multi):
    """Right answers in passing, as the studio counts them while it trains."""
    if multi:
        return int(((logits > 0) == (targets > 0.5)).sum())
    return int((logits.numpy().argmax(1) == targets.numpy().argmax(1)).sum())


def area(scores, positive):
    """One-vs-rest AUC with mid-ranks; None where one side is empty."""
    if positive.all() or not positive.any():
        return None
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives = int(positive.sum())
    return float((ranks[positive].sum() - positives * (positives + 1) / 2) / (positives * (len(scores) - positives)))


def evaluate(layers, weights, split, task, device, before_image=None):
    """Figures of a split. `before_image`, if given, is called with each image's place before that image alone is scored."""
    size, parts = EVALUATION_BATCH if before_image is None else 1, []
    with torch.no_grad():
        for at in range(0, len(split), size):
            if before_image is not None:
                before_image(at)
            parts.append(forward(layers, weights, split.inputs[at : at + size].to(device)).flatten(1).cpu())
    logits = torch.cat(parts)
    loss = float(loss_of(logits.double(), split.targets.double(), split.multi))
    scores = (torch.sigmoid(logits.double()) if split.multi else torch.softmax(logits.double(), 1)).numpy()
    if split.multi:
        accuracy = float(((scores > 0.5) == (split.labels == 1)).mean())
        areas = [area(scores[:, k], split.labels[:, k] == 1) for k in range(scores.shape[1])]
    else:
        predicted = (scores[:, -1] > 0.5).astype(np.int64) if task == "binary-class" else scores.argmax(1)
        accuracy = float((predicted == split.labels).mean())
        areas = [area(scores[:, k], split.labels == k) for k in range(scores.shape[1])]
    auc = areas[-1] if task == "binary-class" else None if None in areas else float(np.mean(areas))
    return {"loss": loss, "accuracy": accuracy, "auc": auc}


def train(setup, layers, splits, weights, phase, seed, arm, device):
    """Trains `weights` in place; returns those of the selected epoch, which epoch it is, and the merges made."""
    recipe, task = setup["recipe"], setup["task"]
    settings, batch = recipe[phase], recipe["optimiser"]["batchSize"]
    trained = [name for name in weights if not name.endswith(("running_mean", "running_var"))]
    momentum = {name: torch.zeros_like(weights[name]) for name in trained}
    merging = arm["merging"] if arm is not None else None
    thresholds = thresholds_of(layers, weights, merging) if merging is not None else {}
    select_by = recipe["selectBy"] if phase == "finetune" else "last"
    rate, step, merges = Rate(settings), 0, 0
    best, best_score, best_epoch = {name: values.clone() for name, values in weights.items()}, -math.inf, 0
    data = splits["train"]
    for epoch in range(settings["epochs"]):
        stream = (PHASES[phase], epoch)
        order = permutation(key_of(seed, PURPOSES["shuffle"], *stream), len(data))
        words, _ = threefry(key_of(seed, PURPOSES["flip"], *stream), 0, np.arange(len(data)))
        flips = unit(words) < 0.5 if recipe["input"]["horizontalFlip"] else np.zeros(len(data), bool)
        correct, answers = 0, len(data) // batch * batch * (data.targets.shape[1] if data.multi else 1)
        for at in range(len(data) // batch):
            images = order[at * batch : (at + 1) * batch]
            inputs = data.inputs[images]
            mirrored = torch.from_numpy(flips[images])
            inputs[mirrored] = inputs[mirrored].flip(3)
            if merging is not None:
                merges += merge(layers, weights, merging, thresholds, seed, step)

            def mask(layer, rows, step=step):
                features = layer["output"][2]
                words, _ = threefry(key_of(seed, PURPOSES["dropout"], step, layer["index"]), 0, np.arange(rows * features))
                kept = (unit(words) >= layer["rate"]) / (1 - layer["rate"])
                return torch.from_numpy(kept.astype(np.float32).reshape(rows, features))

            for name in trained:
                weights[name].requires_grad_(True)
            logits = forward(layers, weights, inputs.to(device), mask).flatten(1)
            correct += correct_of(logits.detach().cpu(), data.targets[images], data.multi)
            gradients = torch.autograd.grad(loss_of(logits, data.targets[images].to(device), data.multi), [weights[name] for name in trained])
            for name, gradient in zip(trained, gradients):
                weights[name].requires_grad_(False)
                decayed = gradient + recipe["optimiser"]["weightDecay"] * weights[name]
                momentum[name] = recipe["optimiser"]["momentum"] * momentum[name] + decayed
                weights[name] -= rate.rate * momentum[name]
            step += 1
        before_image = None
        if merging is not None and recipe["merging"]["mergeDuringValidation"]:

            def before_image(at, first=epoch * len(splits["val"])):
                nonlocal merges
                merges += merge(layers, weights, merging, thresholds, seed, first + at, "validationMerge")

        val = evaluate(layers, weights, splits["val"], task, device, before_image)
        rate.next(val["loss"])
        auc = -math.inf if val["auc"] is None else val["auc"]
        score = {"accuracy": val["accuracy"], "auc": auc, "loss": -val["loss"], "last": epoch + 1}[select_by]
        if score > best_score:
            best, best_score, best_epoch = {name: values.clone() for name, values in weights.items()}, score, epoch + 1
        in_passing = f"train ACC {correct / answers:.4f}, " if answers else ""
        print(f"  epoch {epoch + 1}: {in_passing}val loss {val['loss']:.4f}, ACC {val['accuracy']:.4f}", flush=True)
    return best, best_epoch, merges


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="the .npz that the experiment was made on")
    parser.add_argument("--seeds", type=int, nargs="*", help="only these")
    parser.add_argument("--arms", nargs="*", help="only these")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, mps ...")
    parser.add_argument("--bases", nargs="*", help="only these networks and start weights; own is the recipe's own")
    parser.add_argument("--weights", nargs="*", default=[], help=".safetensors that the recipe starts from")
    parser.add_argument("--start", help=".npz of start weights, PyTorch's layout")
    parser.add_argument("--float64", action="store_true", help="compute in double precision")
    parser.add_argument("--other-data", action="store_true", help="go on although the file is another than the experiment's")
    parser.add_argument("--json", action="store_true", help="print the results as JSON on the last line")
    options = parser.parse_args()
    setup = SETUP
    with open(options.data, "rb") as file:
        found = hashlib.sha256(file.read()).hexdigest()
    expected = setup["recipe"]["dataset"]["sha256"]
    if expected not in (None, found) and not options.other_data:
        sys.exit(f"{options.data} is not the experiment's dataset (SHA-256 {found}, not {expected}). --other-data goes on.")
    if setup["recipe"]["optimiser"].get("maps") == "float16":
        print("The studio stored maps between its kernels as float16; here all is float32, and results agree less closely.", flush=True)
    arrays = np.load(options.data)
    names = ["train", "val"] + (["test"] if "test_images" in arrays else [])
    left_out = repeated(arrays) if setup["recipe"]["dataset"].get("leaveOutRepeated") else None
    splits = {name: Split(arrays, name, setup, left_out if name == "train" else None) for name in names}
    if options.float64:
        for split in splits.values():
            split.inputs, split.targets = split.inputs.double(), split.targets.double()
    measured = "test" if "test" in splits else "val"
    results = []
    files = dict(read_safetensors(path) for path in options.weights)
    bases = [base for base in setup["bases"] if not options.bases or (base["name"] or "own") in options.bases]
    for seed, base in [(seed, base) for seed in options.seeds or setup["recipe"]["seeds"] for base in bases]:
        layers, on = base["layers"], f", {base['title']}" if base["title"] else ""
        weights = start_weights(base, seed, files) if options.start is None else initial_weights(layers, base["start"]["distribution"], seed)
        if options.start is not None:
            given = np.load(options.start)
            weights = {name: torch.from_numpy(given[name].astype(np.float32)).reshape(values.shape) for name, values in weights.items()}
        weights = {name: (values.double() if options.float64 else values).to(options.device) for name, values in weights.items()}
        print(f"seed {seed}{on}: backbone", flush=True)
        backbone, _, _ = train(setup, layers, splits, weights, "backbone", seed, None, options.device)
        for arm in setup["arms"]:
            if options.arms and arm["name"] not in options.arms:
                continue
            print(f"seed {seed}{on}: {arm['name']}", flush=True)
            start = {name: values.clone() for name, values in backbone.items()}
            best, epoch, merges = train(setup, layers, splits, start, "finetune", seed, arm, options.device)
            here = evaluate(layers, best, splits[measured], setup["task"], options.device)
            results.append({"base": base["name"], "seed": seed, "arm": arm["name"], "epoch": epoch, "merges": merges, **here})
    told = {(row["base"], row["seed"], row["arm"]): row for row in setup["told"]}
    print(f"\n{'seed':>6} {'arm':24} {measured} ACC  {'studio':>8}  {'AUC':>8}  {'studio':>8}  epoch  studio  merges  studio")
    for row in results:
        studio = told.get((row["base"], row["seed"], row["arm"]), {})
        cells = [row["accuracy"], studio.get("accuracy"), row["auc"], studio.get("auc")]
        shown = "  ".join("       –" if value is None else f"{value:8.4f}" for value in cells)
        name = row["arm"] if row["base"] is None else f"{row['arm']}+{row['base']}"
        print(f"{row['seed']:6} {name:24} {shown}  {row['epoch']:5}  {studio.get('epoch', '–'):>6}  {row['merges']:6}  {studio.get('merges', '–'):>6}")
    if options.json:
        print(json.dumps(results))


SETUP = json.loads("{}")

if __name__ == "__main__":
    main()
