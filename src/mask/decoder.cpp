// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/decoder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/path.h"
#include "mask/marks.h"
#include "mask/working_picture.h"

namespace latent::mask {

namespace {

constexpr std::size_t kPointsOfStroke = 5;
constexpr int kPaintedAt = 1024;  ///< pixels of the longest side at which a stroke is drawn
/// Logits of a mask that somebody drew: sure, and not beyond what networks give.
constexpr float kSure = 10;

}  // namespace

Result<NetAnswer> decode(const NetQuestion& question, const NetRun& run) {
  switch (question.contract.family) {
    case NetFamily::Sam2:
      return decode_sam2(question, run);
    case NetFamily::SamHq:
      return decode_samhq(question, run);
    case NetFamily::SegNext:
      return decode_segnext(question, run);
    case NetFamily::Clicks:
    case NetFamily::Automatic:
      break;
  }
  return fail(ErrorCode::Internal, "a network without prompts was asked with some");
}

Result<Image<float>> before_of(const NetContract& contract, const NetFrame& frame,
                               ImageView<const float> mask) {
  if (contract.previous == NetPrevious::None) return Image<float>{};
  constexpr int kShareOfSam = 4;
  const bool logits = contract.family != NetFamily::SegNext;
  const int side = logits ? contract.side / kShareOfSam : contract.side;
  LATENT_TRY(auto square, into_square(frame, mask, side, 0.0F));
  for (int y = 0; y < side; ++y) {
    for (float& value : square.view().row(y)) {
      if (logits) {
        value = (2 * std::clamp(value, 0.0F, 1.0F) - 1) * kSure;
      } else {
        value = value > 0.5F ? 1.0F : 0.0F;
      }
    }
  }
  return square;
}

Status paint_before(const NetContract& contract, const NetFrame& frame, const Prompt& stroke,
                    Image<float>& before) {
  if (before.empty() || stroke.kind != PromptKind::Stroke) return {};
  const int side = before.width();
  LATENT_TRY(auto painted, Image<float>::create(working_size(frame.photograph, kPaintedAt)));
  Prompt adding = stroke;
  adding.on_object = true;
  paint_softly(adding, painted.view());
  LATENT_TRY(const auto covered, into_square(frame, std::as_const(painted).view(), side, 0.0F));
  const bool binary = contract.previous == NetPrevious::Binary;
  const float least = binary ? 0.0F : -kSure;
  const float value = stroke.on_object ? (binary ? 1.0F : kSure) : least;
  for (int y = 0; y < side; ++y) {
    const auto shares = covered.view().row(y);
    const auto to = before.view().row(y);
    for (std::size_t x = 0; x < to.size(); ++x) {
      if (shares[x] > 0.5F) to[x] = value;
    }
  }
  return {};
}

std::vector<NetPoint> points_of(const NetContract& contract, const NetFrame& frame,
                                std::span<const Prompt> prompts) {
  std::vector<NetPoint> points;
  const auto add = [&](const Place& place, float label) {
    points.push_back({frame.in_square(place), label});
  };
  for (const Prompt& prompt : prompts) {
    const float label = prompt.on_object ? 1 : 0;
    if (prompt.kind == PromptKind::Click) {
      add(prompt.places.front(), label);
    } else if (prompt.kind == PromptKind::Stroke) {
      for (const Place& place : points_along(prompt, frame.photograph, kPointsOfStroke)) {
        add(place, label);
      }
    } else {
      const Place& one = prompt.places.front();
      const Place& two = prompt.places.back();
      if (contract.boxes) {
        add({std::min(one.x, two.x), std::min(one.y, two.y)}, 2);
        add({std::max(one.x, two.x), std::max(one.y, two.y)}, 3);
      } else {
        add({(one.x + two.x) / 2, (one.y + two.y) / 2}, 1);
      }
    }
  }
  return points;
}

Result<const NetTensor*> checked_output(const NetContract& contract,
                                        const std::vector<NetTensor>& outputs,
                                        const std::string& name, std::size_t rank) {
  const auto refuse = [&](const std::string& what) {
    return fail(ErrorCode::ModelMismatch,
                fmt::format("the model '{}' cannot be used for masks: {}", contract.id, what));
  };
  const auto found = std::ranges::find(outputs, name, &NetTensor::name);
  if (found == outputs.end()) return refuse(fmt::format("it gives no '{}'", name));
  std::int64_t count = found->dims.empty() ? 0 : 1;
  for (const std::int64_t side : found->dims) count *= std::max<std::int64_t>(side, 0);
  if (found->dims.size() != rank || count < 1 ||
      static_cast<std::size_t>(count) != found->values.size()) {
    return refuse(
        fmt::format("its output '{}' has the shape [{}]", name, fmt::join(found->dims, ", ")));
  }
  if (!std::ranges::all_of(found->values, [](float value) { return std::isfinite(value); })) {
    return refuse(fmt::format(
        "its output '{}' holds values that are no numbers; another --device may compute it", name));
  }
  return &*found;
}

}  // namespace latent::mask
