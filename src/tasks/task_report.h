// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "image/geometry.h"
#include "image/mosaic.h"
#include "image/picture.h"
#include "infer/engine.h"
#include "rgb/noise_level.h"

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
  Size result;                   ///< pixels that were written
  std::filesystem::path output;  ///< the file that they are in
  bool network_ran = false;      ///< `session` and what follows it mean something
  infer::SessionInfo session;
  int tiles = 0;
  double redundancy = 1;
  std::uintmax_t output_bytes = 0;
  std::vector<std::string> notices;  ///< each a sentence that the user should see
  TaskTimes seconds;
};

/// What raw denoise tells of one file.
struct RawDenoiseReport : TaskReport {
  SensorClass sensor = SensorClass::Unknown;
  NoiseModel noise;  ///< before noise_scale
  int hot = 0;       ///< sites of the whole frame that were repaired
  int dead = 0;
  bool demosaiced = false;  ///< three colours were made of the mosaic
  /// Colour fringes that were corrected: by how many pixels red and blue stood farther out than
  /// green, in the corners.
  std::optional<std::array<double, 2>> fringes_px;
};

/// What a task on finished pictures tells of one file.
struct PictureReport : TaskReport {
  std::string source_format;  ///< "TIFF"
  SampleDepth source_depth = SampleDepth::U8;
  SampleDepth depth = SampleDepth::U16;
  std::string source_profile;  ///< in words
  std::string profile;
  /// What the denoising network was told, sigma over 0..1; absent where it did not run.
  std::optional<rgb::NoiseLevel> level;
  int scale = 1;
  std::optional<double> consistency_rms;  ///< of an enlargement reduced again, against its source
};

/// What erase tells of one file.
struct EraseReport : TaskReport {
  int holes = 0;            ///< that lie apart
  std::int64_t pixels = 0;  ///< that were filled
  double grown_px = 0;      ///< of the masks, by the blur of their objects
  double grain_around = 0;  ///< standard deviation, encoded 0..1: the median of the holes
  double grain_before = 0;  ///< in them, before grain was added
  int spots = 0;
  std::string filled_by;  ///< "builtin", or the id of a package
};

/// What depth tells of one file.
struct DepthReport : TaskReport {
  double nearest = 0;  ///< what the network said of the nearest point, in its units
  double farthest = 0;
  std::optional<double> at_point;  ///< depth of the point, 0..1
  double share = 0;                ///< of the picture that the mask covers; of a map 1
  Size network;                    ///< pixels that it looked at
};

/// What a mask of objects tells of one file.
struct ObjectMaskReport : TaskReport {
  std::size_t objects = 0;
  double share = 0;  ///< of the picture that the mask covers
};

/// What one task or another tells.
using AnyReport =
    std::variant<RawDenoiseReport, PictureReport, EraseReport, DepthReport, ObjectMaskReport>;

/// What every task tells.
[[nodiscard]] inline TaskReport& common(AnyReport& report) {
  return std::visit([](auto& each) -> TaskReport& { return each; }, report);
}
[[nodiscard]] inline const TaskReport& common(const AnyReport& report) {
  return std::visit([](const auto& each) -> const TaskReport& { return each; }, report);
}

}  // namespace latent::tasks
