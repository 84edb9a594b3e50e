// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/erase/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include "base/threads.h"
#include "colour/transform.h"
#include "image/copy.h"
#include "tasks/erase/hole_mask.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace {

const EraseSettings& of(const Settings& settings) { return std::get<EraseSettings>(settings); }

/// Samples of a file as the fill takes them: their own encoding, where that has a curve; of linear
/// profiles the root, without bounds, so that a step means about as much in shadows as in lights.
class NativeCode {
 public:
  explicit NativeCode(bool linear) : linear_(linear) {}
  [[nodiscard]] float encoded(float value) const {
    return linear_ ? std::copysign(std::pow(std::abs(value), 1.0F / kCurve), value) : value;
  }
  [[nodiscard]] float decoded(float value) const {
    return linear_ ? std::copysign(std::pow(std::abs(value), kCurve), value) : value;
  }

 private:
  static constexpr float kCurve = 2.2F;
  bool linear_;
};

/// Three channels of a part in that code.
void read_code(const PictureSource& source, const NativeCode& code, const Rect& area,
               ImageView<float> out) {
  const int colours = source.picture().colours;
  const std::ptrdiff_t stride = std::ptrdiff_t{area.width} * colours;
  std::vector<float> row(static_cast<std::size_t>(stride));
  for (int y = 0; y < area.height; ++y) {
    const Rect line{area.x, area.y + y, area.width, 1};
    source.native(line, ImageView<float>(row.data(), line.size(), stride, colours));
    float* to = out.row(y).data();
    for (int x = 0; x < area.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        *to++ = code.encoded(row[static_cast<std::size_t>(x * colours + (colours == 1 ? 0 : c))]);
      }
    }
  }
}

template <class T>
T sample_of(float value) {
  if constexpr (std::is_same_v<T, float>) {
    return value;
  } else {
    constexpr auto kMost = static_cast<float>(std::numeric_limits<T>::max());
    return static_cast<T>(std::lround(std::clamp(value, 0.0F, 1.0F) * kMost));
  }
}

/// What stands in an area, as in the file.
Result<PictureSamples> copy_of(const PictureSamples& samples, const Rect& area) {
  return std::visit(
      [&](const auto& image) -> Result<PictureSamples> {
        using T = std::remove_cvref_t<decltype(image.view().at(0, 0))>;
        LATENT_TRY(auto copy, latent::copy_of<T>(image.view().crop(area)));
        return PictureSamples(std::move(copy));
      },
      samples);
}

void put_back(PictureSamples& samples, const PreparedPicture::Undo& undo) {
  std::visit(
      [&](auto& image) {
        using T = std::remove_cvref_t<decltype(image.view().at(0, 0))>;
        const auto& copy = std::get<Image<T>>(undo.samples);
        for (int y = 0; y < undo.area.height; ++y) {
          std::ranges::copy(copy.view().row(y), image.view().crop(undo.area).row(y).begin());
        }
      },
      samples);
}

/// Puts a filled part into the picture: nothing but the pixels of its hole.
Status put_part(PictureSource& source, const NativeCode& code, const fill::FilledPart& part) {
  const Picture& picture = source.picture();
  const int colours = picture.colours;
  Image<float> alpha;
  if (picture.alpha) {
    LATENT_TRY(alpha, Image<float>::create(part.area.size(), 2));
    source.alpha(part.area, alpha.view());
  }
  std::visit(
      [&](auto& image) {
        using T = std::remove_cvref_t<decltype(image.view().at(0, 0))>;
        const auto view = image.view().crop(part.area);
        for (int y = 0; y < part.area.height; ++y) {
          for (int x = 0; x < part.area.width; ++x) {
            if (part.hole.view().at(x, y) == 0) continue;
            const float* from = &part.colours.view().at(x, y);
            const float by = alpha.empty() ? 1.0F : alpha.view().at(x, y, 1);
            T* to = &view.at(x, y);
            for (int c = 0; c < colours; ++c) to[c] = sample_of<T>(code.decoded(from[c]) * by);
          }
        }
      },
      source.samples_to_change());
  return {};
}

class EraseSteps final : public PictureSteps {
 public:
  EraseSteps(std::shared_ptr<HoleNetwork> network, const Limits& limits)
      : network_(std::move(network)), limits_(limits) {}

