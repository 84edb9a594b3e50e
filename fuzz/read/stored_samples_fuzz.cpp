// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as samples of every width that a file may have: none is read beyond its row. The first
// byte chooses the width.
#include "read/picture/stored_samples.h"

#include <array>
#include <vector>

namespace {

using latent::read::StoredSample;

template <class T>
void widen(std::span<const std::uint8_t> bytes, StoredSample stored) {
  const std::size_t count = bytes.size() * 8 / static_cast<std::size_t>(stored.bits);
  std::vector<T> row(count);
  latent::read::widen_samples(bytes.data(), stored, {row.data(), count, 1});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent;
  if (size < 9) return 0;
  // A copy of its own, so that what is read beyond its end is seen.
  const std::vector<std::uint8_t> bytes(data + 1, data + 1 + (size - 1) / 8 * 8);
  const StoredSample stored{1 + data[0] % 64, (data[0] & 0x80U) != 0};
  const auto depth = stored.depth();
  if (depth == SampleDepth::U8) widen<std::uint8_t>(bytes, stored);
  if (depth == SampleDepth::U16) widen<std::uint16_t>(bytes, stored);
  if (depth == SampleDepth::F32) widen<float>(bytes, stored);
  if (!stored.is_float && stored.bits <= 16) {
    std::vector<std::uint16_t> numbers(bytes.size() * 8 / static_cast<std::size_t>(stored.bits));
    read::read_numbers(bytes.data(), stored.bits, numbers);
  }
  return 0;
}
