// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/depth.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "base/path.h"
#include "base/threads.h"
#include "mask/depth_map.h"
#include "mask/place_text.h"
#include "models/manifest/attributes.h"
#include "tasks/mask/mask_target.h"
#include "tasks/picture/source.h"
#include "tasks/stopwatch.h"
#include "tasks/tensor_network.h"

namespace latent::tasks {

namespace {

constexpr int kRows = 64;
constexpr int kLeastSide = 14;
constexpr int kMostSide = 4096;

/// What the attributes say, defaults filled in.
struct Contract {
  int side = 518;
  int multiple = 14;
  bool keeps_aspect = true;
  mask::DepthKind kind = mask::DepthKind::Inverse;
  std::array<float, 3> mean{0.485F, 0.456F, 0.406F};
  std::array<float, 3> deviation{0.229F, 0.224F, 0.225F};
};

Result<Contract> contract_of(const models::Manifest& manifest) {
  models::Attributes attributes(manifest, "depth maps");
  Contract contract;
  attributes.side(kLeastSide, kMostSide, contract.side);
  const double multiple = attributes.number("ensure_multiple_of").value_or(contract.multiple);
  contract.keeps_aspect = attributes.flag("keep_aspect_ratio").value_or(false) &&
                          !attributes.flag("fixed_spatial").value_or(false);
  if (!attributes.flag("output_inverse_depth").value_or(true)) {
    contract.kind = mask::DepthKind::Metric;
  }
  attributes.colours("norm_mean", contract.mean);
  attributes.colours("norm_std", contract.deviation);
  LATENT_CHECK(attributes.sound());
  if (!(multiple >= 1 && multiple <= contract.side)) {
    return attributes.refuse("it asks for a multiple of the sides that is larger than the picture");
  }
  contract.multiple = static_cast<int>(multiple);
  if (std::ranges::min(contract.deviation) <= 0.0F) {
    return attributes.refuse("its deviation of colours is not above 0");
  }
  return contract;
}

/// The size at which the network looks: the short side as it was trained, unless that makes the
/// long one unreasonable.
Size network_size(const Contract& contract, Size picture, bool stretch) {
  if (stretch || !contract.keeps_aspect) return {contract.side, contract.side};
  constexpr double kLongest = 4.0;
  const double shorter = std::min(picture.width, picture.height);
  const double factor = contract.side / shorter;
  const auto side = [&](int pixels) {
    const double wanted = std::min(pixels * factor, kLongest * contract.side);
    const int multiples = static_cast<int>(std::lround(wanted / contract.multiple));
    return std::max(1, multiples) * contract.multiple;
  };
  return {side(picture.width), side(picture.height)};
}

/// The picture reduced by the mean of what each pixel covers (enlarged: bilinear), encoded sRGB.
Result<Image<float>> reduced(const PictureSource& source, Size size, const RunControl& control) {
  const Size full = source.size();
  LATENT_TRY(auto sums, Image<float>::create(size, 3));
  LATENT_TRY(auto weights, Image<float>::create(size));
  LATENT_TRY(auto rows, Image<float>::create({full.width, std::min(kRows, full.height)}, 3));
  const double across = static_cast<double>(size.width) / full.width;
  const double down = static_cast<double>(size.height) / full.height;
  // Each pixel of the picture gives what it covers to the pixels of the small one.
  struct Share {
    int at;
    float weight;
  };
  std::vector<std::vector<Share>> columns(static_cast<std::size_t>(full.width));
  const auto shares = [](int i, double scale, int most) {
    std::vector<Share> list;
    const double begin = i * scale;
    const double end = (i + 1) * scale;
    for (int at = static_cast<int>(begin); at < most && at < end; ++at) {
      const double part = std::min(end, at + 1.0) - std::max(begin, static_cast<double>(at));
      if (part > 0) list.push_back({at, static_cast<float>(part)});
    }
    return list;
  };
  for (int x = 0; x < full.width; ++x) {
    columns[static_cast<std::size_t>(x)] = shares(x, across, size.width);
  }
  for (int first = 0; first < full.height; first += kRows) {
    LATENT_CHECK(control.check());
    const int count = std::min(kRows, full.height - first);
    source.encoded_rgb({0, first, full.width, count}, WideGamut::Clip, rows.view());
    for (int row = 0; row < count; ++row) {
      for (const Share& v : shares(first + row, down, size.height)) {
        for (int x = 0; x < full.width; ++x) {
          const float* pixel = &rows.view().at(x, row);
          for (const Share& u : columns[static_cast<std::size_t>(x)]) {
            const float w = u.weight * v.weight;
            float* to = &sums.view().at(u.at, v.at);
            for (int c = 0; c < 3; ++c) to[c] += w * pixel[c];
            weights.view().at(u.at, v.at) += w;
          }
        }
      }
    }
  }
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const float w = weights.view().at(x, y);
      for (int c = 0; c < 3 && w > 0; ++c) sums.view().at(x, y, c) /= w;
    }
  }
  return sums;
}