  Settings plain_settings() const override { return EraseSettings{}; }
  Status adopt(const Settings& settings) override { return check(of(settings)); }
  std::vector<std::string> notices() const override {
    return network_ ? network_->notices() : std::vector<std::string>{};
  }
  /// The samples were changed already when they are written.
  bool changes_nothing(const Settings& /*settings*/) const override { return true; }
  Status begin(Size /*picture*/, const Rect& /*region*/, const Settings& /*settings*/) override {
    return {};
  }
  void begin_shown(Size /*picture*/) override {}
  Status ready_shown(Size /*picture*/) override { return {}; }

  Status begin_with(PreparedPicture& picture, const Settings& any, const RunControl& control,
                    PictureReport& report) override {
    const EraseSettings& settings = of(any);
    if (!picture.erased || !(picture.erased->by == settings)) {
      const Stopwatch watch;
      LATENT_CHECK(undo(picture));
      LATENT_CHECK(erase(picture, settings, control));
      picture.erased->report.seconds.infer = watch.seconds();
    }
    const auto& told = picture.erased->report.notices;
    report.notices.insert(report.notices.end(), told.begin(), told.end());
    return {};
  }

  metadata::Provenance provenance(const PreparedPicture& picture,
                                  const Settings& /*settings*/) const override {
    if (network_) return provenance_of("erase", network_->package(), picture);
    metadata::Provenance told;
    told.latent_version = LATENT_VERSION;
    told.task = "erase";
    told.source_profile = picture.picture().profile().description();
    return told;
  }

  PictureRows::AlphaRows alpha(const PictureSource& source, const Rect& region) const override {
    return alpha_rows_of(source, region);
  }

  Status rows(PreparedPicture& /*picture*/, const Rect& /*region*/, const Settings& /*settings*/,
              const TakeRows& /*take*/, const RunControl& /*control*/,
              PictureReport& /*report*/) override {
    return fail(ErrorCode::Internal, "internal fault: erase has no rows; please report it");
  }

  Result<Shown> show(PreparedPicture& picture, const Rect& region, const Settings& /*settings*/,
                     const RunControl& /*control*/) override {
    Shown shown;
    LATENT_TRY(shown.after, Image<float>::create(region.size(), 3));
    picture.picture().encoded_rgb(region, WideGamut::Preserve, shown.after.view());
    LATENT_TRY(shown.before, shown.after.clone());
    for (const auto& undo : picture.erased->undo) {
      const Rect both = region.intersection(undo.area);
      for (int y = both.y; y < both.bottom(); ++y) {
        for (int x = both.x; x < both.right(); ++x) {
          std::copy_n(&undo.shown.view().at(x - undo.area.x, y - undo.area.y), 3,
                      &shown.before.view().at(x - region.x, y - region.y));
        }
      }
    }
    return shown;
  }

 private:
  static Status undo(PreparedPicture& picture) {
    if (!picture.erased) return {};
    for (auto& undo : picture.erased->undo) {
      put_back(picture.picture_to_change().samples_to_change(), undo);
    }
    picture.erased.reset();
    return {};
  }

  Status erase(PreparedPicture& prepared, const EraseSettings& settings,
               const RunControl& control) {
    PictureSource& source = prepared.picture_to_change();
    PreparedPicture::Erased erased;
    erased.by = settings;
    EraseReport& report = erased.report;
    LATENT_TRY(HoleMask holes, hole_mask_of(source, settings, limits_, {control.stop, {}}));
    report.notices = std::move(holes.notices);
    report.grown_px = holes.grown_px;
    report.spots = holes.spots;
    report.filled_by = network_ ? network_->package().manifest().id : "builtin";
    const bool only_spots =
        settings.mask.empty() && settings.clicks.empty() && settings.boxes.empty();
    if (only_spots && holes.spots == 0) {
      prepared.erased = std::move(erased);
      return {};
    }
    const NativeCode code(source.profile().is_linear());
    fill::FillRequest request;
    request.threads = threads_or_all(settings.threads);
    request.grain = settings.grain == FillGrain::Auto;
    request.read = [&](const Rect& area, ImageView<float> out) {
      read_code(source, code, area, out);
    };
    std::optional<colour::Transform> there;
    std::optional<colour::Transform> back;
    if (network_) {
      const auto srgb = colour::Profile::named(colour::NamedProfile::Srgb);
      const auto from = source.picture().colours == 3
                            ? source.profile()
                            : colour::Profile::named(colour::NamedProfile::Srgb);
      LATENT_TRY(there, colour::Transform::create(from, srgb));
      auto inverse = colour::Transform::create(srgb, from);
      if (!inverse) {
        return fail(ErrorCode::Unsupported,
                    "its colour profile leads to colours and not back, so no network can fill it; "
                    "--model builtin can");
      }
      back = *std::move(inverse);
      request.one_by_one = true;
      request.fill = [&](const fill::OneHole& hole, int) -> Result<fill::OneFilled> {
        return by_network(hole, code, *there, *back, control, report);
      };
    }
    LATENT_TRY(const auto parts,
               fill::fill_holes(std::as_const(holes.mask).view(), request, control));
    for (const auto& part : parts) {
      PreparedPicture::Undo undo;
      undo.area = part.area;
      LATENT_TRY(undo.samples, copy_of(source.picture().samples, part.area));
      LATENT_TRY(undo.shown, Image<float>::create(part.area.size(), 3));
      source.encoded_rgb(part.area, WideGamut::Preserve, undo.shown.view());
      erased.undo.push_back(std::move(undo));
    }
    for (const auto& part : parts) LATENT_CHECK(put_part(source, code, part));
    describe(parts, report);
    prepared.erased = std::move(erased);
    return {};
  }

