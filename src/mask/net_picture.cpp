// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/net_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "mask/resampled.h"
#include "mask/sampling.h"

namespace latent::mask {

namespace {

int rounded(double value) { return static_cast<int>(std::floor(value + 0.5)); }

/// Between the four samples around, places counted from the middle of the first.
float sampled(ImageView<const std::uint8_t> picture, double x, double y, int channel) {
  const double px = std::clamp(x, 0.0, picture.width() - 1.0);
  const double py = std::clamp(y, 0.0, picture.height() - 1.0);
  const int left = static_cast<int>(px);
  const int top = static_cast<int>(py);
  const int right = std::min(left + 1, picture.width() - 1);
  const int bottom = std::min(top + 1, picture.height() - 1);
  const double fx = px - left;
  const double fy = py - top;
  const auto at = [&](int column, int row) -> double { return picture.at(column, row, channel); };
  const double above = at(left, top) * (1 - fx) + at(right, top) * fx;
  const double below = at(left, bottom) * (1 - fx) + at(right, bottom) * fx;
  return static_cast<float>(above * (1 - fy) + below * fy);
}

/// The filled part, 0..255.
Result<Image<float>> fitted(const NetContract& contract, const NetFrame& frame,
                            ImageView<const std::uint8_t> picture) {
  if (contract.compat == NetCompat::None) return resampled(picture, frame.filled);
  LATENT_TRY(auto image, Image<float>::create(frame.filled, 3));
  const double scale =
      static_cast<double>(frame.side) / std::max(picture.width(), picture.height());
  const double shift = frame.compat == NetCompat::Darktable56 ? 0.0 : 0.5;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      for (int c = 0; c < 3; ++c) {
        image.view().at(x, y, c) =
            sampled(picture, (x + shift) / scale - shift, (y + shift) / scale - shift, c);
      }
    }
  }
  return image;
}

int luma(ImageView<const std::uint8_t> picture, int x, int y) {
  return (54 * picture.at(x, y, 0) + 183 * picture.at(x, y, 1) + 19 * picture.at(x, y, 2)) >> 8;
}

std::array<float, 256> likeness() {
  constexpr double kSigma = 0.1;
  std::array<float, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double difference = static_cast<double>(i) / 255.0;
    table.at(i) = static_cast<float>(std::exp(-difference * difference / (2 * kSigma * kSigma)));
  }
  return table;
}

/// The way of a line of the result into the square's.
struct Line {
  double step = 1;
  double shift = 0;  ///< source = (i + shift) * step - shift
  int count = 1;     ///< samples of the square that count

  [[nodiscard]] double source(int i) const {
    return std::clamp((i + shift) * step - shift, 0.0, count - 1.0);
  }
  /// The sample of the result nearest to one of the square.
  [[nodiscard]] int back(int sample, int last) const {
    return std::clamp(rounded((sample + shift) / std::max(step, 1e-9) - shift), 0, last);
  }
};

/// darktable's: four bilinear weights times the likeness of brightness.
Result<Image<float>> led_by_luma(ImageView<const float> square, Line across, Line down, Size size,
                                 ImageView<const std::uint8_t> picture) {
  static const std::array<float, 256> kLikeness = likeness();
  LATENT_TRY(auto result, Image<float>::create(size));
  for (int y = 0; y < size.height; ++y) {
    const double sy = down.source(y);
    const int top = static_cast<int>(sy);
    for (int x = 0; x < size.width; ++x) {
      const double sx = across.source(x);
      const int left = static_cast<int>(sx);
      const int here = luma(picture, x, y);
      double total = 0;
      double weights = 0;
      double plain = 0;
      for (int i = 0; i < 4; ++i) {
        const int row = std::min(top + i / 2, down.count - 1);
        const int column = std::min(left + i % 2, across.count - 1);
        const double share = std::abs(1 - i / 2 - (sy - top)) * std::abs(1 - i % 2 - (sx - left));
        const int there =
            luma(picture, across.back(column, size.width - 1), down.back(row, size.height - 1));
        const double weight =
            share * kLikeness.at(static_cast<std::size_t>(std::abs(here - there)));
        total += weight * square.at(column, row);
        plain += share * square.at(column, row);
        weights += weight;
      }
      constexpr double kNothing = 1e-6;
      result.view().at(x, y) = static_cast<float>(weights > kNothing ? total / weights : plain);
    }
  }
  return result;
}

