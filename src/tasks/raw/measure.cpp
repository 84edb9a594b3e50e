// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/path.h"
#include "metadata/listed_sites.h"
#include "raw/camera_noise.h"
#include "raw/dark_end.h"
#include "raw/estimate_noise.h"

namespace latent::tasks {

Result<Mosaic> channel_of(const LinearRaw& picture, int channel) {
  const auto c = static_cast<std::size_t>(channel);
  const Size size = picture.samples.size();
  Mosaic mosaic;
  LATENT_TRY(mosaic.samples, Image<std::uint16_t>::create(size));
  for (int y = 0; y < size.height; ++y) {
    const std::uint16_t* from = picture.samples.view().row(y).data() + c;
    for (std::uint16_t& sample : mosaic.samples.view().row(y)) {
      sample = *from;
      from += 3;
    }
  }
  mosaic.active = {0, 0, size.width, size.height};
  mosaic.crop = picture.crop;
  mosaic.sensor = SensorClass::Mono;
  mosaic.levels.black.counts = {picture.black[c]};
  mosaic.levels.white.fill(picture.white[c]);
  mosaic.bits_per_sample = picture.bits_per_sample;
  mosaic.sample_max = picture.sample_max;
  return mosaic;
}

namespace {

constexpr double kMidGrey = 0.18;

/// Each colour of a linear picture by itself; as sure as the least sure of them.
Result<raw::NoiseEstimate> estimate_of(const RawPicture& picture, int threads) {
  if (const auto* mosaic = std::get_if<Mosaic>(&picture)) {
    return raw::estimate_noise(*mosaic, threads);
  }
  raw::NoiseEstimate result;
  result.confidence = 1;
  for (int channel = 0; channel < 3; ++channel) {
    LATENT_TRY(const Mosaic seen, channel_of(std::get<LinearRaw>(picture), channel));
    LATENT_TRY(const raw::NoiseEstimate one, raw::estimate_noise(seen, threads));
    const auto c = static_cast<std::size_t>(channel);
    result.model.a[c] = one.model.a[1];
    result.model.b[c] = one.model.b[1];
    result.confidence = std::min(result.confidence, one.confidence);
    result.blocks_used += one.blocks_used;
  }
  return result;
}

/// The middle of what the picture shows, in units of (white - black).
double level_of(const RawPicture& picture) {
  constexpr int kStep = 7;  // of no pattern's period
  std::vector<double> values;
  const auto add = [&](std::uint16_t count, double black, double white) {
    values.push_back((count - black) / std::max(1.0, white - black));
  };
  const Rect frame = frame_of(picture);
  for (int y = frame.y; y < frame.bottom(); y += kStep) {
    for (int x = frame.x; x < frame.right(); x += kStep) {
      if (const auto* mosaic = std::get_if<Mosaic>(&picture)) {
        const auto colour = static_cast<std::size_t>(mosaic->cfa.at(x, y));
        add(mosaic->samples.view().at(x, y), mosaic->levels.black.at(x, y),
            mosaic->levels.white[colour]);
      } else {
        const auto& linear = std::get<LinearRaw>(picture);
        add(linear.samples.view().at(x, y, 1), linear.black[1], linear.white[1]);
      }
    }
  }
  if (values.empty()) return kMidGrey;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return std::clamp(*middle, 0.0, 1.0);
}

/// Of all colours together.
double variance_at(const NoiseModel& noise, double level) {
  double sum = 0;
  for (std::size_t c = 0; c < 3; ++c) sum += noise.a[c] * level + noise.b[c];
  return std::max(sum / 3, 1e-15);
}

double percent_at_mid_grey(const NoiseModel& noise) {
  return 100 * std::sqrt(variance_at(noise, kMidGrey));
}

constexpr double kSure = 0.5;     // of the estimate: it may contradict others
constexpr double kAnyHint = 0.1;  // below, it says nothing

/// Whether the estimate is far from what is stated, at mid grey and at the level of the picture.
bool contradicts(const raw::NoiseEstimate& estimate, const NoiseModel& stated, double level) {
  constexpr double kFar = 2.5;
  const auto far = [&](double at) {
    const double ratio = variance_at(estimate.model, at) / variance_at(stated, at);
    return ratio > kFar ? 1 : ratio < 1 / kFar ? -1 : 0;
  };
  return far(kMidGrey) != 0 && far(kMidGrey) == far(level);
}

/// A noise profile, or the estimate where that contradicts it and is sure of itself.
MeasuredNoise checked(const NoiseModel& profile, const raw::NoiseEstimate& estimate, double level) {
  MeasuredNoise noise{profile, 1, {}};
  if (estimate.confidence < kAnyHint || !contradicts(estimate, profile, level)) return noise;
  const bool sure = estimate.confidence >= kSure;
  if (sure) noise = {estimate.model, estimate.confidence, {}};
  noise.notices.push_back(fmt::format(
      "the NoiseProfile of the source states a noise of {:.2g} % of white at mid grey, and the "
      "picture shows {:.2g} % (confidence {:.2f}): {} was used; --noise sets another",
      percent_at_mid_grey(profile), percent_at_mid_grey(estimate.model), estimate.confidence,
      sure ? "what the picture shows" : "the profile"));
  return noise;
}

constexpr double kUnsure = 0.2;  // of the estimate: below, it is not believed as it stands

const CameraFacts& camera_of(const RawPicture& picture) {
  return std::visit([](const auto& each) -> const CameraFacts& { return each.camera; }, picture);
}

/// As the table has it; nothing where it does not, and for linear pictures.
std::optional<NoiseModel> usual_noise(const RawPicture& picture) {
  if (!std::holds_alternative<Mosaic>(picture)) return std::nullopt;
  const auto noise = raw::camera_noise(camera_of(picture));
  return noise ? std::optional(*noise) : std::nullopt;
}

/// The usual noise of the camera, brought the nearer to the estimate at the level of the picture
/// the surer that is.
MeasuredNoise supported(const raw::NoiseEstimate& estimate, const NoiseModel& usual,
                        const CameraFacts& camera, double level) {
  MeasuredNoise noise{usual, estimate.confidence, {}};
  const std::string of_camera =
      fmt::format("what the table of cameras says of {} at ISO {} ({:.2g} % of white at mid grey)",
                  printable(camera.model), camera.iso, percent_at_mid_grey(usual));
  if (estimate.blocks_used == 0) {
    noise.notices.push_back(
        fmt::format("no noise could be measured in the picture (confidence 0), so {} was used; "
                    "--noise sets another",
                    of_camera));
    return noise;
  }
  const double weight = estimate.confidence / kUnsure;
  const double factor =
      std::pow(variance_at(estimate.model, level) / variance_at(usual, level), weight);
  for (double& a : noise.model.a) a *= factor;
  for (double& b : noise.model.b) b *= factor;
  noise.notices.push_back(
      fmt::format("the noise of the picture could hardly be measured (confidence {:.2f} of 1), so "
                  "{} counts for {:.0f} %; --noise sets another",
                  estimate.confidence, of_camera, 100 * (1 - weight)));
  return noise;
}

/// An estimate that nothing else supports: the less sure it is, the less of it is counted on.
MeasuredNoise trusted(const raw::NoiseEstimate& estimate) {
  constexpr double kLeastShare = 0.25;  // of the variance
  MeasuredNoise noise{estimate.model, estimate.confidence, {}};
  if (estimate.blocks_used == 0) {
    noise.notices.emplace_back(
        "no noise could be measured in the picture (confidence 0), so next to nothing is removed; "
        "--noise sets how much there is");
    return noise;
  }
  if (estimate.confidence >= kUnsure) return noise;
  const double share = kLeastShare + (1 - kLeastShare) * estimate.confidence / kUnsure;
  for (double& a : noise.model.a) a *= share;
  for (double& b : noise.model.b) b *= share;
  noise.notices.push_back(
      fmt::format("the noise of the picture could hardly be measured (confidence {:.2f} of 1), so "
                  "only {:.0f} % "
                  "of the level found was used; --noise sets another",
                  estimate.confidence, 100 * std::sqrt(share)));
  return noise;
}

void tell_guards(const raw::DefectReport& found, const Mosaic& mosaic, Repair& repair) {
  const std::int64_t sites = mosaic.active.size().area();
  const bool clipped = raw::dark_end_of(mosaic).share > raw::DarkEnd::kMostlyCut;
  constexpr std::int64_t kWorthTelling = 2000;  // one site in so many
  for (const auto& [colour, name] : {std::pair{0, "red"}, std::pair{2, "blue"}}) {
    if (clipped || !found.spared[colour]) continue;
    repair.notices.push_back(
        fmt::format("single {0} points were left as they are: there are far more of them than of "
                    "green ones, so that they are taken for distant lights, not for hot pixels",
                    name));
  }
  if (found.in_texture * kWorthTelling > sites) {
    repair.notices.push_back(
        fmt::format("{} single points that look like hot pixels were left as they are, because "
                    "they lie in texture, as its details do",
                    found.in_texture));
  }
  if (found.too_many > 0) {
    repair.notices.push_back(fmt::format(
        "no hot pixel was repaired: {} sites ({:.1f} %) stand out, too many to "
        "distinguish them from texture",
        found.too_many, 100.0 * static_cast<double>(found.too_many) / static_cast<double>(sites)));
  }
}

/// Sites that are known from other frames join those that this frame shows.
void add_learned(const LearnedSites& learned, const Mosaic& mosaic,
                 std::vector<raw::Defect>& defects, Repair& repair) {
  if (learned.frame != mosaic.active.size()) return;
  std::vector<Point> all = learned.sites;
  for (const raw::Defect& defect : defects) all.push_back({defect.x, defect.y});
  const auto own = std::exchange(defects, raw::listed_defects(mosaic, std::move(all)));
  std::size_t k = 0;
  for (const raw::Defect& defect : defects) {
    const bool is_own = k < own.size() && own[k].x == defect.x && own[k].y == defect.y;
    if (is_own) {
      ++k;
    } else {
      (defect.source >= defect.repaired ? repair.hot : repair.dead) += 1;
    }
  }
  repair.notices.push_back(
      fmt::format("{} hot and dead pixels are known from {} files of this camera, and {} more were "
                  "found in this one",
                  learned.sites.size(), learned.frames, defects.size() - learned.sites.size()));
}

}  // namespace

Result<MeasuredNoise> noise_of(const RawPicture& picture, int threads) {
  const auto& profile = std::visit(
      [](const auto& each) -> auto& { return each.noise_profile; }, picture);
  LATENT_TRY(const raw::NoiseEstimate estimate, estimate_of(picture, threads));
  if (profile) return checked(*profile, estimate, level_of(picture));
  constexpr int kEnoughBlocks = 50;  // to believe that there is no noise
  if (estimate.confidence < kUnsure && estimate.blocks_without_noise < kEnoughBlocks) {
    if (const auto usual = usual_noise(picture)) {
      return supported(estimate, *usual, camera_of(picture), level_of(picture));
    }
  }
  return trusted(estimate);
}

Result<MeasuredNoise> camera_noise_of(const RawPicture& picture, int threads) {
  if (!std::holds_alternative<Mosaic>(picture)) {
    return fail(ErrorCode::Unsupported,
                "the table of cameras has the noise of photosites, and this file holds three "
                "colours a pixel, made of several of them; use --noise auto, or --noise A,B");
  }
  LATENT_TRY(const NoiseModel usual, raw::camera_noise(camera_of(picture)));
  LATENT_TRY(const raw::NoiseEstimate estimate, estimate_of(picture, threads));
  MeasuredNoise noise{usual, 1, {}};
  if (estimate.confidence >= kSure && contradicts(estimate, usual, level_of(picture))) {
    noise.notices.push_back(fmt::format(
        "the table of cameras states a noise of {:.2g} % of white at mid grey, which was used, but "
        "the picture shows {:.2g} % (confidence {:.2f}); --noise auto uses that",
        percent_at_mid_grey(usual), percent_at_mid_grey(estimate.model), estimate.confidence));
  }
  return noise;
}

Result<Repair> repaired(Mosaic& mosaic, const RepairOf& wanted, const NoiseModel& noise,
                        int threads) {
  Repair repair;
  if (wanted.listed) {
    metadata::ListedSites listed = metadata::listed_sites(mosaic);
    repair.notices = std::move(listed.notices);
    if (!listed.sites.empty()) {
      repair.notices.push_back(
          fmt::format("{} sites that {} of the source names as defective were "
                      "repaired",
                      listed.sites.size(), listed.names));
    }
    repair.listed = raw::listed_defects(mosaic, std::move(listed.sites));
    raw::repair(mosaic, repair.listed);
  }
  if (!wanted.found) return repair;
  const bool known = wanted.learned != nullptr && wanted.learned->known();
  LATENT_TRY(raw::DefectReport found,
             raw::find_defects(mosaic, noise, threads,
                               known ? raw::DefectCare::Gentle : raw::DefectCare::Usual));
  tell_guards(found, mosaic, repair);
  repair.hot = found.hot;
  repair.dead = found.dead;
  if (wanted.learned != nullptr && !known) {
    repair.notices.push_back(
        fmt::format("--hot-pixels learn needs {} raw files of one camera that show different "
                    "scenes, and here are {}, so this file was judged by itself",
                    LearnedSites::kFewestFrames, wanted.learned->frames));
  }
  if (known) add_learned(*wanted.learned, mosaic, found.defects, repair);
  raw::repair(mosaic, found.defects);
  repair.defects = std::move(found.defects);
  return repair;
}

Result<MosaicTraits> traits_of(const Mosaic& mosaic, const NoiseModel& noise) {
  MosaicTraits traits;
  LATENT_TRY(auto greens, raw::GreenBalance::measure(mosaic, noise));
  if (greens) traits.greens = std::make_shared<const raw::GreenBalance>(*std::move(greens));
  traits.cut_in_the_dark = raw::dark_end_of(mosaic).cut;
  return traits;
}

void undo(const Repair& repair, Mosaic& mosaic) {
  const auto frame = mosaic.samples.view().crop(mosaic.active);
  for (const raw::Defect& defect : repair.defects) frame.at(defect.x, defect.y) = defect.source;
  for (const raw::Defect& defect : repair.listed) frame.at(defect.x, defect.y) = defect.source;
}

}  // namespace latent::tasks
