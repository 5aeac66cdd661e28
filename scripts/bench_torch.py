"""PyTorch's part of `npm run bench`: trains the network of a folder's manifest.json from the weights and batches of its
data.bin. Answers each line {"first": step, "steps": count} on the standard input with {"losses": [...]}; the clock is the
asker's. Both memory layouts are tried first and the faster one is taken.
"""
import argparse
import json
import os
import sys
import time

import torch

parser = argparse.ArgumentParser()
parser.add_argument('folder')
parser.add_argument('--device', default='cpu')
parser.add_argument('--threads', type=int, default=1)
parser.add_argument('--tf32', action='store_true')
options = parser.parse_args()


def say(answer):
    print(json.dumps(answer), flush=True)


if options.device == 'cuda' and not torch.cuda.is_available():
    say({'error': 'PyTorch finds no CUDA device'})
    sys.exit(0)
torch.set_num_threads(options.threads)
torch.backends.cuda.matmul.allow_tf32 = options.tf32
torch.backends.cudnn.allow_tf32 = options.tf32
torch.backends.cudnn.benchmark = True

with open(os.path.join(options.folder, 'manifest.json'), encoding='utf8') as file:
    manifest = json.load(file)
with open(os.path.join(options.folder, 'data.bin'), 'rb') as file:
    data = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)


def array(entry):
    count = 1
    for side in entry['shape']:
        count *= side
    return data[entry['at']:entry['at'] + count].reshape(entry['shape'])


def module(layer):
    kind, inputs, outputs = layer['kind'], layer['input'][2], layer['output'][2]
    if kind == 'conv':
        return torch.nn.Conv2d(inputs, outputs, layer['kernelSize'], layer['stride'], layer['padding'], bias=layer['bias'])
    if kind == 'batchNorm':
        return torch.nn.BatchNorm2d(outputs)
    if kind == 'relu':
        return torch.nn.ReLU(inplace=True)
    if kind == 'maxPool':
        return torch.nn.MaxPool2d(layer['size'], layer['stride'], layer['padding'])
    if kind == 'globalAveragePool':
        return torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
    if kind == 'linear':
        return torch.nn.Linear(inputs, outputs)
    raise ValueError(f'no {kind} here')


class Run:
    def __init__(self, layout):
        self.network = torch.nn.Sequential(*[module(layer) for layer in manifest['layers']])
        for layer, part in zip(manifest['layers'], self.network):
            if 'name' not in layer:
                continue
            with torch.no_grad():
                for name, tensor in part.state_dict().items():
                    entry = manifest['arrays'].get(f"{layer['name']}.{name}")
                    if entry is not None:
                        tensor.copy_(array(entry))
        self.network.to(options.device, memory_format=layout)
        self.batches = [
            (
                array(batch['inputs']).permute(0, 3, 1, 2).contiguous().to(options.device, memory_format=layout),
                array(batch['targets']).argmax(1).to(options.device),
            )
            for batch in manifest['batches']
        ]
        self.optimiser = torch.optim.SGD(
            self.network.parameters(),
            lr=manifest['learningRate'],
            momentum=manifest['momentum'],
            weight_decay=manifest['weightDecay'],
        )

    def steps(self, first, count):
        losses = []
        for index in range(first, first + count):
            inputs, labels = self.batches[index % len(self.batches)]
            self.optimiser.zero_grad(set_to_none=True)
            loss = torch.nn.functional.cross_entropy(self.network(inputs), labels)
            loss.backward()
            self.optimiser.step()
            losses.append(loss.detach())
        return torch.stack(losses).tolist()


def seconds(layout):
    run = Run(layout)
    run.steps(0, 2)
    start = time.perf_counter()
    run.steps(2, 2)
    return time.perf_counter() - start


layouts = {'NCHW': torch.contiguous_format, 'NHWC': torch.channels_last}
fastest = min(layouts, key=lambda name: seconds(layouts[name]))
run = Run(layouts[fastest])
if options.device == 'cuda':
    place = f"{torch.cuda.get_device_name()}, {'TF32' if options.tf32 else 'fp32 without TF32'}"
else:
    place = f'{options.threads} threads'
say({'what': f'PyTorch {torch.__version__}, {place}, {fastest}'})
for line in sys.stdin:
    asked = json.loads(line)
    say({'losses': run.steps(asked['first'], asked['steps'])})
