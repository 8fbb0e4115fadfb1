"""What public measurements say of each chip: training ResNet50 on 32 x 32 images by 128.

From mrdbourke/mac-ml-speed-test, late 2023, mean of epochs, in images a second.
"""

from __future__ import annotations

RESNET50: dict[str, float] = {
    "Apple M1 Pro": 1045.0,
    "Apple M3": 857.0,
    "Apple M3 Pro": 1240.0,
    "Apple M3 Max": 1834.0,
}
# A chip of the same name may have three quarters of these GPU cores, and other things to do.
LOW = 0.5
