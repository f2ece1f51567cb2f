"""COCO: images and their annotations, as detection tools train on and score.

Format: COCO object detection (T.-Y. Lin et al., Microsoft COCO, 2014): segmentation polygons,
boxes as x, y, width, height; `score` as in result files, `order` of reading beside it.
"""

import json
from collections.abc import Sequence

import numpy as np

from docbin.lines.formats import LinesOfPage

__all__ = ["encode"]


def encode(pages: Sequence[LinesOfPage]) -> bytes:
    """Return the COCO file of a document, UTF-8."""
    images: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    for item in pages:
        images.append(
            {
                "id": item.number,
                "file_name": item.name,
                "width": item.width,
                "height": item.height,
            }
        )
        for line in item.lines:
            (left, top), (right, bottom) = line.polygon.min(0), line.polygon.max(0)
            x, y = line.polygon.T
            area = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": item.number,
                    "category_id": 1,
                    "segmentation": [[round(float(v), 1) for v in line.polygon.ravel()]],
                    "bbox": [round(float(v), 1) for v in (left, top, right - left, bottom - top)],
                    "area": round(area, 1),
                    "iscrowd": 0,
                    "score": round(line.score, 4),
                    "order": line.order,
                }
            )
    value = {
        "info": {"description": "text lines found by docbin"},
        "images": images,
        "annotations": annotations,
        "categories": [{"id": 1, "name": "text line", "supercategory": "text"}],
    }
    return (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8")
