// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/unpack.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/simd.h"

namespace latent::raw {

namespace {

constexpr float kLargestStored = 65535.0F;
constexpr int kStretch = 512;      // columns whose codes fit into a core's nearest cache
constexpr int kVectorFloats = 16;  // of the widest vectors: a stretch ends with a whole one

/// Columns that one set of codes serves, from any multiple of it on: whole periods.
int stretch_of(const Encoder& encoder, int width) {
  return std::min(width, round_up(kStretch, std::lcm(encoder.period().width, kVectorFloats)));
}

}  // namespace

Unpacker::Unpacker(const Mosaic& mosaic, const Encoder& encoder, int first_column, int width,
                   double strength)
    : mosaic_(mosaic),
      encoder_(encoder),
      first_column_(first_column),
      width_(static_cast<std::size_t>(width)),
      stretch_(static_cast<std::size_t>(stretch_of(encoder, width))),
      strength_(static_cast<float>(strength)) {
  if (encoder.greens() != nullptr) {
    columns_.resize(width_);
    std::iota(columns_.begin(), columns_.end(), first_column);
  }
  codes_.resize(static_cast<std::size_t>(encoder.period().height));
  for (int y = 0; y < encoder.period().height; ++y) {
    RowCode& code = codes_[static_cast<std::size_t>(y)];
    for (int x = 0; x < static_cast<int>(stretch_); ++x) {
      const SiteCode& site = encoder.at(first_column + x, y);
      code.scale.push_back(site.scale);
      code.shift.push_back(site.shift);
      code.back_scale.push_back(site.back_scale);
      code.back_shift.push_back(site.back_shift);
      code.saturation.push_back(site.saturation);
      code.agreement.push_back(site.agreement);
      const HighlightCurve* curve = encoder.highlights(first_column + x, y);
      if (curve != nullptr) code.highlight.push_back(curve->begin());
      const ShadowCurve* dark = encoder.shadows(first_column + x, y);
      if (dark != nullptr) code.shadow.push_back(dark->end());
    }
  }
}

namespace {

/// The pointers of one row, so that the loop below has nothing to look up.
struct RowPointers {
  const std::uint16_t* source;
  const float* residual;
  const float* scale;
  const float* shift;
  const float* back_scale;
  const float* back_shift;
  const float* saturation;
  const float* agreement;
};

/// out: the denoised counts.
LATENT_VECTORISED
void decode_row(const RowPointers& in, std::size_t width, float* __restrict out) {
  for (std::size_t i = 0; i < width; ++i) {
    const float source = static_cast<float>(in.source[i]);
    const float inside = source * in.scale[i] + in.shift[i];
    const float u = std::sqrt(inside > 0.0F ? inside : 0.0F);
    const float difference = u - in.residual[i];
    const float clean = difference > 0.0F ? difference : 0.0F;
    out[i] = clean * clean * in.back_scale[i] + in.back_shift[i];
  }
}

/// out: denoised counts in, the result out.
LATENT_VECTORISED
void blend_row(const RowPointers& in, std::size_t width, float strength, float* __restrict out) {
  const float kept = 1.0F - strength;
  for (std::size_t i = 0; i < width; ++i) {
    const float source = static_cast<float>(in.source[i]);
    const float denoised = out[i];
    const int clipped = static_cast<int>(source >= in.saturation[i]);
    const int agrees = static_cast<int>(denoised >= in.agreement[i]);
    const float found = (clipped & agrees) != 0 ? source : denoised;  // && would be a branch
    out[i] = strength * found + kept * source;
  }
}

/// Whether any value is above its limit.
LATENT_VECTORISED
bool any_above(const float* __restrict values, const float* __restrict limits, std::size_t count) {
  int above = 0;
  for (std::size_t i = 0; i < count; ++i) above |= static_cast<int>(values[i] > limits[i]);
  return above != 0;
}

LATENT_VECTORISED
void store(const float* counts, std::size_t count, float scale, float pedestal,
           std::uint16_t* stored) {
  for (std::size_t i = 0; i < count; ++i) {
    const float value = counts[i] * scale + pedestal + 0.5F;
    const float bounded = value < 0.0F ? 0.0F : value > kLargestStored ? kLargestStored : value;
    stored[i] = static_cast<std::uint16_t>(static_cast<std::int32_t>(bounded));
  }
}

}  // namespace

const Unpacker::RowCode& Unpacker::code_of(int frame_y) const {
  return codes_[static_cast<std::size_t>(
      positive_modulo(frame_y, static_cast<int>(codes_.size())))];
}

template <class Work>
void Unpacker::by_stretches(int frame_y, std::span<float> counts, const Work& work) const {
  const RowCode& code = code_of(frame_y);
  const auto active = mosaic_.samples.view().crop(mosaic_.active);
  const std::uint16_t* source = active.row(frame_y).data() + first_column_;
  for (std::size_t at = 0; at < width_; at += stretch_) {
    const std::span<float> out = counts.subspan(at, std::min(stretch_, width_ - at));
    const RowPointers pointers{source + at,
                               nullptr,
                               code.scale.data(),
                               code.shift.data(),
                               code.back_scale.data(),
                               code.back_shift.data(),
                               code.saturation.data(),
                               code.agreement.data()};
    work(pointers, out, at);
  }
}

/// With what makes greens alike added to the source before, and taken off the result after.
void Unpacker::decode_balanced(int frame_y, std::span<const float> residual,
                               std::span<float> counts) const {
  std::vector<float> balance(width_);
  encoder_.greens()->row(frame_y, columns_, balance);
  by_stretches(frame_y, counts, [&](const RowPointers& in, std::span<float> out, std::size_t at) {
    const float* taken = residual.data() + at;
    const float* added = balance.data() + at;
    for (std::size_t i = 0; i < out.size(); ++i) {
      const float source = static_cast<float>(in.source[i]) + added[i];
      const float inside = source * in.scale[i] + in.shift[i];
      const float clean = std::max(0.0F, std::sqrt(std::max(0.0F, inside)) - taken[i]);
      out[i] = clean * clean * in.back_scale[i] + in.back_shift[i] - added[i];
    }
  });
}

void Unpacker::decode(int frame_y, std::span<const float> residual, std::span<float> counts) const {
  if (encoder_.greens() != nullptr) {
    decode_balanced(frame_y, residual, counts);
    return;
  }
  by_stretches(frame_y, counts, [&](RowPointers in, std::span<float> out, std::size_t at) {
    in.residual = residual.data() + at;
    decode_row(in, out.size(), out.data());
  });
}

void Unpacker::finish(int frame_y, std::span<float> counts) const {
  const RowCode& code = code_of(frame_y);
  by_stretches(frame_y, counts, [&](const RowPointers& in, std::span<float> out, std::size_t at) {
    if (!code.highlight.empty()) {
      undo_clipping({first_column_ + static_cast<int>(at), frame_y}, code, out);
    }
    if (!code.shadow.empty()) {
      undo_shadows({first_column_ + static_cast<int>(at), frame_y}, code, out);
    }
    blend_row(in, out.size(), strength_, out.data());
  });
}

void Unpacker::row(int frame_y, std::span<const float> residual, std::span<float> counts) const {
  if (strength_ == 0.0F) {
    const auto active = mosaic_.samples.view().crop(mosaic_.active);
    std::copy_n(active.row(frame_y).data() + first_column_, width_, counts.begin());
    return;
  }
  decode(frame_y, residual, counts);
  finish(frame_y, counts);
}

void Unpacker::undo_clipping(Point first, const RowCode& code, std::span<float> counts) const {
  constexpr std::size_t kLookedAt = 64;  // columns at once: highlights are few and lie together
  for (std::size_t begin = 0; begin < counts.size(); begin += kLookedAt) {
    const std::size_t end = std::min(begin + kLookedAt, counts.size());
    if (!any_above(counts.data() + begin, code.highlight.data() + begin, end - begin)) continue;
    for (std::size_t i = begin; i < end; ++i) {
      if (!(counts[i] > code.highlight[i])) continue;
      const HighlightCurve* curve = encoder_.highlights(first.x + static_cast<int>(i), first.y);
      counts[i] = curve->light(counts[i]);
    }
  }
}

void Unpacker::undo_shadows(Point first, const RowCode& code, std::span<float> counts) const {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (!(counts[i] < code.shadow[i])) continue;
    counts[i] = encoder_.shadows(first.x + static_cast<int>(i), first.y)->light(counts[i]);
  }
}

void store_row(std::span<const float> counts, int shift, int pedestal,
               std::span<std::uint16_t> stored) {
  store(counts.data(), counts.size(), std::ldexp(1.0F, shift), static_cast<float>(pedestal),
        stored.data());
}

void store_row(std::span<const std::uint16_t> counts, int shift, int pedestal,
               std::span<std::uint16_t> stored) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto value = (std::uint32_t{counts[i]} << static_cast<unsigned>(shift)) +
                       static_cast<std::uint32_t>(pedestal);
    stored[i] = static_cast<std::uint16_t>(std::min<std::uint32_t>(value, 65535));
  }
}

}  // namespace latent::raw
