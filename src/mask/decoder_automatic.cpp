// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/decoder_automatic.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/threads.h"
#include "mask/decoder_parts.h"
#include "mask/guided_filter.h"
#include "mask/net_picture.h"
#include "mask/resampled.h"
#include "mask/sampling.h"

namespace latent::mask {

namespace {

constexpr float kEpsilon = 1e-3F;
constexpr double kRadius = 1.25;   ///< of the network's pixels
constexpr int kLeastGuide = 2048;  ///< the longest side of the guide, where the photograph has it

/// The soft mask on the photograph, along its edges: the filter's line of colour is found at about
/// 2048 pixels and drawn at full size.
Result<SoftMask> led(ImageView<const std::uint8_t> picture, ImageView<const float> square) {
  const Size full = picture.size();
  const double share =
      std::min(1.0, static_cast<double>(kLeastGuide) / std::max(full.width, full.height));
  const auto side = [&](int n) { return std::max(1, static_cast<int>(std::lround(n * share))); };
  const Size small{side(full.width), side(full.height)};
  LATENT_TRY(auto guide, resampled(picture, small));
  for (int y = 0; y < small.height; ++y) {
    for (float& sample : guide.view().row(y)) sample *= 1.0F / 255.0F;
  }
  LATENT_TRY(const auto mask, resampled(square, small));
  const double pixel = std::max(small.width, small.height) / static_cast<double>(square.width());
  const int radius = std::max(1, static_cast<int>(std::lround(kRadius * pixel)));
  LATENT_TRY(const auto line, guided_coefficients(guide.view(), mask.view(), radius, kEpsilon));
  LATENT_TRY(auto result, Image<float>::create(full));
  const float across = static_cast<float>(small.width) / static_cast<float>(full.width);
  const float down = static_cast<float>(small.height) / static_cast<float>(full.height);
  const auto rows = [&](int first, int last) {
    for (int y = first; y < last; ++y) {
      const float sy = (static_cast<float>(y) + 0.5F) * down;
      for (int x = 0; x < full.width; ++x) {
        const float sx = (static_cast<float>(x) + 0.5F) * across;
        float value = bilinear(line.view(), sx, sy, 3);
        for (int c = 0; c < 3; ++c) {
          value += bilinear(line.view(), sx, sy, c) * static_cast<float>(picture.at(x, y, c)) *
                   (1.0F / 255.0F);
        }
        result.view().at(x, y) = std::clamp(value, 0.0F, 1.0F);
      }
    }
  };
  LATENT_CHECK(for_row_parts(full.height, threads_or_all(0), rows));
  return result;
}

}  // namespace

Result<SoftMask> automatic_mask(const NetContract& contract, ImageView<const std::uint8_t> picture,
                                const std::string& input, const NetRun& run,
                                const RunControl& control) {
  const NetFrame frame = net_frame(contract, picture.size());
  LATENT_TRY(NetTensor image, net_picture(contract, frame, picture));
  image.name = input;
  std::vector<NetTensor> inputs;
  inputs.push_back(std::move(image));
  LATENT_TRY(const auto outputs, run(std::move(inputs)));
  LATENT_CHECK(control.check());
  LATENT_ENSURE(!outputs.empty());
  LATENT_TRY(const NetTensor* mask, checked_output(contract, outputs, outputs.front().name, 4));
  if (mask->dims[0] != 1 || mask->dims[1] != 1) return wrong_output(contract, *mask);
  LATENT_TRY(auto square, plane_of(*mask, 0));
  const auto [least, most] = std::ranges::minmax(mask->values);
  const bool logits = contract.meaning == NetMeaning::Logits ||
                      (contract.meaning == NetMeaning::ByRange && !(least >= 0.0F && most <= 1.0F));
  bool any = false;
  for (int y = 0; y < square.height(); ++y) {
    for (float& value : square.view().row(y)) {
      value = logits ? 1.0F / (1.0F + std::exp(-value)) : std::clamp(value, 0.0F, 1.0F);
      any = any || value > 0.5F;
    }
  }
  if (!any) {
    return fail(ErrorCode::NotFound,
                fmt::format("the model '{}' finds nothing in this photograph", contract.id));
  }
  if (contract.edge_refine) return led(picture, square.view());
  return resampled(square.view(), picture.size());
}

}  // namespace latent::mask