/// darktable's: bilinear between pixels at the same corners, without a mean.
Result<Image<float>> stretched_by_corners(const PictureSource& source, Size size) {
  const Size full = source.size();
  LATENT_TRY(auto out, Image<float>::create(size, 3));
  LATENT_TRY(auto rows, Image<float>::create({full.width, 2}, 3));
  for (int y = 0; y < size.height; ++y) {
    const double fy = size.height > 1 ? y * (full.height - 1.0) / (size.height - 1) : 0;
    const int top = std::min(static_cast<int>(fy), std::max(0, full.height - 2));
    const int two = std::min(2, full.height);
    source.encoded_rgb({0, top, full.width, two}, WideGamut::Clip,
                       rows.view().crop({0, 0, full.width, two}));
    const auto v = static_cast<float>(fy - top);
    for (int x = 0; x < size.width; ++x) {
      const double fx = size.width > 1 ? x * (full.width - 1.0) / (size.width - 1) : 0;
      const int left = std::min(static_cast<int>(fx), std::max(0, full.width - 2));
      const int right = std::min(left + 1, full.width - 1);
      const auto u = static_cast<float>(fx - left);
      for (int c = 0; c < 3; ++c) {
        const auto at = [&](int column, int row) { return rows.view().at(column, row, c); };
        const float above = at(left, 0) + u * (at(right, 0) - at(left, 0));
        const float below = two == 1 ? above : at(left, 1) + u * (at(right, 1) - at(left, 1));
        out.view().at(x, y, c) = above + v * (below - above);
      }
    }
  }
  return out;
}

class PreparedDepth : public Prepared::Inside {
 public:
  using Inside::Inside;
  std::optional<PictureSource> source;
  /// Of the settings that need the network: kept while only the range moves.
  std::optional<DepthSettings> found_for;
  Image<float> depth;  ///< of the whole picture
  DepthReport found;
};

class DepthWork final : public Work {
 public:
  DepthWork(const models::Package& package, const infer::EngineRequest& engine,
            const Contract& contract)
      : network_(package, engine), contract_(contract) {}

  Result<std::unique_ptr<Prepared::Inside>> prepare(const read::Photograph& photograph,
                                                    const Next* next,
                                                    const RunControl& control) override {
    if (next != nullptr) {
      const auto* settings = std::get_if<DepthSettings>(&next->settings);
      LATENT_ENSURE(settings != nullptr);
      LATENT_CHECK(check(*settings));
    }
    auto prepared = std::make_unique<PreparedDepth>(photograph);
    const Stopwatch watch;
    LATENT_TRY(prepared->source, PictureSource::open(photograph, control));
    prepared->facts.size = prepared->source->size();
    prepared->seconds.read = watch.seconds();
    return prepared;
  }

