// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/block_basis.h"

#include <gtest/gtest.h>

#include "mosaics.h"

namespace latent::raw {
namespace {

std::array<float, kBlockSites> coefficients(const BlockBasis& basis,
                                            const std::array<float, kBlockSites>& samples) {
  std::array<float, kBlockSites> result{};
  for (std::size_t s = 0; s < kBlockSites; ++s) {
    for (std::size_t k = 0; k < kBlockSites; ++k) result[k] += samples[s] * basis.vectors[s][k];
  }
  return result;
}

class BlockBasisOf : public testing::TestWithParam<std::string> {
 protected:
  BlockBasis basis() const { return BlockBasis::create(pattern_of(GetParam(), {1, 0})); }
};

TEST_P(BlockBasisOf, IsOrthonormal) {
  const BlockBasis all = basis();
  for (int k = 0; k < all.count; ++k) {
    for (int l = 0; l <= k; ++l) {
      double product = 0;
      for (const auto& site : all.vectors) {
        product += static_cast<double>(site[static_cast<std::size_t>(k)]) *
                   static_cast<double>(site[static_cast<std::size_t>(l)]);
      }
      EXPECT_NEAR(product, k == l ? 1.0 : 0.0, 1e-5) << k << ' ' << l;
    }
  }
}

TEST_P(BlockBasisOf, DoesNotSeeASlopeInEachColour) {
  const BlockBasis all = basis();
  std::array<float, kBlockSites> samples{};
  for (std::size_t s = 0; s < kBlockSites; ++s) {
    const auto x = static_cast<float>(s % kBlockSide);
    const auto y = static_cast<float>(s / kBlockSide);
    const auto colour = static_cast<float>(all.colour[s]);
    samples[s] = 3.0F * colour + (1.0F + colour) * x - 0.5F * colour * y;
  }
  for (const float coefficient : coefficients(all, samples)) EXPECT_NEAR(coefficient, 0.0, 1e-4);
}

TEST_P(BlockBasisOf, HasCoefficientsInEveryBandAndEachInOneMeasuringBand) {
  const BlockBasis all = basis();
  std::vector<int> seen(kBlockSites, 0);
  for (const auto band : {BlockBasis::Low, BlockBasis::Middle, BlockBasis::High}) {
    EXPECT_GE(all.members[band].size(), 6U);
    for (const int k : all.members[band]) EXPECT_EQ(seen[static_cast<std::size_t>(k)]++, 0);
  }
  EXPECT_GE(all.members[BlockBasis::Choice].size(), 6U);
}

TEST_P(BlockBasisOf, RowsThatAreBrighterDoNotShowInTheHighBand) {
  const BlockBasis all = basis();
  std::array<float, kBlockSites> samples{};
  for (std::size_t s = 0; s < kBlockSites; ++s)
    samples[s] = (s / kBlockSide) % 3 == 0 ? 1.0F : 0.0F;
  const auto found = coefficients(all, samples);
  double shown = 0;
  for (const int k : all.members[BlockBasis::High]) {
    shown += static_cast<double>(found[static_cast<std::size_t>(k)]) *
             static_cast<double>(found[static_cast<std::size_t>(k)]);
  }
  double all_energy = 0;
  for (const float value : samples) all_energy += static_cast<double>(value * value);
  EXPECT_LT(shown, 0.01 * all_energy);
}

INSTANTIATE_TEST_SUITE_P(Patterns, BlockBasisOf,
                         testing::Values(kBayerLetters, kXTransLetters, std::string()),
                         [](const auto& pattern) {
                           return pattern.param.empty()       ? "Mono"
                                  : pattern.param.size() == 4 ? "Bayer"
                                                              : "XTrans";
                         });

}  // namespace
}  // namespace latent::raw
