# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages of models (.dtmodel): the archive, its manifest's words and its golden tensors.

Training, the zoo and the benchmarks read and write packages through this one library, so that a
package is the same thing to all of them.
"""
