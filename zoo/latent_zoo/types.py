# SPDX-License-Identifier: GPL-3.0-or-later
"""Array types and errors that the package passes around."""

from __future__ import annotations

from latent_package.types import Array, Arrays, FloatArray, PackageError

__all__ = ["Array", "Arrays", "FloatArray", "PackageError", "ZooError"]


class ZooError(PackageError):
    """Something about a model that its user can mend; the text is one sentence."""
