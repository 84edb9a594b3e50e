# SPDX-License-Identifier: GPL-3.0-or-later
"""Latent's training package: prepare pictures, train a network, evaluate it, export it."""

__version__ = "1.0.0"
