// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <limits>
#include <new>
#include <vector>

#include "infer/engine.h"

namespace latent::infer {

/// A network that is a mean over a square of (2 * kBoxReach + 1) pixels a side, zero beyond the
/// tile: its reach is known exactly, and so is every answer.
inline constexpr int kBoxReach = 5;

inline models::NetworkSpec box_network() {
  models::NetworkSpec spec;
  spec.id = "box";
  spec.input = {"planes", 4, 2};
  spec.output = {"residual", 4, 2};
  spec.stride_px = 16;
  spec.reach_px = kBoxReach;
  spec.memory_bytes_per_px = 144;
  return spec;
}

class BoxSession : public Session {
 public:
  enum class Fault {
    None,
    NanOnThirdTile,
    ErrorOnThirdTile,
    RefuseThirdStart,
    ThrowOnThirdStart,
    ThrowOnThirdTile
  };

  explicit BoxSession(Size tile, Fault fault = Fault::None, const char* device = "box")
      : tile_(tile), fault_(fault) {
    info_.device = device;
  }

  [[nodiscard]] const SessionInfo& info() const override { return info_; }
  [[nodiscard]] TensorShape input_shape() const override {
    return {1, 4, tile_.height / 2, tile_.width / 2};
  }
  [[nodiscard]] TensorShape output_shape() const override { return input_shape(); }
  [[nodiscard]] int slots() const override { return 2; }

  Status start(int /*slot*/, ConstTensorView input, TensorView output) override {
    if (cancelled_) return fail(ErrorCode::Cancelled, "cancelled");
    ++started;
    if (fault_ == Fault::RefuseThirdStart && started >= 3) {
      return fail(ErrorCode::Device, "out of memory");
    }
    if (fault_ == Fault::ThrowOnThirdStart && started >= 3) throw std::bad_alloc();
    run_box(input, output);
    if (fault_ == Fault::NanOnThirdTile && started == 3) {
      output.data[7] = std::numeric_limits<float>::quiet_NaN();
    }
    return {};
  }
  Status wait(int /*slot*/) override {
    ++waited;
    if (fault_ == Fault::ErrorOnThirdTile && waited >= 3) {
      return fail(ErrorCode::Device, "the driver is gone");
    }
    if (fault_ == Fault::ThrowOnThirdTile && waited >= 3) throw std::bad_alloc();
    return {};
  }
  void cancel() override { cancelled_ = true; }
  void resume() override { cancelled_ = false; }

  int started = 0;
  int waited = 0;

 private:
  void run_box(ConstTensorView input, TensorView output) const {
    const auto at = [&](int x, int y) -> std::size_t {
      return static_cast<std::size_t>((y % 2) * 2 + x % 2) * input.shape.plane() +
             static_cast<std::size_t>((y / 2) * input.shape.width + x / 2);
    };
    // Sums over rows, then over columns.
    std::vector<double> rows(static_cast<std::size_t>(tile_.area()));
    for (int y = 0; y < tile_.height; ++y) {
      for (int x = 0; x < tile_.width; ++x) {
        double sum = 0;
        for (int i = std::max(0, x - kBoxReach); i <= std::min(tile_.width - 1, x + kBoxReach);
             ++i) {
          sum += static_cast<double>(input.data[at(i, y)]);
        }
        rows[static_cast<std::size_t>(y * tile_.width + x)] = sum;
      }
    }
    constexpr double kArea = (2 * kBoxReach + 1) * (2 * kBoxReach + 1);
    for (int y = 0; y < tile_.height; ++y) {
      for (int x = 0; x < tile_.width; ++x) {
        double sum = 0;
        for (int i = std::max(0, y - kBoxReach); i <= std::min(tile_.height - 1, y + kBoxReach);
             ++i) {
          sum += rows[static_cast<std::size_t>(i * tile_.width + x)];
        }
        output.data[at(x, y)] = static_cast<float>(sum / kArea);
      }
    }
  }

  Size tile_;
  Fault fault_;
  SessionInfo info_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace latent::infer
