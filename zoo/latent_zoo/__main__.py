# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m latent_zoo``."""

from latent_zoo.cli import app

if __name__ == "__main__":
    app()
