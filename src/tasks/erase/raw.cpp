// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/erase/raw.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/threads.h"
#include "fill/fill_holes.h"
#include "fill/mosaic_fill.h"
#include "tasks/erase/hole_mask.h"
#include "tasks/erase/picture.h"
#include "tasks/raw/taken.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace {

/// Counts as the fill takes them: the root of the light, in which noise is about even and black is
/// no border; straight below black.
float encoded(float light) {
  constexpr float kFoot = 1.0F / 1024.0F;
  return light > 0 ? std::sqrt(light + kFoot) - std::sqrt(kFoot)
                   : light / (2.0F * std::sqrt(kFoot));
}

float decoded(float value) {
  constexpr float kFoot = 1.0F / 1024.0F;
  if (value <= 0) return value * 2.0F * std::sqrt(kFoot);
  const float root = value + std::sqrt(kFoot);
  return root * root - kFoot;
}

std::uint16_t count_of(float count) {
  return static_cast<std::uint16_t>(std::lround(std::clamp(count, 0.0F, 65535.0F)));
}

/// The context of each group in the coordinates of the samples.
Rect in_samples(const Rect& context, const Rect& crop) {
  return {context.x + crop.x, context.y + crop.y, context.width, context.height};
}

fill::FillRequest request_for(const EraseSettings& settings) {
  fill::FillRequest request;
  request.threads = threads_or_all(settings.threads);
  request.grain = false;  // it comes with the sites
  return request;
}

Result<std::vector<fill::FilledPart>> fill_mosaic(const Mosaic& mosaic,
                                                  ImageView<const std::uint8_t> mask,
                                                  const EraseSettings& settings,
                                                  const RunControl& control) {
  fill::FillRequest request = request_for(settings);
  const auto read = [&](const Rect& context, ImageView<float> out) {
    const Rect area = in_samples(context, mosaic.crop);
    for (int y = 0; y < area.height; ++y) {
      for (int x = 0; x < area.width; ++x) {
        const Point at{area.x + x, area.y + y};
        const float black = mosaic.levels.black.at(at.x, at.y);
        const auto colour = static_cast<std::size_t>(mosaic.cfa.at(at.x, at.y));
        const auto count = static_cast<float>(mosaic.samples.view().at(at.x, at.y));
        const float value = encoded((count - black) / (mosaic.levels.white[colour] - black));
        for (int c = 0; c < out.channels(); ++c) out.at(x, y, c) = value;
      }
    }
  };
  request.read = read;
  request.fill = [&](const fill::OneHole& hole, int threads) -> Result<fill::OneFilled> {
    LATENT_TRY(auto sites, Image<float>::create(hole.context.size()));
    read(hole.context, sites.view());
    const CfaPattern cfa = mosaic.cfa.shifted(in_samples(hole.context, mosaic.crop).origin());
    LATENT_TRY(auto filled, fill::fill_mosaic(std::as_const(sites).view(), cfa, hole.hole, hole.bar,
                                              threads, {control.stop, {}}));
    fill::OneFilled out;
    out.flat = filled.flat;
    LATENT_TRY(out.colours, Image<float>::create(hole.context.size(), 3));
    for (int y = 0; y < hole.context.height; ++y) {
      for (int x = 0; x < hole.context.width; ++x) {
        for (int c = 0; c < 3; ++c) {
          out.colours.view().at(x, y, c) = filled.samples.view().at(x, y);
        }
      }
    }
    return out;
  };
  return fill::fill_holes(mask, request, control);
}

void put(Mosaic& mosaic, const fill::FilledPart& part) {
  for (int y = 0; y < part.area.height; ++y) {
    for (int x = 0; x < part.area.width; ++x) {
      if (part.hole.view().at(x, y) == 0) continue;
      const Point at{mosaic.crop.x + part.area.x + x, mosaic.crop.y + part.area.y + y};
      const float black = mosaic.levels.black.at(at.x, at.y);
      const auto colour = static_cast<std::size_t>(mosaic.cfa.at(at.x, at.y));
      const float light = decoded(part.colours.view().at(x, y));
      mosaic.samples.view().at(at.x, at.y) =
          count_of(black + light * (mosaic.levels.white[colour] - black));
    }
  }
}

