# SPDX-License-Identifier: GPL-3.0-or-later
"""A network for object masks that is our own: clicks, the built-in selector's answer, a crop."""
