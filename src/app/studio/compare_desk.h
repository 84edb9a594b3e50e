// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "app/studio/preview_desk.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/geometry.h"

namespace latent::app {

/// A photograph as it is, to be laid over or beside another one; upright, raws developed plainly.
struct ComparedPhoto {
  SharedPixels whole;  ///< every pixel
  SharedPixels look;   ///< made small, for what is shown below 100 %
};

/// Errors   TooLarge  of more than kMostComparedPixels; as small_picture().
[[nodiscard]] Result<ComparedPhoto> compared_photo(const std::filesystem::path& file,
                                                   const RunControl& control);

/// Both photographs stay in memory, so that moving about waits for nothing.
inline constexpr std::int64_t kMostComparedPixels = 150'000'000;

/// The frame in which two photographs are compared: the larger one. 100 % are its pixels.
[[nodiscard]] Size compared_frame(Size a, Size b);

/// Where a photograph lies in the frame, so that the same place of both is at the same place: in its
/// middle, pixel on pixel, where the sizes differ by what a crop takes off (a fiftieth of a side);
/// over all of it where the shape is the same; else in its middle, as large as fits.
[[nodiscard]] Rect place_in_frame(Size photo, Size frame);

/// Opens two photographs to compare them, one after the other, on a thread of its own.
///
/// Threads  functions from one thread; callbacks come from the desk's own, and none after the
///          destructor.
class CompareDesk {
 public:
  struct Callbacks {
    /// `side` 0 or 1; `pair` is the number that open() was given.
    std::function<void(std::uint64_t pair, int side, const ComparedPhoto&)> ready;
    std::function<void(std::uint64_t pair, const std::string& sentence)> problem;
  };

  explicit CompareDesk(Callbacks callbacks);
  ~CompareDesk();
  CompareDesk(const CompareDesk&) = delete;
  CompareDesk& operator=(const CompareDesk&) = delete;

  /// In place of what is under way.
  void open(const std::filesystem::path& first, const std::filesystem::path& second,
            std::uint64_t pair);
  /// What is under way is of no use any more.
  void stop();

 private:
  struct Wish {
    std::filesystem::path files[2];
    std::uint64_t pair = 0;
  };
  void run(const std::stop_token& stop);

  Callbacks callbacks_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  Wish wish_;
  bool changed_ = false;
  std::stop_source current_;
  std::jthread thread_;  ///< last: it uses the others
};

}  // namespace latent::app
