// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "read/dng/dng_floats.h"
#include "read/dng/dng_jxl.h"
#include "read/dng/dng_layout.h"
#include "read/dng/dng_samples.h"

namespace latent::read {

namespace {

constexpr int kUncompressed = 1;
constexpr int kJpeg = 7;
constexpr int kLossyJpeg = 34892;

constexpr std::uint8_t kStartOfFrame0 = 0xC0;  // markers of T.81, table B.1
constexpr std::uint8_t kLosslessFrame = 0xC3;
constexpr std::uint8_t kStartOfFrame15 = 0xCF;

bool is_frame(std::uint8_t marker) {
  constexpr std::array<std::uint8_t, 3> kOther{0xC4, 0xC8, 0xCC};  // DHT, JPG, DAC
  return marker >= kStartOfFrame0 && marker <= kStartOfFrame15 &&
         std::ranges::find(kOther, marker) == kOther.end();
}

/// The way of coding in words, where it has a name.
const char* name_of(int compression) {
  switch (compression) {
    case 5:
      return "LZW";
    case kJpeg:
      return "lossless JPEG";
    case 8:
    case 32946:
      return "deflate";
    case 32773:
      return "PackBits";
    case kLossyJpeg:
      return "JPEG with loss";
    case kJpegXl:
      return "JPEG XL";
    default:
      return nullptr;
  }
}

std::string not_taken(const DngLayout& layout) {
  const char* name = name_of(layout.compression);
  const std::string how =
      name != nullptr ? std::string(name) : fmt::format("TIFF compression {}", layout.compression);
  return fmt::format(
      "is compressed in a way that is not taken ({}, {} bits{}); convert it with Adobe DNG "
      "Converter",
      how, layout.bits_per_sample,
      layout.predictor != 1 ? fmt::format(", predictor {}", layout.predictor) : "");
}

/// Samples a pixel, their order and their width, as far as raw denoise does not take them.
std::string shape_obstacle(const DngLayout& layout) {
  if (layout.samples_per_pixel != 1 && layout.samples_per_pixel != 3) {
    return fmt::format(
        "holds {} samples a pixel, where raw denoise takes one or three; develop it with a raw "
        "developer instead",
        layout.samples_per_pixel);
  }
  if (layout.planar) {
    return "holds each colour in a plane of its own, which raw denoise does not take; convert it "
           "with Adobe DNG Converter";
  }
  if (layout.is_float) return {};
  const bool too_few = layout.compression == kUncompressed && layout.bits_per_sample < 8;
  if (too_few || layout.bits_per_sample > 16) {
    return fmt::format(
        "holds samples of {} bits, where raw denoise takes 8 to 16; convert it to a DNG of 16 bits",
        layout.bits_per_sample);
  }
  return {};
}

/// Cinema cameras write tiles of 12 bits with loss, under the number of lossless ones, too.
std::string frame_obstacle(const DngLayout& layout) {
  const JpegFrame& frame = layout.jpeg;
  const bool expected =
      frame.marker == 0 || (layout.compression == kJpeg && frame.marker == kLosslessFrame) ||
      (layout.compression == kLossyJpeg && frame.marker != kLosslessFrame && frame.bits == 8);
  if (expected) return {};
  if (frame.marker == kLosslessFrame) return "holds lossless JPEG tiles that are stated as lossy";
  return fmt::format(
      "holds JPEG tiles of {} bits with loss (frame SOF{}), which are not read; convert it with "
      "Adobe DNG Converter",
      frame.bits, frame.marker - kStartOfFrame0);
}

}  // namespace

JpegFrame read_jpeg_frame(const ByteSource& source, const DngLayout& layout) {
  const bool is_jpeg = layout.compression == kJpeg || layout.compression == kLossyJpeg;
  if (!is_jpeg || layout.offsets.empty() || layout.byte_counts.empty()) return {};
  constexpr std::uint64_t kMostHeader = 1U << 16U;
  std::vector<std::uint8_t> bytes(
      static_cast<std::size_t>(std::min(layout.byte_counts.front(), kMostHeader)));
  if (!source.read_at(layout.offsets.front(), bytes)) return {};
  for (std::size_t at = 2; at + 5 <= bytes.size() && bytes[at] == 0xFF;) {
    const std::uint8_t marker = bytes[at + 1];
    if (marker == 0xFF) {
      ++at;
      continue;
    }
    if (is_frame(marker)) return {marker, bytes[at + 4]};
    at += 2 + (std::size_t{bytes[at + 2]} << 8U | bytes[at + 3]);
  }
  return {};
}

std::string coding_obstacle(const DngLayout& layout) {
  if (layout.interleaved) {
    return "has interleaved rows or columns, which are not read; convert it with Adobe DNG "
           "Converter";
  }
  if (std::string obstacle = shape_obstacle(layout); !obstacle.empty()) return obstacle;
  if (layout.is_float && !layout.linearisation.empty()) {
    return "holds floating-point samples behind a linearisation table, which are not read; convert "
           "it to an integer DNG";
  }
  if (std::string obstacle = frame_obstacle(layout); !obstacle.empty()) return obstacle;
  const bool readable =
      layout.is_float ? dng_floats_are_readable(layout) : dng_samples_are_readable(layout);
  return readable ? std::string{} : not_taken(layout);
}

}  // namespace latent::read
