// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/picture/alpha.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>

namespace latent::write {

namespace {

template <class Sample>
Sample divided(Sample colour, Sample alpha) {
  if constexpr (std::is_same_v<Sample, float>) {
    return colour / alpha;
  } else {
    constexpr std::uint64_t kTop = std::numeric_limits<Sample>::max();
    return static_cast<Sample>(std::min(kTop, (colour * kTop + alpha / 2U) / alpha));
  }
}

template <class Sample>
std::vector<std::uint8_t> divided_row(std::span<const std::uint8_t> samples, int channels) {
  const auto step = static_cast<std::size_t>(channels);
  std::vector<Sample> row(samples.size() / sizeof(Sample));
  std::memcpy(row.data(), samples.data(), samples.size());
  for (std::size_t x = 0; x + step <= row.size(); x += step) {
    const Sample alpha = row[x + step - 1];
    if (alpha == Sample{0}) continue;
    for (std::size_t c = 0; c + 1 < step; ++c) row[x + c] = divided(row[x + c], alpha);
  }
  std::vector<std::uint8_t> bytes(samples.size());
  std::memcpy(bytes.data(), row.data(), bytes.size());
  return bytes;
}

}  // namespace

std::vector<std::uint8_t> unassociated(std::span<const std::uint8_t> samples, int channels,
                                       SampleDepth depth) {
  switch (depth) {
    case SampleDepth::U8:
      return divided_row<std::uint8_t>(samples, channels);
    case SampleDepth::U16:
      return divided_row<std::uint16_t>(samples, channels);
    default:
      return divided_row<float>(samples, channels);
  }
}

}  // namespace latent::write
