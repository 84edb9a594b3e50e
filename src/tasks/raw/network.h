// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/run_control.h"
#include "read/photograph.h"
#include "read/raw_facts.h"
#include "tasks/raw/measure.h"
#include "tasks/raw/picture.h"
#include "tasks/settings.h"
#include "tasks/task_report.h"

// What the walk of a raw knows of networks: ours and those made for darktable stand behind this.
namespace latent::tasks {

inline constexpr int kAllColours = -1;

/// Rows of an area of a raw as a network leaves them, top to bottom.
struct CleanRows {
  int first_row = 0;          ///< of the area
  int channel = kAllColours;  ///< of a linear picture whose colours come one after the other
  /// [n, area width, 1], or 3 of a linear picture at once; of a mosaic that is demosaiced 3, light
  /// by raw::kColourWhite.
  ImageView<const float> counts;
  /// What stood there, like `counts`, where the picture does not hold it any more; else empty.
  ImageView<const std::uint16_t> source;
};
using TakeClean = std::function<Status(const CleanRows& rows)>;

struct CleanRequest {
  Rect area;         ///< of the frame
  NoiseModel noise;  ///< of the picture
  const RawDenoiseSettings& settings;
  bool shown = false;  ///< to be looked at: by the tile that serves every such area
  /// What RawNetwork::replace() gave.
  const Image<std::uint16_t>* before = nullptr;
  MosaicTraits traits = {};
};

/// A network that cleans raws of one kind.
///
/// Threads  one call at a time.
class RawNetwork {
 public:
  RawNetwork() = default;
  RawNetwork(const RawNetwork&) = delete;
  RawNetwork& operator=(const RawNetwork&) = delete;
  virtual ~RawNetwork() = default;

  /// What the user should know of it, whatever the picture.
  [[nodiscard]] virtual std::vector<std::string> notices() const { return {}; }

  /// Whether its arithmetic leaves the strength, defects and the scale of samples to the walk:
  /// darktable's does not.
  [[nodiscard]] virtual bool is_plain() const { return true; }

  /// Begins to compile for an area of a frame of that size, or for any that is to be shown, on a
  /// thread of its own.
  ///
  /// Errors   as infer::TilePlan::create().
  [[nodiscard]] virtual Status begin(Size frame, const Rect& area) = 0;
  [[nodiscard]] virtual Status begin_shown(Size frame) = 0;

  /// Waits for begin_shown().
  ///
  /// Errors   as infer::open_proved_session().
  [[nodiscard]] virtual Status ready_shown(Size frame) = 0;

  /// Where the arithmetic is for whole linear pictures: leaves the result in the picture and gives
  /// its samples before, in the same levels. Else does nothing and gives an empty image.
  ///
  /// Errors   as clean().
  [[nodiscard]] virtual Result<Image<std::uint16_t>> replace(RawPicture& /*picture*/,
                                                             const RawDenoiseSettings& /*settings*/,
                                                             const RunControl& /*control*/,
                                                             RawDenoiseReport& /*report*/) {
    return Image<std::uint16_t>{};
  }

  /// Cleans an area: all of the noise that the network finds goes, unless it is not is_plain().
  ///
  /// Errors   as infer::open_proved_session(), infer::run_tiles() and those of `take`.
  [[nodiscard]] virtual Status clean(RawPicture& picture, const CleanRequest& request,
                                     const TakeClean& take, const RunControl& control,
                                     RawDenoiseReport& report) = 0;
};

/// The networks of a package, each read at its first use.
class RawNetworks {
 public:
  RawNetworks() = default;
  RawNetworks(const RawNetworks&) = delete;
  RawNetworks& operator=(const RawNetworks&) = delete;
  virtual ~RawNetworks() = default;

  struct Choice {
    RawAs as = RawAs::Mosaic;
    RawNetwork* network = nullptr;  ///< none where none is needed
    bool demosaics = false;         ///< three colours come of a mosaic
    std::string notice = {};        ///< what the user should know of the choice; empty: nothing
  };

  /// How a raw is to be read and cleaned; `facts` passed check_taken().
  ///
  /// Errors   ModelMismatch, Unsupported  no network was made for it; Usage for a reading of the
  ///          package that it does not have; others as models::load_network().
  [[nodiscard]] virtual Result<Choice> choose(const read::RawFacts& facts,
                                              const RawDenoiseSettings& settings) = 0;

  /// Changes samples before they are written, where the task is one that does: then the raw is
  /// decoded anew for the next.
  ///
  /// Errors   those of the task.
  [[nodiscard]] virtual Status change(const read::Photograph& /*photograph*/,
                                      RawPicture& /*picture*/, const RunControl& /*control*/) {
    return {};
  }
  [[nodiscard]] virtual bool changes() const { return false; }
};

}  // namespace latent::tasks
