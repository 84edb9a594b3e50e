// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "image/geometry.h"
#include "infer/engine.h"

namespace latent::tasks {

/// Where the time went, in seconds. Stages overlap, so they sum to more than `total`.
struct TaskTimes {
  double read = 0;
  double noise = 0;
  double prepare = 0;     ///< waiting for the network to be compiled, beyond `read`
  double first_tile = 0;  ///< from the start of the tile pipeline
  double pack = 0;
  double infer = 0;
  double unpack = 0;  ///< blending, unpacking, and handing rows to the writer
  double write = 0;   ///< compressing and writing
  double total = 0;
};

/// What every task tells of one file.
struct TaskReport {
  Size result;               ///< pixels that were written
  bool network_ran = false;  ///< `session` and what follows it mean something
  infer::SessionInfo session;
  int tiles = 0;
  double redundancy = 1;
  std::uintmax_t output_bytes = 0;
  std::vector<std::string> notices;  ///< each a sentence that the user should see
  TaskTimes seconds;
};

}  // namespace latent::tasks
