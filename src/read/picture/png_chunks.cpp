// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/picture/png_chunks.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "base/path.h"

namespace latent::read {

Status PngChunks::check() const {
  if (outside.empty()) return {};
  return fail(ErrorCode::Corrupt,
              fmt::format("is cut short or damaged: its chunk {} should have {} bytes, more than "
                          "the file holds; copy it again",
                          printable(outside), outside_bytes));
}

PngChunks read_png_chunks(const ByteSource& source, const Limits& limits) {
  constexpr int kMostChunks = 1'000'000;
  constexpr std::uint64_t kSignature = 8;
  constexpr std::uint64_t kFrame = 12;  // length, type, CRC
  PngChunks chunks;
  const auto take = [&](std::vector<std::uint8_t>& into, std::uint64_t at, std::uint64_t length) {
    if (!into.empty() || length > limits.max_metadata_bytes) return;
    into.resize(static_cast<std::size_t>(length));
    if (!source.read_at(at, into)) into.clear();
  };
  std::uint64_t at = kSignature;
  for (int i = 0; i < kMostChunks && source.size() >= kFrame && at <= source.size() - kFrame; ++i) {
    std::array<std::uint8_t, 8> head{};
    if (!source.read_at(at, head)) break;
    const std::uint64_t length = std::uint64_t{head[0]} << 24U | std::uint64_t{head[1]} << 16U |
                                 std::uint64_t{head[2]} << 8U | head[3];
    const std::string_view name(reinterpret_cast<const char*>(&head[4]), 4);
    const std::uint64_t left = source.size() - at - kFrame;
    if (length > left) {
      chunks.outside = name;
      chunks.outside_bytes = length;
      chunks.outside_before_samples = chunks.sample_bytes == 0 && name != "IDAT";
      if (name == "IDAT") chunks.sample_bytes += left;
      break;
    }
    if (name == "IDAT") chunks.sample_bytes += length;
    if (name == "IEND") break;
    if (name == "eXIf") take(chunks.exif, at + head.size(), length);
    if (name == "cICP" && chunks.sample_bytes == 0) take(chunks.cicp, at + head.size(), length);
    at += kFrame + length;
  }
  return chunks;
}

}  // namespace latent::read
