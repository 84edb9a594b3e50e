// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/fill_holes.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "base/threads.h"
#include "fill/patch_fill.h"
#include "image/copy.h"

namespace latent::fill {

namespace {

constexpr std::int64_t kSmallPixels = 20'000;  ///< below: many holes at once, one thread each
constexpr std::int64_t kMiddlePixels = 100'000;

/// How often a hole is filled anew, from other random numbers. What the fills agree on stays as
/// sharp as it is; where each guesses something else, their mean is the better guess.
int members_for(ImageView<const std::uint8_t> hole) {
  std::int64_t pixels = 0;
  for (int y = 0; y < hole.height(); ++y) {
    for (const std::uint8_t in : hole.row(y)) pixels += in;
  }
  return pixels <= kSmallPixels ? 5 : pixels <= kMiddlePixels ? 3 : 1;
}

void blend(ImageView<const float> other, float share, ImageView<float> into) {
  for (int y = 0; y < into.height(); ++y) {
    const auto from = other.row(y);
    const auto to = into.row(y);
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += share * (from[i] - to[i]);
  }
}

/// The mean step to the right and downwards around a pixel.
float roughness_at(ImageView<const float> colours, Point at) {
  constexpr int kReach = 3;
  float sum = 0;
  int count = 0;
  for (int y = std::max(0, at.y - kReach); y < std::min(colours.height() - 1, at.y + kReach); ++y) {
    for (int x = std::max(0, at.x - kReach); x < std::min(colours.width() - 1, at.x + kReach);
         ++x, ++count) {
      const float here = colours.at(x, y, 1);
      sum += std::abs(colours.at(x + 1, y, 1) - here) + std::abs(colours.at(x, y + 1, 1) - here);
    }
  }
  return count > 0 ? sum / static_cast<float>(count) : 0;
}

/// Where fills disagree their mean is smooth, though each of them is rough: there one of them shows
/// again, the more the smoother the mean is beside it.
Status give_roughness_back(ImageView<const float> one, ImageView<const std::uint8_t> hole,
                           ImageView<float> mean) {
  LATENT_TRY(const auto smooth, copy_of<float>(mean));
  for (int y = 0; y < mean.height(); ++y) {
    for (int x = 0; x < mean.width(); ++x) {
      if (hole.at(x, y) == 0) continue;
      const float rough = roughness_at(one, {x, y});
      if (!(rough > 0)) continue;
      const float share =
          std::clamp(1.0F - roughness_at(smooth.view(), {x, y}) / rough, 0.0F, 1.0F);
      for (int c = 0; c < mean.channels(); ++c) {
        mean.at(x, y, c) += share * (one.at(x, y, c) - mean.at(x, y, c));
      }
    }
  }
  return {};
}

Result<OneFilled> by_patches(const OneHole& hole, int threads, const RunControl& control) {
  PatchFillSettings settings;
  settings.threads = threads;
  LATENT_TRY(auto filled, patch_fill(hole.colours, hole.hole, hole.bar, settings, control));
  const bool flat = !filled.field.has_value();
  const int members = flat ? 1 : members_for(hole.hole);
  Image<float> first;
  if (members > 1) {
    LATENT_TRY(first, filled.colours.clone());
  }
  for (int member = 1; member < members; ++member) {
    settings.seed = static_cast<std::uint32_t>(member) * 1000U;
    LATENT_TRY(const auto other, patch_fill(hole.colours, hole.hole, hole.bar, settings, control));
    blend(other.colours.view(), 1.0F / static_cast<float>(member + 1), filled.colours.view());
  }
  if (members > 1) {
    LATENT_CHECK(give_roughness_back(first.view(), hole.hole, filled.colours.view()));
  }
  return OneFilled{std::move(filled.colours), flat};
}

class Filling {
 public:
  Filling(ImageView<const std::uint8_t> mask, const Holes& holes, const FillRequest& request,
          const RunControl& control)
      : mask_(mask), holes_(holes), request_(request), control_(control) {}

  Result<FilledPart> one(std::size_t index, int threads) const {
    const HoleGroup& group = holes_.groups()[index];
    const Rect& context = group.context;
    LATENT_TRY(auto hole, Image<std::uint8_t>::create(context.size()));
    LATENT_TRY(auto bar, Image<std::uint8_t>::create(context.size()));
    LATENT_TRY(auto colours, Image<float>::create(context.size(), 3));
    holes_.split(mask_, index, hole.view(), bar.view());
    request_.read(context, colours.view());
    const OneHole what{context, std::as_const(colours).view(), std::as_const(hole).view(),
                       std::as_const(bar).view()};
    const RunControl quiet{control_.stop, {}};
    LATENT_TRY(OneFilled filled,
               request_.fill ? request_.fill(what, threads) : by_patches(what, threads, quiet));
    FilledPart part;
    part.flat = filled.flat;
    part.crowded = 2 * group.pixels > context.size().area();
    if (request_.grain) {
      LATENT_TRY(part.grain, match_grain(filled.colours.view(), what.hole, what.bar));
    }
    part.area = group.bounds;
    const Rect inner{group.bounds.x - context.x, group.bounds.y - context.y, group.bounds.width,
                     group.bounds.height};
    LATENT_TRY(part.colours, copy_of<float>(filled.colours.view().crop(inner)));
    LATENT_TRY(part.hole, copy_of<std::uint8_t>(hole.view().crop(inner)));
    return part;
  }

  Result<std::vector<FilledPart>> all() const {
    const auto& groups = holes_.groups();
    std::vector<FilledPart> parts(groups.size());
    std::vector<std::size_t> small;
    double done = 0;
    const auto whole = static_cast<double>(holes_.pixels());
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (groups[i].pixels < kSmallPixels && !request_.one_by_one) {
        small.push_back(i);
        continue;
      }
      LATENT_CHECK(control_.check());
      LATENT_TRY(parts[i], one(i, request_.threads));
      done += static_cast<double>(groups[i].pixels);
      control_.report(done / whole);
    }
    if (small.empty()) return parts;
    std::atomic<std::size_t> next = 0;
    const int threads = std::clamp(request_.threads, 1, static_cast<int>(small.size()));
    const auto work = [&](int) -> Status {
      while (true) {
        const std::size_t at = next++;
        if (at >= small.size()) return {};
        LATENT_CHECK(control_.check());
        LATENT_TRY(parts[small[at]], one(small[at], 1));
      }
    };
    LATENT_CHECK(run_on_threads(threads, work));
    control_.report(1.0);
    return parts;
  }

 private:
  ImageView<const std::uint8_t> mask_;
  const Holes& holes_;
  const FillRequest& request_;
  const RunControl& control_;
};

}  // namespace

Result<std::vector<FilledPart>> fill_holes(ImageView<const std::uint8_t> mask,
                                           const FillRequest& request, const RunControl& control) {
  LATENT_TRY(const Holes holes, Holes::of(mask));
  if (holes.groups().empty()) {
    return fail(ErrorCode::Usage, "the mask is empty, so there is nothing to erase");
  }
  if (holes.pixels() == mask.size().area()) {
    return fail(ErrorCode::Usage,
                "the mask covers the whole picture, so nothing is left to fill it from; mark only "
                "what is to go");
  }
  return Filling(mask, holes, request, control).all();
}

}  // namespace latent::fill
