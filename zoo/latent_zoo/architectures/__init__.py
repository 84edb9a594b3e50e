# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks that no library has, written from their papers; parameter names as published."""

from latent_zoo.vision import let_torchvision_import

let_torchvision_import()
