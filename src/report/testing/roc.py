"""Writes roc.json: scikit-learn's ROC curves and confusion matrices of drawn scores with ties (`python3 roc.py`, Debian's
python3-sklearn), for roc.test.ts and confusion.test.ts. `python3 roc.py --check` compares instead."""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.metrics import confusion_matrix, multilabel_confusion_matrix, roc_auc_score, roc_curve

path = Path(__file__).with_name("roc.json")
rng = np.random.default_rng(11)


def drawn(task, images, classes):
    """Scores in steps of 1/64, exact in float32, so that many tie."""
    if task == "multi-label":
        labels = (rng.random((images, classes)) < 0.3).astype(int)
        scores = np.clip(np.round((0.35 * labels + 0.75 * rng.random((images, classes))) * 64) / 64, 0, 1)
        shown, truth = labels.ravel().tolist(), labels
        matrix = multilabel_confusion_matrix(labels, scores > 0.5)
        counts = [[int(m[1, 1]), int(m[1, 0]), int(m[0, 1]), int(m[0, 0])] for m in matrix]
    else:
        labels = rng.integers(0, classes, images)
        scores = rng.random((images, classes))
        scores[np.arange(images), labels] += 0.4
        scores = np.round(scores / scores.sum(1, keepdims=True) * 64) / 64
        shown, truth = labels.tolist(), np.eye(classes, dtype=int)[labels]
        predicted = (scores[:, -1] > 0.5).astype(int) if task == "binary-class" else scores.argmax(1)
        counts = confusion_matrix(labels, predicted, labels=range(classes)).tolist()
    curves = []
    for k in range(classes):
        fpr, tpr, _ = roc_curve(truth[:, k], scores[:, k])
        area = roc_auc_score(truth[:, k], scores[:, k])
        curves.append({"fpr": fpr.tolist(), "tpr": tpr.tolist(), "auc": area})
    return {"task": task, "classes": classes, "labels": shown, "scores": scores.ravel().tolist(), "counts": counts, "curves": curves}


cases = [drawn("multi-class", 90, 4), drawn("binary-class", 60, 2), drawn("multi-label", 50, 3)]
text = json.dumps({"cases": cases}) + "\n"
if "--check" in sys.argv:
    sys.exit(0 if path.read_text() == text else 1)
path.write_text(text)
