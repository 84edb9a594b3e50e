// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/erase/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/path.h"
#include "base/threads.h"
#include "fill/border.h"
#include "fill/membrane.h"
#include "models/manifest/attributes.h"
#include "tasks/tensor_network.h"

namespace latent::tasks {

namespace {

constexpr int kMostSide = 8192;
constexpr int kMostFreeSide = 1024;  ///< of a network with free sizes

/// What the attributes say, defaults filled in.
struct Contract {
  int side = 0;  ///< of its square; 0: any, in multiples
  int multiple = 8;
  float input_scale = 1;
  float output_scale = 1;
  float hole_value = 1;
  bool ignores_hole = false;
  bool composited = false;
  double most_hole = 1;
};

/// 1 where nothing is said.
Result<float> scale_of(models::Attributes& attributes, const char* key) {
  const double scale = attributes.number(key).value_or(1.0);
  if (scale == 1.0 || scale == 255.0) return static_cast<float>(scale);
  return attributes.refuse(fmt::format("its {} of {} is neither 1 nor 255", key, scale));
}

Result<Contract> contract_of(const models::Manifest& manifest) {
  models::Attributes attributes(manifest, "erasing");
  Contract contract;
  attributes.side(1, kMostSide, contract.side);
  contract.multiple =
      static_cast<int>(std::clamp(attributes.number("ensure_multiple_of").value_or(8), 1.0, 256.0));
  LATENT_TRY(contract.input_scale, scale_of(attributes, "input_scale"));
  LATENT_TRY(contract.output_scale, scale_of(attributes, "output_scale"));
  const double hole = attributes.number("mask_value_hole").value_or(1.0);
  if (hole != 0.0 && hole != 1.0) {
    return attributes.refuse(fmt::format("its mask_value_hole of {} is neither 0 nor 1", hole));
  }
  contract.hole_value = static_cast<float>(hole);
  contract.ignores_hole = attributes.flag("masked_input_ignored").value_or(false);
  contract.composited = attributes.flag("output_composited").value_or(false);
  contract.most_hole = attributes.number("max_hole_fraction").value_or(1.0);
  LATENT_CHECK(attributes.sound());
  return contract;
}

/// Where a picture of one size lies in the network's: reduced by a factor of 1 or more, then
/// mirrored outwards.
struct Placing {
  Size seen;     ///< the picture reduced
  Size network;  ///< the network's
};

Placing placing_of(const Contract& contract, Size picture) {
  const int most = contract.side > 0 ? contract.side : kMostFreeSide;
  const double factor =
      std::max(1.0, static_cast<double>(std::max(picture.width, picture.height)) / most);
  Placing placing;
  placing.seen = {std::max(1, static_cast<int>(std::lround(picture.width / factor))),
                  std::max(1, static_cast<int>(std::lround(picture.height / factor)))};
  placing.network = contract.side > 0 ? Size{contract.side, contract.side}
                                      : Size{round_up(placing.seen.width, contract.multiple),
                                             round_up(placing.seen.height, contract.multiple)};
  return placing;
}

/// The mean over the pixels that one reduced pixel covers, parts of pixels counted as parts.
Result<Image<float>> reduced(ImageView<const float> from, Size size) {
  LATENT_TRY(auto out, Image<float>::create(size, from.channels()));
  const double across = static_cast<double>(from.width()) / size.width;
  const double down = static_cast<double>(from.height()) / size.height;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      float* to = &out.view().at(x, y);
      double weight = 0;
      for (int fy = static_cast<int>(y * down); fy < (y + 1) * down && fy < from.height(); ++fy) {
        const double wy = std::min((y + 1) * down, fy + 1.0) - std::max(y * down, double(fy));
        for (int fx = static_cast<int>(x * across); fx < (x + 1) * across && fx < from.width();
             ++fx) {
          const double w =
              wy * (std::min((x + 1) * across, fx + 1.0) - std::max(x * across, double(fx)));
          for (int c = 0; c < from.channels(); ++c) {
            to[c] += static_cast<float>(w) * from.at(fx, fy, c);
          }
          weight += w;
        }
      }
      for (int c = 0; c < from.channels() && weight > 0; ++c) to[c] /= static_cast<float>(weight);
    }
  }
  return out;
}

