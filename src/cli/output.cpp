// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/output.h"

#include <fmt/format.h>

#include <cstdio>

#include "cli/exit_code.h"

namespace latent::cli {

void print_error(const std::string& message) { fmt::print(stderr, "latent: {}\n", message); }

int usage_error(const Error& error) {
  print_error(error.message);
  return kUsage;
}

}  // namespace latent::cli
