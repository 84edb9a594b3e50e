# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes `latent_reference` importable for the tests beside it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
