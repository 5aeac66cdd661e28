#!/usr/bin/env python3
"""Writes reference.json: what NumPy, SciPy and Pillow make of one picture, for corruption.test.ts.

usage: reference.py > reference.json     (NumPy, SciPy and Pillow; seen with 2.4, 1.17 and 12.3)
"""
import base64
import colorsys
import io
import json
import math

import numpy as np
from PIL import Image, ImageEnhance
from scipy import ndimage, stats

SIDE = 20


def picture():
    """Smooth slopes, edges and texture; the same formula stands in the test."""
    y, x, c = np.meshgrid(np.arange(SIDE), np.arange(SIDE), np.arange(3), indexing='ij')
    smooth = 11 * x + 7 * y * (c + 1)
    texture = (x * y * 7 + 31 * c + x * x) % 61
    edge = 90 * ((x // 6 + y // 5) % 2)
    return ((smooth + texture + edge) % 256).astype(np.uint8)


image = picture()
pil = Image.fromarray(image)


def floor(values):
    return (np.clip(values, 0, 1) * 255).astype(np.uint8)


def pixelate(f):
    small = pil.resize((int(SIDE * f), int(SIDE * f)), Image.BOX)
    return np.array(small.resize((SIDE, SIDE), Image.BOX))


def jpeg(quality):
    file = io.BytesIO()
    pil.save(file, 'JPEG', quality=quality)
    return np.array(Image.open(file))


def kernel(size, sigma):
    i = np.arange(size) - (size - 1) / 2
    k = np.exp(-i * i / (2 * sigma * sigma))
    return k / k.sum()


def defocus(radius, alias):
    reach = 8 if radius <= 8 else radius
    at = np.arange(-reach, reach + 1)
    xs, ys = np.meshgrid(at, at)
    disk = (xs**2 + ys**2 <= radius**2).astype(np.float64)
    disk /= disk.sum()
    smooth = kernel(3 if radius <= 8 else 5, alias)
    for axis in (0, 1):
        disk = ndimage.correlate1d(disk, smooth, axis=axis, mode='mirror')
    return floor(np.stack([ndimage.correlate(image[:, :, c] / 255.0, disk, mode='mirror') for c in range(3)], axis=2))


def motion(radius, sigma, degrees):
    """ImageMagick's MotionBlurImage: a one-sided Gaussian along a line, the border repeated."""
    width = 2 * math.ceil(radius) + 1
    weights = np.exp(-np.arange(width) ** 2 / (2.0 * sigma * sigma))
    weights /= weights.sum()
    angle = math.radians(degrees)
    point = (width * math.sin(angle), width * math.cos(angle))
    length = math.hypot(*point)
    result = np.zeros(image.shape)
    for i, weight in enumerate(weights):
        across, down = math.ceil(i * point[1] / length - 0.5), math.ceil(i * point[0] / length - 0.5)
        rows = np.clip(np.arange(SIDE) + down, 0, SIDE - 1)
        columns = np.clip(np.arange(SIDE) + across, 0, SIDE - 1)
        result += weight * image[rows][:, columns]
    return np.floor(result + 0.5).astype(np.uint8)


def gaussian_blur(size):
    k = kernel(size, 0.3 * ((size - 1) * 0.5 - 1) + 0.8)
    result = image.astype(np.float64)
    for axis in (0, 1):
        result = ndimage.correlate1d(result, k, axis=axis, mode='mirror')
    return np.rint(result).astype(np.uint8)


def zoom(largest, step):
    x = (image / 255.0).astype(np.float32)
    out = np.zeros_like(x)
    factors = np.arange(1, largest, step)
    for factor in factors:
        cut = int(np.ceil(SIDE / factor))
        top = (SIDE - cut) // 2
        enlarged = ndimage.zoom(x[top:top + cut, top:top + cut], (factor, factor, 1), order=1)
        trim = (enlarged.shape[0] - SIDE) // 2
        out += enlarged[trim:trim + SIDE, trim:trim + SIDE]
    return floor((x + out) / (len(factors) + 1))


def gamma(g):
    table = [int((255 + 1 - 1e-3) * pow(i / 255.0, g)) for i in range(256)]
    return np.array(table, dtype=np.uint8)[image]


def saturate(more):
    result = np.zeros(image.shape)
    for y in range(SIDE):
        for x in range(SIDE):
            h, s, v = colorsys.rgb_to_hsv(*(image[y, x] / 255.0))
            result[y, x] = colorsys.hsv_to_rgb(h, min(1, s + more), v)
    return floor(result)


def brightness(f):
    return np.array(ImageEnhance.Brightness(pil).enhance(f))


def contrast(f):
    return np.array(ImageEnhance.Contrast(pil).enhance(f))


pictures = [
    ('pixelate', [0.6], pixelate(0.6)),
    ('pixelate', [0.25], pixelate(0.25)),
    ('jpeg_compression', [50], jpeg(50)),
    ('jpeg_compression', [7], jpeg(7)),
    ('defocus_blur', [4, 0.1], defocus(4, 0.1)),
    ('defocus_blur', [8, 0.5], defocus(8, 0.5)),
    ('defocus_blur', [0.5, 0.6], defocus(0.5, 0.6)),
    ('gaussian_blur', [3], gaussian_blur(3)),
    ('gaussian_blur', [21], gaussian_blur(21)),
    ('zoom_blur', [1.11, 0.01], zoom(1.11, 0.01)),
    ('zoom_blur', [1.31, 0.03], zoom(1.31, 0.03)),
    ('brightness_up', [1.35], brightness(1.35)),
    ('brightness_down', [0.55], brightness(0.55)),
    ('contrast_up', [1.6], contrast(1.6)),
    ('contrast_down', [0.15], contrast(0.15)),
    ('saturate', [0.2], saturate(0.2)),
    ('gamma_corr_up', [1.6], gamma(1.6)),
    ('gamma_corr_down', [0.4], gamma(0.4)),
]
motions = [(3, 3, 0.0), (10, 5, 33.0), (15, 12, -44.0)]


def noise(name, parameter, byte):
    """Mean and variance of the byte that a byte becomes, from the exact distribution."""
    x = byte / 255.0
    values = np.arange(256)
    if name == 'shot_noise':
        counts = np.arange(0, 2000)
        p = stats.poisson.pmf(counts, x * parameter)
        out = floor(counts / parameter).astype(np.float64)
    elif name == 'impulse_noise':
        p = np.array([1 - parameter, parameter / 2, parameter / 2])
        out = np.array([byte, 0.0, 255.0])
    else:
        sigma = parameter if name == 'gaussian_noise' else parameter * x
        # The byte k covers [k, k + 1) / 255; below 0 goes to 0, 1 and above to 255.
        edges = stats.norm.cdf(np.arange(257) / 255.0, loc=x, scale=sigma)
        p = np.diff(edges)
        p[0] += edges[0]
        p[255] = 1 - edges[255]
        out = values.astype(np.float64)
    mean = float((p * out).sum())
    return {'name': name, 'parameter': parameter, 'byte': byte, 'mean': mean, 'variance': float((p * (out - mean) ** 2).sum())}


noises = [
    noise(name, parameter, byte)
    for name, parameter in [('gaussian_noise', 0.12), ('speckle_noise', 0.35), ('impulse_noise', 0.09), ('shot_noise', 10), ('shot_noise', 300)]
    for byte in (20, 128, 240)
]

print(json.dumps({
    'pictures': [{'name': n, 'parameter': p, 'bytes': base64.b64encode(v.tobytes()).decode()} for n, p, v in pictures],
    'motions': [{'parameter': [r, s], 'angle': a, 'bytes': base64.b64encode(motion(r, s, a).tobytes()).decode()} for r, s, a in motions],
    'noises': noises,
}, indent=1))
