// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "app/job.h"
#include "app/warm_models.h"
#include "image/image.h"

namespace latent::app {

/// Pixels that are shared and never changed: [h, w, 3], encoded sRGB.
using SharedPixels = std::shared_ptr<const Image<std::uint8_t>>;

/// What is known of a photograph once it was measured.
struct PreviewFacts {
  Size size;  ///< regions lie inside; not turned
  int orientation = 1;
  double noise = 0;  ///< of 255; of a raw: percent of white at mid grey
  double confidence = 1;
  bool of_sensor = false;     ///< the noise is that of a raw
  bool from_profile = false;  ///< the noise of a raw is what its file says, and was not measured
  bool is_raw = false;
  std::vector<double> noise_curve;  ///< sigma at brightness (i + 0.5) / n, in 0..1
  std::vector<std::string> notices;
};

/// Part of the photograph before and after.
struct PreviewPart {
  Rect region;  ///< of the source, not turned
  int scale = 1;
  SharedPixels before;  ///< region enlarged by scale
  SharedPixels after;
  std::uint64_t settings = 0;  ///< which settings it was made with
};

/// Opens photographs, measures them and shows parts of them before and after, on a thread of its
/// own; what was asked last goes first.
///
/// The pixels of `after` are those of write(), rounded to 8 bits: both come from tasks::Task.
///
/// Threads  functions from one thread; callbacks come from the desk's own.
class PreviewDesk {
 public:
  struct Callbacks {
    /// The whole photograph, made small: as the camera embedded it, at once.
    std::function<void(const std::filesystem::path&, SharedPixels)> look;
    std::function<void(const std::filesystem::path&, const PreviewFacts&)> facts;
    std::function<void(const std::filesystem::path&, const PreviewPart&)> part;
    /// One sentence: nothing can be shown of this photograph with these settings (their number; 0:
    /// with none).
    std::function<void(const std::filesystem::path&, std::uint64_t, const std::string&)> problem;
    /// Begins ("compiling the network") and ends (empty) what takes longer.
    std::function<void(const std::string&)> busy;
  };

  explicit PreviewDesk(Callbacks callbacks);
  ~PreviewDesk();
  PreviewDesk(const PreviewDesk&) = delete;
  PreviewDesk& operator=(const PreviewDesk&) = delete;

  /// Another photograph, or none where the path is empty.
  void open(const std::filesystem::path& photograph);
  /// What is to be shown: a job of the task, its sources not looked at; none: no effect is shown.
  /// `number` comes back with the parts. For another preview_key() than before the facts come again,
  /// whether or not anything has to be opened for it.
  void set_job(const std::optional<Job>& job, std::uint64_t number);
  /// The parts that are wanted, the most wanted first; what was asked before and has not begun is
  /// forgotten. Other work that is under way is stopped where it is not among them.
  void want(std::vector<Rect> regions);

  /// Longest side of the look at the whole.
  static constexpr int kLookSide = 2048;

 private:
  struct Open;
  struct Wish {
    std::filesystem::path photograph;
    std::uint64_t photograph_number = 0;
    std::optional<Job> job;
    std::uint64_t job_number = 0;
    std::uint64_t key_number = 0;  ///< grows with every other preview_key()
    std::vector<Rect> regions;
  };

  void run(const std::stop_token& stop);
  void open_now(Open& open, const Wish& wish, const std::stop_token& stop);
  void show_neutrally(Open& open);
  void show_next(Open& open, const std::stop_token& stop);
  void interrupt();

  Callbacks callbacks_;
  WarmModels warm_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  Wish wish_;
  bool changed_ = false;
  std::stop_source current_;  ///< of what is being computed
  Rect current_region_;
  std::jthread thread_;  ///< last: it uses all of the others
};

/// Which network and which photograph a job's preview stands for: where this stays, another job
/// needs no new one.
[[nodiscard]] std::string preview_key(const Job& job);

}  // namespace latent::app
