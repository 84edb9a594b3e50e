// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/prepared.h"

#include <fmt/format.h>

#include <utility>

#include "raw/colour_unpack.h"
#include "read/dng/apply_opcodes.h"
#include "tasks/raw/colour_rows.h"
#include "tasks/raw/taken.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace {

bool same(const NoiseModel& one, const NoiseModel& other) {
  return one.a == other.a && one.b == other.b;
}

template <class T>
Result<RawPicture> as_picture(Result<T> decoded) {
  if (!decoded) return tl::make_unexpected(std::move(decoded).error());
  return RawPicture(*std::move(decoded));
}

Result<RawPicture> decoded_from(const read::Photograph& photograph, RawAs as,
                                const RunControl& control) {
  switch (as) {
    case RawAs::Linear:
      return as_picture(photograph.linear(control));
    case RawAs::Demosaiced:
      return as_picture(photograph.demosaiced(control));
    default:
      return as_picture(photograph.mosaic(control));
  }
}

}  // namespace

bool PreparedRaw::ShownFor::holds(const ShownFor& other) const {
  return area.intersection(other.area) == other.area && same(noise, other.noise) &&
         noise_scale == other.noise_scale && hot_pixels == other.hot_pixels &&
         learned == other.learned && corrected == other.corrected;
}

Result<std::unique_ptr<PreparedRaw>> PreparedRaw::open(const read::Photograph& photograph) {
  LATENT_CHECK(photograph.must_be_raw());
  LATENT_CHECK(check_taken(photograph.path(), *photograph.raw_facts()));
  auto prepared = std::make_unique<PreparedRaw>(photograph);
  prepared->facts.size = prepared->header().crop.size();
  return prepared;
}

Status PreparedRaw::decode(RawAs as, const RunControl& control) {
  if (fresh_ && as_ == as) return {};
  const Stopwatch watch;
  picture_.reset();  // two of them are too many
  Result<RawPicture> decoded = decoded_from(photograph, as, control);
  if (!decoded) return tl::make_unexpected(std::move(decoded).error());
  if (as_ != as) {
    measured_.reset();
    noise_notices_.clear();
    development_.reset();
    colour_development_.reset();
    kept.clear();
  }
  picture_ = *std::move(decoded);
  left_out_.clear();
  if (as == RawAs::Developed) left_out_ = read::apply_mosaic_opcodes(std::get<Mosaic>(*picture_));
  as_ = as;
  fresh_ = true;
  repaired_for_.reset();
  repaired_of_ = {};
  repair_ = {};
  traits_for_.reset();
  fringes_for_.reset();
  facts.size = crop_of(*picture_).size();
  seconds.read += watch.seconds();
  return {};
}

Result<NoiseModel> PreparedRaw::noise(const RawDenoiseSettings& settings, int threads) {
  if (settings.noise) return *settings.noise;
  const bool of_camera = settings.noise_of_camera;
  if (!measured_ || measured_of_camera_ != of_camera) {
    const Stopwatch watch;
    LATENT_CHECK(repair({}, {}, threads));
    LATENT_TRY(MeasuredNoise measured,
               of_camera ? camera_noise_of(*picture_, threads) : noise_of(*picture_, threads));
    measured_ = measured.model;
    measured_of_camera_ = of_camera;
    noise_notices_ = std::move(measured.notices);
    seconds.noise += watch.seconds();
  }
  facts.noise = measured_;
  return *measured_;
}

Status PreparedRaw::repair(const RepairOf& wanted, const NoiseModel& noise, int threads) {
  auto* mosaic = std::get_if<Mosaic>(&*picture_);
  if (mosaic == nullptr) return {};
  const bool done = repaired_for_ && same(*repaired_for_, noise) && repaired_of_ == wanted;
  if (done || (wanted == RepairOf{} && repaired_of_ == RepairOf{})) return {};
  const Stopwatch watch;
  undo(repair_, *mosaic);
  traits_for_.reset();
  fringes_for_.reset();
  repair_ = {};
  repaired_for_.reset();
  repaired_of_ = wanted;
  if (wanted == RepairOf{}) return {};
  LATENT_TRY(repair_, repaired(*mosaic, wanted, noise, threads));
  repaired_for_ = noise;
  seconds.noise += watch.seconds();
  return {};
}

Result<MosaicTraits> PreparedRaw::traits(const NoiseModel& noise) {
  const auto* mosaic = std::get_if<Mosaic>(&*picture_);
  if (mosaic == nullptr) return MosaicTraits{};
  if (!traits_for_ || !same(*traits_for_, noise)) {
    const Stopwatch watch;
    LATENT_TRY(traits_, traits_of(*mosaic, noise));
    traits_for_ = noise;
    seconds.noise += watch.seconds();
  }
  return traits_;
}

Result<const raw::MeasuredShift*> PreparedRaw::fringes(const NoiseModel& noise, int threads) {
  if (!fringes_for_ || !same(*fringes_for_, noise)) {
    const Stopwatch watch;
    LATENT_TRY(fringes_, raw::measure_chromatic_shift(std::get<Mosaic>(*picture_), noise, threads));
    fringes_for_ = noise;
    seconds.noise += watch.seconds();
  }
  return &fringes_;
}

Result<const LinearRaw*> PreparedRaw::classical(const RunControl& control) {
  if (!classical_) {
    LATENT_TRY(LinearRaw made, photograph.demosaiced(control));
    const Size frame = frame_of(*picture_).size();
    if (made.samples.size() != frame || made.white[0] != raw::kColourWhite) {
      return fail(
          ErrorCode::Unsupported,
          fmt::format("LibRaw demosaics {} x {} pixels of it where {} x {} saw light, so "
                      "nothing of the source can be mixed in; use --strength 100",
                      made.samples.width(), made.samples.height(), frame.width, frame.height));
    }
    classical_ = std::move(made);
  }
  return &*classical_;
}

const raw::Development& PreparedRaw::colour_development() {
  if (!colour_development_)
    colour_development_ = development().with_colours(colour_facts(std::get<Mosaic>(*picture_)));
  return *colour_development_;
}

const raw::Development& PreparedRaw::development() {
  if (!development_) {
    std::visit([&](const auto& each) { development_.emplace(each); }, *picture_);
  }
  return *development_;
}

}  // namespace latent::tasks