/// Bilinear, between the middles of pixels.
void enlarged_at(ImageView<const float> from, double x, double y, float* out) {
  const double cx = std::clamp(x, 0.0, from.width() - 1.0);
  const double cy = std::clamp(y, 0.0, from.height() - 1.0);
  const int left = std::min(static_cast<int>(cx), std::max(0, from.width() - 2));
  const int top = std::min(static_cast<int>(cy), std::max(0, from.height() - 2));
  const int right = std::min(left + 1, from.width() - 1);
  const int bottom = std::min(top + 1, from.height() - 1);
  const auto u = static_cast<float>(cx - left);
  const auto v = static_cast<float>(cy - top);
  for (int c = 0; c < from.channels(); ++c) {
    out[c] = (1 - v) * ((1 - u) * from.at(left, top, c) + u * from.at(right, top, c)) +
             v * ((1 - u) * from.at(left, bottom, c) + u * from.at(right, bottom, c));
  }
}

class PackageHoleNetwork final : public HoleNetwork {
 public:
  PackageHoleNetwork(const models::Package& package, const infer::EngineRequest& engine,
                     const Contract& contract)
      : network_(package, engine), contract_(contract), threads_(threads_or_all(engine.threads)) {}

  const models::Package& package() const override { return network_.package(); }
  std::vector<std::string> notices() const override { return {}; }

