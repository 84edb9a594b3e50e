// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nanobind/nanobind.h>

namespace latent_python {

void bind_requests(nanobind::module_& module);
void bind_library(nanobind::module_& module);
void bind_arrays(nanobind::module_& module);
void bind_masks(nanobind::module_& module);

}  // namespace latent_python