  Result<fill::OneFilled> by_network(const fill::OneHole& hole, const NativeCode& code,
                                     const colour::Transform& there, const colour::Transform& back,
                                     const RunControl& control, EraseReport& report) {
    const Size size = hole.colours.size();
    LATENT_TRY(auto rgb, Image<float>::create(size, 3));
    const auto width = static_cast<std::size_t>(size.width);
    for (int y = 0; y < size.height; ++y) {
      const auto from = hole.colours.row(y);
      const auto to = rgb.view().row(y);
      std::ranges::transform(from, to.begin(), [&](float v) { return code.decoded(v); });
      if (!there.is_identity()) there.apply(to.data(), to.data(), width);
    }
    const fill::OneHole srgb{hole.context, std::as_const(rgb).view(), hole.hole, hole.bar};
    LATENT_TRY(auto filled, network_->fill(srgb, control, report));
    for (int y = 0; y < size.height; ++y) {
      const auto row = filled.colours.view().row(y);
      if (!back.is_identity()) back.apply(row.data(), row.data(), width);
      for (float& value : row) value = code.encoded(value);
      for (int x = 0; x < size.width; ++x) {
        if (hole.hole.at(x, y) != 0) continue;
        std::copy_n(&hole.colours.at(x, y), 3, &filled.colours.view().at(x, y));
      }
    }
    return filled;
  }

  std::shared_ptr<HoleNetwork> network_;
  Limits limits_;
};

}  // namespace

std::unique_ptr<PictureSteps> erase_steps(std::shared_ptr<HoleNetwork> network,
                                          const Limits& limits) {
  return std::make_unique<EraseSteps>(std::move(network), limits);
}

EraseReport erase_report_of(const PreparedPicture& picture, const PictureReport& written) {
  EraseReport report = picture.erased ? EraseReport{picture.erased->report} : EraseReport{};
  const double seconds = report.seconds.infer;
  const bool ran = report.network_ran;
  const auto session = report.session;
  static_cast<TaskReport&>(report) = written;
  report.network_ran = ran;
  report.session = session;
  report.seconds.infer = seconds;
  return report;
}

void describe(const std::vector<fill::FilledPart>& parts, EraseReport& report) {
  std::vector<float> around;
  std::vector<float> before;
  bool flat = false;
  bool large = false;
  for (const auto& part : parts) {
    std::int64_t pixels = 0;
    for (int y = 0; y < part.area.height; ++y) {
      for (const std::uint8_t in : part.hole.view().row(y)) pixels += in;
    }
    report.pixels += pixels;
    flat = flat || part.flat;
    large = large || part.crowded;
    around.push_back(part.grain.around);
    before.push_back(part.grain.before);
  }
  report.holes = static_cast<int>(parts.size());
  if (!around.empty()) {
    const auto middle = static_cast<std::ptrdiff_t>(around.size() / 2);
    std::nth_element(around.begin(), around.begin() + middle, around.end());
    std::nth_element(before.begin(), before.begin() + middle, before.end());
    report.grain_around = static_cast<double>(around[static_cast<std::size_t>(middle)]);
    report.grain_before = static_cast<double>(before[static_cast<std::size_t>(middle)]);
  }
  if (flat) {
    report.notices.emplace_back(
        "around a hole there is too little to copy from; it was filled smoothly from its border");
  } else if (large) {
    report.notices.emplace_back(
        "a hole is larger than what surrounds it, so much of it had to be repeated; look at the "
        "result");
  }
}

}  // namespace latent::tasks