  Result<fill::OneFilled> fill(const fill::OneHole& hole, const RunControl& control,
                               TaskReport& report) override {
    const Size size = hole.colours.size();
    const Placing placing = placing_of(contract_, size);
    // Under a hole stands what its border suggests, for networks that look there.
    LATENT_TRY(auto smooth, Image<float>::create(size, 3));
    LATENT_TRY(auto marked, Image<float>::create(size));
    LATENT_TRY(auto free, Image<std::uint8_t>::create(size));
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        const bool in = hole.hole.at(x, y) != 0 || hole.bar.at(x, y) != 0;
        free.view().at(x, y) = in ? 1 : 0;
        marked.view().at(x, y) = in ? 1.0F : 0.0F;
        for (int c = 0; c < 3; ++c) {
          smooth.view().at(x, y, c) = in ? 0.0F : std::clamp(hole.colours.at(x, y, c), 0.0F, 1.0F);
        }
      }
    }
    LATENT_CHECK(fill::fill_membrane(smooth.view(), std::as_const(free).view(), threads_));
    LATENT_TRY(const auto seen, reduced(std::as_const(smooth).view(), placing.seen));
    LATENT_TRY(const auto seen_mask, reduced(std::as_const(marked).view(), placing.seen));
    LATENT_TRY(const auto answer, run(seen.view(), seen_mask.view(), placing, control, report));
    fill::OneFilled filled;
    LATENT_TRY(filled.colours, Image<float>::create(size, 3));
    const bool same = placing.seen == size;
    const double across = static_cast<double>(placing.seen.width) / size.width;
    const double down = static_cast<double>(placing.seen.height) / size.height;
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        float* to = &filled.colours.view().at(x, y);
        if (hole.hole.at(x, y) == 0) {
          std::copy_n(&hole.colours.at(x, y), 3, to);
        } else if (same) {
          std::copy_n(&answer.view().at(x, y), 3, to);
        } else {
          enlarged_at(answer.view(), (x + 0.5) * across - 0.5, (y + 0.5) * down - 0.5, to);
        }
      }
    }
    if (!same) {
      tell(report, fmt::format("the network looked at a hole and its surroundings reduced to {} x "
                               "{} pixels, so that what it filled is softer than the picture",
                               placing.seen.width, placing.seen.height));
    }
    LATENT_CHECK(fill::blend_border(filled.colours.view(), hole.hole, threads_));
    return filled;
  }

 private:
  static void tell(TaskReport& report, std::string sentence) {
    if (std::ranges::find(report.notices, sentence) == report.notices.end()) {
      report.notices.push_back(std::move(sentence));
    }
  }

  /// What the network makes of a reduced picture: [h, w, 3], 0..1.
  Result<Image<float>> run(ImageView<const float> seen, ImageView<const float> marked,
                           const Placing& placing, const RunControl& control, TaskReport& report) {
    const Size net = placing.network;
    const auto plane = static_cast<std::size_t>(net.area());
    infer::NamedTensor image{"image", {1, 3, net.height, net.width}, std::vector<float>(3 * plane)};
    infer::NamedTensor mask{"mask", {1, 1, net.height, net.width}, std::vector<float>(plane)};
    std::int64_t holes = 0;
    for (int y = 0; y < net.height; ++y) {
      const int sy = mirror_index(y, placing.seen.height);
      for (int x = 0; x < net.width; ++x) {
        const int sx = mirror_index(x, placing.seen.width);
        const auto i = static_cast<std::size_t>(y) * static_cast<std::size_t>(net.width) +
                       static_cast<std::size_t>(x);
        const bool in = marked.at(sx, sy) > 0;
        holes += in ? 1 : 0;
        mask.values[i] = in ? contract_.hole_value : 1.0F - contract_.hole_value;
        for (std::size_t c = 0; c < 3; ++c) {
          image.values[c * plane + i] =
              seen.at(sx, sy, static_cast<int>(c)) * contract_.input_scale;
        }
      }
    }
    if (static_cast<double>(holes) > contract_.most_hole * static_cast<double>(plane)) {
      tell(report, fmt::format("a hole takes up {:.0f} % of what the network looks at, and it was "
                               "made for {:.0f} % at most; look at the result",
                               100.0 * static_cast<double>(holes) / static_cast<double>(plane),
                               100.0 * contract_.most_hole));
    }
    LATENT_TRY(const auto answers, network_.run({image, mask}, control, report));
    ++report.tiles;
    const std::string named = "the model '" + printable(package().manifest().id) + "' ";
    if (answers.empty() || answers.front().values.size() != 3 * plane) {
      return fail(ErrorCode::ModelMismatch, named + "gives no picture of the size it was given");
    }
    return checked(answers.front().values, image, mask, placing, named);
  }

  /// The answer as [h, w, 3] over 0..1, held to what the package says of it.
  Result<Image<float>> checked(const std::vector<float>& values, const infer::NamedTensor& image,
                               const infer::NamedTensor& mask, const Placing& placing,
                               const std::string& named) const {
    const auto plane = static_cast<std::size_t>(placing.network.area());
    double answered = 0;
    double given = 0;
    double apart = 0;
    double known = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!std::isfinite(values[i])) {
        return fail(ErrorCode::ModelMismatch,
                    named +
                        "answers with values that are no numbers; the picture was left alone, "
                        "and --model builtin fills it without a network");
      }
      if (mask.values[i % plane] == contract_.hole_value) continue;
      const double out = static_cast<double>(values[i] / contract_.output_scale);
      const double in = static_cast<double>(image.values[i] / contract_.input_scale);
      answered += out;
      given += in;
      apart += std::abs(out - in);
      known += 1;
    }
    constexpr double kSame = 0.02;
    constexpr double kRangeApart = 8;
    const bool other_range = known > 0 && given / known > 0.01 &&
                             (answered > kRangeApart * given || answered * kRangeApart < given);
    if (other_range || (contract_.composited && known > 0 && apart / known > kSame)) {
      return fail(
          ErrorCode::ModelMismatch,
          fmt::format("{}answers in another range than its package says (output_scale {:.0f}): "
                      "what it should keep has the mean {:.3g} and not {:.3g}",
                      named, contract_.output_scale, known > 0 ? answered / known : 0.0,
                      known > 0 ? given / known : 0.0));
    }
    LATENT_TRY(auto out, Image<float>::create(placing.seen, 3));
    for (int y = 0; y < placing.seen.height; ++y) {
      for (int x = 0; x < placing.seen.width; ++x) {
        const auto i =
            static_cast<std::size_t>(y) * static_cast<std::size_t>(placing.network.width) +
            static_cast<std::size_t>(x);
        for (std::size_t c = 0; c < 3; ++c) {
          out.view().at(x, y, static_cast<int>(c)) =
              std::clamp(values[c * plane + i] / contract_.output_scale, 0.0F, 1.0F);
        }
      }
    }
    return out;
  }

  TensorNetwork network_;
  Contract contract_;
  int threads_;
};

}  // namespace

Result<std::shared_ptr<HoleNetwork>> open_hole_network(const models::Package& package,
                                                       const infer::EngineRequest& engine) {
  const std::string& task = package.manifest().task;
  if (task != "erase" && task != "inpaint") {
    return fail(ErrorCode::ModelMismatch, package.path(),
                fmt::format("the model '{}' is made for the task '{}' and not for erase",
                            printable(package.manifest().id), printable(task)));
  }
  LATENT_TRY(const Contract contract, contract_of(package.manifest()));
  return std::shared_ptr<HoleNetwork>(
      std::make_shared<PackageHoleNetwork>(package, engine, contract));
}

}  // namespace latent::tasks