/// How much of a square of another side is filled.
Size filled_of(const NetFrame& frame, int side) {
  const auto share = [&](int filled) {
    return std::clamp(rounded(static_cast<double>(filled) * side / frame.side), 1, side);
  };
  return {share(frame.filled.width), share(frame.filled.height)};
}

}  // namespace

Place NetFrame::in_square(const Place& place) const {
  if (compat == NetCompat::None) {
    return {place.x * filled.width - 0.5, place.y * filled.height - 0.5};
  }
  // darktable multiplies the number of the pixel.
  const double scale = static_cast<double>(side) / std::max(photograph.width, photograph.height);
  return {(place.x * photograph.width - 0.5) * scale, (place.y * photograph.height - 0.5) * scale};
}

NetFrame net_frame(const NetContract& contract, Size photograph) {
  NetFrame frame;
  frame.photograph = photograph;
  frame.side = contract.side;
  frame.filled = {contract.side, contract.side};
  frame.compat = contract.compat;
  if (contract.fit == NetFit::LongestSide) {
    const double scale =
        static_cast<double>(contract.side) / std::max(photograph.width, photograph.height);
    const auto side = [&](int n) { return std::clamp(rounded(n * scale), 1, contract.side); };
    frame.filled = {side(photograph.width), side(photograph.height)};
  }
  return frame;
}

Result<NetTensor> net_picture(const NetContract& contract, const NetFrame& frame,
                              ImageView<const std::uint8_t> picture) {
  LATENT_TRY(const auto image, fitted(contract, frame, picture));
  const auto side = static_cast<std::size_t>(frame.side);
  NetTensor tensor{"image", {1, 3, frame.side, frame.side}, {}};
  tensor.values.assign(3 * side * side, 0.0F);
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        const float sample = image.view().at(x, y, static_cast<int>(c)) * (1.0F / 255.0F);
        tensor
            .values[(c * side + static_cast<std::size_t>(y)) * side + static_cast<std::size_t>(x)] =
            (sample - contract.mean.at(c)) / contract.deviation.at(c);
      }
    }
  }
  return tensor;
}

Result<Image<float>> out_of_square(const NetContract& contract, const NetFrame& frame,
                                   ImageView<const float> square, Size size,
                                   ImageView<const std::uint8_t> picture) {
  const Size filled = filled_of(frame, square.width());
  if (contract.compat == NetCompat::None) {
    return resampled(square.crop({0, 0, filled.width, filled.height}), size);
  }
  const auto line = [&](int from, int to) {
    if (frame.compat == NetCompat::Darktable56) {
      return Line{static_cast<double>(from - 1) / std::max(1, to - 1), 0, from};
    }
    return Line{static_cast<double>(from) / to, 0.5, from};
  };
  return led_by_luma(square, line(filled.width, size.width), line(filled.height, size.height), size,
                     picture);
}

Result<Image<float>> into_square(const NetFrame& frame, ImageView<const float> mask, int side,
                                 float outside) {
  LATENT_TRY(auto square, Image<float>::create({side, side}));
  LATENT_TRY(const auto small, resampled(mask, filled_of(frame, side)));
  for (int y = 0; y < side; ++y) {
    const auto row = square.view().row(y);
    std::ranges::fill(row, outside);
    if (y < small.height()) std::ranges::copy(small.view().row(y), row.begin());
  }
  return square;
}

}  // namespace latent::mask
