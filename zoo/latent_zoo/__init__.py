# SPDX-License-Identifier: GPL-3.0-or-later
"""The zoo: model folders to checked ONNX packages that Latent and darktable read."""

__version__ = "1.0.0"
