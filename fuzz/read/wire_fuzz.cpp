// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/caged/sound.h"

namespace {

using namespace latent;        // NOLINT(google-build-using-namespace)
using namespace latent::read;  // NOLINT(google-build-using-namespace)

constexpr std::int64_t kMostPixels = 1'000'000;

/// An answer of the reader, which the file has taken over, as the program takes it; what comes through
/// is what other rooms rely on.
template <class Answer>
void take(std::span<const std::uint8_t> bytes) {
  Limits limits;
  limits.max_pixels = kMostPixels;
  WireReader words(bytes, limits, [](std::uint64_t address, std::span<std::byte> out) -> Status {
    for (std::byte& byte : out) byte = static_cast<std::byte>(address);
    return {};
  });
  FileFacts facts;
  Answer answer{};
  words(facts, answer);
  if (!words.end() || !make_sound(facts) || !make_sound(answer)) return;
  if constexpr (std::is_same_v<Answer, Mosaic>) {
    const Rect whole{0, 0, answer.samples.width(), answer.samples.height()};
    if (!whole.contains(answer.active) || !answer.active.contains(answer.crop)) __builtin_trap();
    if (answer.levels.black.at(3, 5) != answer.levels.black.at(3, 5)) __builtin_trap();
    for (int y = 0; y < whole.height; ++y) {
      for (const auto sample : answer.samples.view().row(y)) {
        if (sample > answer.sample_max) __builtin_trap();
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span<const std::uint8_t> bytes(data + 1, size - 1);
  switch (data[0] % 8) {
    case 0:
      take<Mosaic>(bytes);
      break;
    case 1:
      take<LinearRaw>(bytes);
      break;
    case 2:
      take<ExactFloats>(bytes);
      break;
    case 3:
      take<Picture>(bytes);
      break;
    case 4:
      take<metadata::Metadata>(bytes);
      break;
    case 5:
      take<std::vector<metadata::DescribedField>>(bytes);
      break;
    case 6:
      take<SmallJpeg>(bytes);
      break;
    default:
      take<std::optional<EmbeddedPreview>>(bytes);
      break;
  }
  return 0;
}