  Result<Shown> show(Prepared::Inside& any, const Rect& region, const Settings& settings,
                     const RunControl& control) override {
    auto& prepared = static_cast<PreparedDepth&>(any);
    const auto* depth = std::get_if<DepthSettings>(&settings);
    LATENT_ENSURE(depth != nullptr);
    const Rect whole{0, 0, prepared.facts.size.width, prepared.facts.size.height};
    if (region.empty() || !whole.contains(region)) {
      return fail(ErrorCode::Usage, "the region lies outside the picture");
    }
    DepthReport report;
    LATENT_TRY(const auto range, ready(prepared, *depth, control, report));
    Shown shown;
    LATENT_TRY(shown.before, Image<float>::create(region.size(), 3));
    prepared.source->encoded_rgb(region, WideGamut::Preserve, shown.before.view());
    LATENT_TRY(shown.after, Image<float>::create(region.size(), 3));
    LATENT_TRY(auto rows, Image<float>::create({region.width, 1}));
    for (int y = 0; y < region.height; ++y) {
      const auto from =
          prepared.depth.view().crop({region.x, region.y + y, region.width, 1}).row(0);
      std::ranges::copy(from, rows.view().row(0).begin());
      apply(range, rows.view());
      for (int x = 0; x < region.width; ++x) {
        std::fill_n(&shown.after.view().at(x, y), 3, rows.view().at(x, 0));
      }
    }
    return shown;
  }

  Result<AnyReport> write(Prepared::Inside& any, const Target& target, const Settings& settings,
                          const RunControl& control) override {
    auto& prepared = static_cast<PreparedDepth&>(any);
    const auto* depth = std::get_if<DepthSettings>(&settings);
    LATENT_ENSURE(depth != nullptr);
    LATENT_CHECK(check(*depth));
    LATENT_TRY(const auto format, mask_format_of(target, depth->bits));
    DepthReport report;
    LATENT_TRY(const auto range, ready(prepared, *depth, control, report));
    LATENT_TRY(auto map, prepared.depth.clone());
    apply(range, map.view());
    report.share = range ? mask_share(std::as_const(map).view()) : 1.0;
    report.result = map.size();
    if (report.share == 0) {
      report.notices.emplace_back("no part of the picture lies in that range of depths");
    }
    LATENT_CHECK(prepared.photograph.unchanged());
    if (target.take) {
      LATENT_CHECK(target.take(std::as_const(map).view()));
      return report;
    }
    LATENT_CHECK(write_mask_to(target, map.view(), format, prepared.photograph.path(), report));
    return report;
  }

 private:
  struct Range {
    float near = 0;
    float far = 1;
    float soft = 0;
    bool invert = false;
  };

  static void apply(const std::optional<Range>& range, ImageView<float> depth) {
    if (range) mask::mask_by_depth(depth, range->near, range->far, range->soft, range->invert);
  }

  /// The depth of the whole picture, found anew where another was found last; and the range that
  /// the settings want of it.
  Result<std::optional<Range>> ready(PreparedDepth& prepared, const DepthSettings& settings,
                                     const RunControl& control, DepthReport& report) {
    LATENT_CHECK(check(settings));
    std::optional<mask::Place> point;
    if (!settings.point.empty()) {
      LATENT_TRY(point, mask::click_at(settings.point, prepared.facts.size));
    }
    const auto& last = prepared.found_for;
    if (!last || last->compat != settings.compat || last->snap_edges != settings.snap_edges) {
      prepared.found_for.reset();
      LATENT_CHECK(find(prepared, settings, control));
      prepared.found_for = settings;
    }
    report = prepared.found;
    report.seconds.read = prepared.seconds.read;
    if (!settings.is_mask()) {
      if (!settings.invert) return std::optional<Range>{};
      return std::optional<Range>(Range{0, 0, 1, false});  // 1 at the nearest, 0 at the farthest
    }
    Range range;
    range.soft = static_cast<float>(settings.soft);
    range.invert = settings.invert;
    if (point) {
      const Size size = prepared.facts.size;
      const int x = std::min(static_cast<int>(point->x * size.width), size.width - 1);
      const int y = std::min(static_cast<int>(point->y * size.height), size.height - 1);
      report.at_point = static_cast<double>(prepared.depth.view().at(x, y));
      range.near = static_cast<float>(*report.at_point - settings.spread);
      range.far = static_cast<float>(*report.at_point + settings.spread);
    } else {
      // What is open has no ramp: beyond the ends there is nothing.
      range.near = settings.near ? static_cast<float>(*settings.near) : -1.0F;
      range.far = settings.far ? static_cast<float>(*settings.far) : 2.0F;
    }
    return std::optional<Range>(range);
  }