Result<std::vector<fill::FilledPart>> fill_linear(const LinearRaw& linear,
                                                  ImageView<const std::uint8_t> mask,
                                                  const EraseSettings& settings,
                                                  const RunControl& control) {
  fill::FillRequest request = request_for(settings);
  request.grain = settings.grain == FillGrain::Auto;
  request.read = [&](const Rect& context, ImageView<float> out) {
    const Rect area = in_samples(context, linear.crop);
    for (int y = 0; y < area.height; ++y) {
      for (int x = 0; x < area.width; ++x) {
        for (int c = 0; c < 3; ++c) {
          const auto i = static_cast<std::size_t>(c);
          const auto count =
              static_cast<float>(linear.samples.view().at(area.x + x, area.y + y, c));
          out.at(x, y, c) =
              encoded((count - linear.black[i]) / (linear.white[i] - linear.black[i]));
        }
      }
    }
  };
  return fill::fill_holes(mask, request, control);
}

void put(LinearRaw& linear, const fill::FilledPart& part) {
  for (int y = 0; y < part.area.height; ++y) {
    for (int x = 0; x < part.area.width; ++x) {
      if (part.hole.view().at(x, y) == 0) continue;
      for (int c = 0; c < 3; ++c) {
        const auto i = static_cast<std::size_t>(c);
        const float light = decoded(part.colours.view().at(x, y, c));
        linear.samples.view().at(linear.crop.x + part.area.x + x, linear.crop.y + part.area.y + y,
                                 c) =
            count_of(linear.black[i] + light * (linear.white[i] - linear.black[i]));
      }
    }
  }
}

}  // namespace

Result<RawNetworks::Choice> EraseRaw::choose(const read::RawFacts& facts,
                                             const RawDenoiseSettings& /*settings*/) {
  if (!facts.opens_as_linear) LATENT_CHECK(check_sensor(facts.sensor));
  return Choice{facts.opens_as_linear ? RawAs::Linear : RawAs::Mosaic, nullptr};
}

Status EraseRaw::change(const read::Photograph& photograph, RawPicture& picture,
                        const RunControl& control) {
  const Stopwatch watch;
  report_ = {};
  report_.filled_by = "builtin";
  HoleMask holes;
  {
    // Prompts and spots are looked for in the developed picture, as people see it.
    LATENT_TRY(const auto developed, PictureSource::open(photograph, control));
    const Size crop = crop_of(picture).size();
    if (developed.size() != crop) {
      return fail(
          ErrorCode::Unsupported,
          fmt::format("developed it has {} x {} pixels and as raw {} x {}, so a mask does "
                      "not lie on its sites; erase from the developed picture (-o NAME.tif)",
                      developed.size().width, developed.size().height, crop.width, crop.height));
    }
    LATENT_TRY(holes, hole_mask_of(developed, settings_, limits_, {control.stop, {}}));
  }
  report_.notices = std::move(holes.notices);
  report_.grown_px = holes.grown_px;
  report_.spots = holes.spots;
  const auto mask = std::as_const(holes.mask).view();
  const bool only_spots =
      settings_.mask.empty() && settings_.clicks.empty() && settings_.boxes.empty();
  if (only_spots && holes.spots == 0) return {};
  auto filled = std::holds_alternative<Mosaic>(picture)
                    ? fill_mosaic(std::get<Mosaic>(picture), mask, settings_, control)
                    : fill_linear(std::get<LinearRaw>(picture), mask, settings_, control);
  if (!filled) return tl::make_unexpected(std::move(filled).error());
  std::visit(
      [&](auto& each) {
        for (const auto& part : *filled) put(each, part);
      },
      picture);
  describe(*filled, report_);
  report_.seconds.infer = watch.seconds();
  return {};
}

}  // namespace latent::tasks
