// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <variant>

#include "base/run_control.h"
#include "image/image.h"
#include "infer/engine.h"
#include "models/store/package.h"
#include "read/photograph.h"
#include "rgb/noise_level.h"
#include "tasks/settings.h"
#include "tasks/task_report.h"

// The one shape of every task: create, prepare, show, write; run is prepare, then write.
namespace latent::tasks {

/// What may be set of a task; each takes its own.
using Settings = std::variant<RawDenoiseSettings, DenoiseSettings, UpscaleSettings, EraseSettings,
                              DepthSettings, ObjectMaskSettings>;

/// The packages that a task works with.
struct Models {
  models::Package package;
  std::optional<models::Package> denoise;  ///< for UpscaleSettings::denoise
  int scale = 2;                           ///< of an enlargement: 2 or 4
};

/// Rows of a result, of one depth.
using RowsView = std::variant<ImageView<const std::uint8_t>, ImageView<const std::uint16_t>,
                              ImageView<const float>>;
using RowSink = std::function<Status(const RowsView& rows)>;

/// Where a result goes.
struct Target {
  std::filesystem::path path;  ///< the format of a finished picture goes by its ending
  bool overwrite = false;      ///< replace what stands under that name
  /// Asked for another name in the same folder where somebody took `path` while the result was
  /// made; the report says which it became. Empty: that is an error.
  std::function<Result<std::filesystem::path>()> another = {};
  /// Takes the result in place of a file, top to bottom, from one thread at a time; `path` only
  /// says what format its samples are for. Finished pictures come as the samples of the file. Of a
  /// mosaic come the counts of the area that is denoised, in the levels of the source and not yet
  /// rounded (of a floating-point raw that is written so: its own units); raws that were made
  /// linear are refused. Of the report `output` and what is said of the file are empty.
  RowSink take = {};
};

/// What will be asked of a photograph first.
struct Next {
  const Settings& settings;
  const Target& target;
};

/// Part of a photograph before and after, to look at.
///
/// Shapes   [h, w, 3] both; an enlargement shows the region enlarged, `before` by a plain bicubic.
/// Units    encoded sRGB. Finished pictures without bounds, `after` with the pixels that write()
///          gives there before they are rounded. Raws developed plainly, both in the same way.
struct Shown {
  Image<float> before;
  Image<float> after;
  /// Of a raw: the counts that write() gives there, before they are scaled and rounded to the
  /// samples of the DNG. [h, w, 1] of a mosaic, else [h, w, 3]; empty for finished pictures.
  Image<float> counts;
};

/// What preparing found out.
struct PreparedFacts {
  Size size;                             ///< a region to be shown lies inside; not turned
  std::optional<rgb::NoiseLevel> level;  ///< measured of a finished picture that is denoised
  std::optional<NoiseModel> noise;       ///< of a raw: its profile, or measured
};

/// A photograph decoded and measured once, of which parts are shown again and again. Keeps
/// what was shown last, noisy and clean, so that another strength needs no network.
///
/// Threads  one call at a time.
class Prepared {
 public:
  /// What each task keeps in it.
  struct Inside {
    explicit Inside(read::Photograph opened) : photograph(std::move(opened)) {}
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    virtual ~Inside() = default;

    read::Photograph photograph;
    PreparedFacts facts;
    TaskTimes seconds;  ///< of preparing
  };

  explicit Prepared(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
  [[nodiscard]] const PreparedFacts& facts() const { return inside_->facts; }

 private:
  friend class Task;
  std::unique_ptr<Inside> inside_;
};

/// How one task does it: what stands behind Task.
class Work {
 public:
  Work() = default;
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  virtual ~Work() = default;

  [[nodiscard]] virtual Result<std::unique_ptr<Prepared::Inside>> prepare(
      const read::Photograph& photograph, const Next* next, const RunControl& control) = 0;
  [[nodiscard]] virtual Result<Shown> show(Prepared::Inside& prepared, const Rect& region,
                                           const Settings& settings, const RunControl& control) = 0;
  [[nodiscard]] virtual Result<AnyReport> write(Prepared::Inside& prepared, const Target& target,
                                                const Settings& settings,
                                                const RunControl& control) = 0;
};

/// A task with its networks, for one photograph after the other. Made by create_raw_denoise(),
/// create_denoise() and create_upscale(); who holds one need not know which.
///
/// Threads  one call at a time; the object keeps compiled networks for the next photograph.
class Task {
 public:
  explicit Task(std::unique_ptr<Work> work) : work_(std::move(work)) {}

  /// Decodes and measures a photograph, and has the network compiled for parts to be shown.
  ///
  /// `next`  where it is known that write() follows: what it does not need is left for later, and
  ///         the network is compiled for it instead.
  /// Errors  those of reading, of the measurement and of the network.
  [[nodiscard]] Result<Prepared> prepare(const read::Photograph& photograph,
                                         const RunControl& control, const Next* next = nullptr);

  /// A region before and after, as write() with these settings gives it, within the tolerance of
  /// the tile grid. `settings.region` and where a result goes are not looked at.
  ///
  /// A region that was shown lately is shown again without the network, whatever strength, luma,
  /// chroma and detail. To see something else sooner, ask control.stop and call again when this has
  /// returned: it does at once.
  ///
  /// Errors   Usage for a region outside the picture or a setting out of range; as prepare();
  ///          Cancelled.
  [[nodiscard]] Result<Shown> show(Prepared& prepared, const Rect& region, const Settings& settings,
                                   const RunControl& control);

  /// Writes the result: beside the target first, renamed when whole. Times in the report are those
  /// of preparing too.
  ///
  /// Errors   as show(), those of writing, and Io where the photograph was changed meanwhile. No
  ///          file is left then.
  [[nodiscard]] Result<AnyReport> write(Prepared& prepared, const Target& target,
                                        const Settings& settings, const RunControl& control);

  /// prepare(), then write().
  [[nodiscard]] Result<AnyReport> run(const read::Photograph& photograph, const Target& target,
                                      const Settings& settings, const RunControl& control);

 private:
  std::unique_ptr<Work> work_;
};

/// Finishes a file under the target's name, or where that was taken meanwhile under the names that
/// `target.another` gives, one after the other.
///
/// `finish`     finish() of a writer
/// `finish_as`  its finish_as()
/// Errors   those of both.
template <class Finish, class FinishAs>
[[nodiscard]] Result<std::filesystem::path> finish_somewhere(const Target& target, Finish finish,
                                                             FinishAs finish_as) {
  constexpr int kAttempts = 1000;
  std::filesystem::path path = target.path;
  Status done = finish();
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (done || done.error().code != ErrorCode::Usage || !target.another) break;
    LATENT_TRY(path, target.another());
    done = finish_as(path);
  }
  if (!done) return tl::make_unexpected(std::move(done).error());
  return path;
}

/// The sentence with the file's name before it, unless it is there already.
[[nodiscard]] Error naming(const std::filesystem::path& source, Error error);

}  // namespace latent::tasks