  Status find(PreparedDepth& prepared, const DepthSettings& settings, const RunControl& control) {
    const PictureSource& source = *prepared.source;
    DepthReport& report = prepared.found;
    report = {};
    report.notices = source.warnings();
    const bool as_darktable = settings.compat != models::Compat::None;
    const Stopwatch watch;
    const Size size = network_size(contract_, source.size(), as_darktable);
    report.network = size;
    LATENT_TRY(const auto guide, reduced(source, size, control));
    Image<float> corners;
    if (as_darktable) {
      LATENT_TRY(corners, stretched_by_corners(source, size));
    }
    report.seconds.pack = watch.seconds();
    control.report(0.2);
    const Stopwatch network_watch;
    LATENT_TRY(const auto answer,
               run(as_darktable ? corners.view() : guide.view(), control, report));
    report.seconds.infer = network_watch.seconds();
    control.report(0.8);
    const Stopwatch after;
    LATENT_TRY(auto shares, mask::depth_shares(answer.view(), contract_.kind, as_darktable));
    report.nearest = shares.nearest;
    report.farthest = shares.farthest;
    // The answer may be a little smaller than what the network saw.
    Image<float> small_guide;
    if (shares.shares.size() != size) {
      LATENT_TRY(small_guide, reduced(source, shares.shares.size(), control));
    }
    LATENT_TRY(
        prepared.depth,
        mask::enlarge_depth(
            std::as_const(shares.shares).view(),
            small_guide.empty() ? guide.view() : std::as_const(small_guide).view(), source.size(),
            [&](const Rect& area, ImageView<float> out) {
              source.encoded_rgb(area, WideGamut::Clip, out);
            },
            settings.snap_edges, threads_or_all(settings.threads)));
    report.seconds.unpack = after.seconds();
    control.report(1.0);
    return {};
  }

  Result<Image<float>> run(ImageView<const float> picture, const RunControl& control,
                           DepthReport& report) {
    const auto plane = static_cast<std::size_t>(picture.size().area());
    infer::NamedTensor input{
        "", {1, 3, picture.height(), picture.width()}, std::vector<float>(3 * plane)};
    std::size_t i = 0;
    for (int y = 0; y < picture.height(); ++y) {
      for (int x = 0; x < picture.width(); ++x, ++i) {
        for (std::size_t c = 0; c < 3; ++c) {
          input.values[c * plane + i] =
              (picture.at(x, y, static_cast<int>(c)) - contract_.mean[c]) / contract_.deviation[c];
        }
      }
    }
    LATENT_TRY(const auto answers, network_.run({std::move(input)}, control, report));
    report.tiles = 1;
    const auto& package = network_.package();
    if (answers.empty() || answers.front().dims.size() < 2) {
      return fail(ErrorCode::ModelMismatch,
                  fmt::format("the model '{}' gives no map", printable(package.manifest().id)));
    }
    const auto& answer = answers.front();
    const Size size{static_cast<int>(answer.dims.back()),
                    static_cast<int>(answer.dims[answer.dims.size() - 2])};
    if (size.width < 1 || size.height < 1 ||
        answer.values.size() != static_cast<std::size_t>(size.area())) {
      return fail(ErrorCode::ModelMismatch,
                  fmt::format("the model '{}' gives more or fewer than one depth a pixel",
                              printable(package.manifest().id)));
    }
    LATENT_TRY(auto map, Image<float>::create(size));
    for (int y = 0; y < size.height; ++y) {
      std::copy_n(answer.values.begin() + std::ptrdiff_t{y} * size.width, size.width,
                  map.view().row(y).begin());
    }
    return map;
  }

  TensorNetwork network_;
  Contract contract_;
};

}  // namespace

Result<Task> create_depth(const models::Package& package, const infer::EngineRequest& engine,
                          const Limits& /*limits*/) {
  const std::string& task = package.manifest().task;
  if (task != "depth" && task != "mask-depth") {
    return fail(ErrorCode::ModelMismatch, package.path(),
                fmt::format("the model '{}' is made for the task '{}' and not for depth",
                            printable(package.manifest().id), printable(task)));
  }
  LATENT_TRY(const Contract contract, contract_of(package.manifest()));
  return Task(std::make_unique<DepthWork>(package, engine, contract));
}

}  // namespace latent::tasks
