// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/colour_start.h"

#include <algorithm>
#include <utility>

#include "base/simd.h"

namespace latent::raw {

namespace {

constexpr int kTaps = 2 * ColourStart::kReach + 1;
constexpr std::array<float, kTaps> kTent{1, 2, 3, 4, 5, 4, 3, 2, 1};
constexpr float kLeastWeight = 0.5F;  // the smallest product of two tents is 1

LATENT_VECTORISED
void multiply(const float* one, const float* other, std::size_t count, float* product) {
  for (std::size_t i = 0; i < count; ++i) product[i] = one[i] * other[i];
}

/// Weighted sums over kTaps neighbours; `values` holds kReach more on both sides.
LATENT_VECTORISED
void sum_along(const float* values, std::size_t count, float* sums) {
  for (std::size_t i = 0; i < count; ++i) {
    const float* at = values + i;
    sums[i] = (at[0] + at[8]) + 2.0F * (at[1] + at[7]) + 3.0F * (at[2] + at[6]) +
              4.0F * (at[3] + at[5]) + 5.0F * at[4];
  }
}

/// The mean of a colour around each site, from kTaps rows of sums and of weights.
LATENT_VECTORISED
void mean_down(const std::array<const float*, kTaps>& sums,
               const std::array<const float*, kTaps>& weights, std::size_t count, float* mean) {
  for (std::size_t i = 0; i < count; ++i) {
    float sum = 0;
    float weight = 0;
    for (std::size_t tap = 0; tap < kTaps; ++tap) {
      sum += kTent[tap] * sums[tap][i];
      weight += kTent[tap] * weights[tap][i];
    }
    mean[i] = sum / (weight > kLeastWeight ? weight : kLeastWeight);
  }
}

/// What a site's own value stands above the mean of its colour goes on top of all three.
LATENT_VECTORISED
void add_detail(const float* u, const std::array<const float*, 3>& is, std::size_t count,
                const std::array<float*, 3>& colours) {
  for (std::size_t i = 0; i < count; ++i) {
    const float own =
        is[0][i] * colours[0][i] + is[1][i] * colours[1][i] + is[2][i] * colours[2][i];
    const float detail = u[i] - own;
    for (std::size_t c = 0; c < 3; ++c) {
      const float made = colours[c][i] + detail;
      colours[c][i] = is[c][i] > 0.5F ? u[i] : made;
    }
  }
}

}  // namespace

ColourStart::ColourStart(const Mosaic& mosaic, const Encoder& encoder, int first_column, int width,
                         CleanedCounts counts)
    : mosaic_(mosaic),
      encoder_(encoder),
      given_(std::move(counts)),
      width_(static_cast<std::size_t>(width)) {
  for (int x = first_column - kReach; x < first_column + width + kReach; ++x) {
    columns_.push_back(mirror_index(x, mosaic.active.width));
  }
  counts_.resize(columns_.size());
  masked_.resize(columns_.size());
  if (encoder.greens() != nullptr) balance_.resize(columns_.size());
  for (Summed& each : rows_) {
    each.u.resize(width_);
    for (auto& sum : each.sum) sum.resize(width_);
  }
  for (auto& each : start_) each.resize(width_);
}

const ColourStart::Code& ColourStart::code_of(int frame_y) {
  const int phase = positive_modulo(frame_y, encoder_.period().height);
  const auto found = codes_.find(phase);
  if (found != codes_.end()) return found->second;
  Code code;
  for (auto& is : code.is) is.assign(columns_.size(), 0.0F);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const SiteCode& site = encoder_.at(columns_[i], phase);
    code.scale.push_back(site.scale);
    code.shift.push_back(site.shift);
    code.sigma_u.push_back(site.sigma_u);
    code.is[static_cast<std::size_t>(site.colour)][i] = 1.0F;
  }
  for (std::size_t c = 0; c < 3; ++c) {
    code.weight[c].resize(width_);
    sum_along(code.is[c].data(), width_, code.weight[c].data());
  }
  return codes_.emplace(phase, std::move(code)).first->second;
}

const ColourStart::Summed& ColourStart::summed(int y) {
  Summed& row = rows_[static_cast<std::size_t>(positive_modulo(y, kTaps))];
  if (row.filled && row.y == y) return row;
  const int frame_y = mirror_index(y, mosaic_.active.height);
  row.y = y;
  row.filled = true;
  row.code = &code_of(frame_y);
  if (given_.row) {
    const float* counts = given_.row(frame_y);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      counts_[i] = counts[columns_[i] - given_.first_column];
    }
  } else {
    const std::uint16_t* source =
        &mosaic_.samples.view().at(mosaic_.active.x, mosaic_.active.y + frame_y);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      counts_[i] = static_cast<float>(source[columns_[i]]);
    }
  }
  if (!balance_.empty()) {
    encoder_.greens()->row(frame_y, columns_, balance_);
    for (std::size_t i = 0; i < columns_.size(); ++i) counts_[i] += balance_[i];
  }
  encode_counts(counts_.data(), row.code->scale.data(), row.code->shift.data(), columns_.size(),
                counts_.data());
  std::copy_n(counts_.data() + kReach, width_, row.u.data());
  for (std::size_t c = 0; c < 3; ++c) {
    multiply(counts_.data(), row.code->is[c].data(), columns_.size(), masked_.data());
    sum_along(masked_.data(), width_, row.sum[c].data());
  }
  return row;
}

ColourStart::Row ColourStart::row(int y) {
  std::array<const Summed*, kTaps> around{};
  for (int tap = 0; tap < kTaps; ++tap) {
    around[static_cast<std::size_t>(tap)] = &summed(y + tap - kReach);
  }
  std::array<const float*, 3> is{};
  std::array<float*, 3> start{};
  const Summed& here = *around[kReach];
  Row row;
  for (std::size_t c = 0; c < 3; ++c) {
    std::array<const float*, kTaps> sums{};
    std::array<const float*, kTaps> weights{};
    for (std::size_t tap = 0; tap < kTaps; ++tap) {
      sums[tap] = around[tap]->sum[c].data();
      weights[tap] = around[tap]->code->weight[c].data();
    }
    mean_down(sums, weights, width_, start_[c].data());
    start[c] = start_[c].data();
    is[c] = here.code->is[c].data() + kReach;
    row.is[c] = {is[c], width_};
    row.start[c] = start_[c];
  }
  add_detail(here.u.data(), is, width_, start);
  row.u = here.u;
  row.sigma_u = std::span(here.code->sigma_u).subspan(kReach, width_);
  return row;
}

}  // namespace latent::raw
