// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/linear_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "raw/preview.h"
#include "raw/remaining_noise.h"
#include "tasks/raw/carried.h"
#include "tasks/raw/exact_rows.h"
#include "tasks/raw/strength.h"
#include "tasks/stopwatch.h"
#include "write/dng/dng.h"

namespace latent::tasks {

namespace {

constexpr int kRowsAtOnce = 256;
constexpr float kLargestStored = 65535.0F;

/// How much the counts above black may grow and still fit 16 bits: a power of two. No more than
/// what a file of one bit has to spare, however little a file says that lies above black.
int spare_bits(const LinearRaw& picture) {
  double largest = std::max((1 << std::clamp(picture.bits_per_sample, 1, 16)) - 1,
                            static_cast<int>(picture.sample_max));
  for (const float white : picture.white) largest = std::max<double>(largest, white);
  const float lowest_black = *std::min_element(picture.black.begin(), picture.black.end());
  largest -= static_cast<double>(lowest_black);
  constexpr int kMostBits = 15;
  int shift = 0;
  while (shift < kMostBits && std::ldexp(largest, shift + 1) <= 65535.0) ++shift;
  return shift;
}

/// WhiteLevel is written in whole counts.
Status check_range(const LinearRaw& picture, const LinearRaw& stored) {
  for (std::size_t c = 0; c < 3; ++c) {
    if (stored.white[c] >= 1.0F) continue;
    return fail(ErrorCode::Corrupt,
                fmt::format("the white level {:g} is not enough above the black level {:g}",
                            picture.white[c], picture.black[c]));
  }
  return {};
}

/// A mosaic of the size of `area` that tells nothing but its shape.
Mosaic shape_of(Size area) {
  Mosaic mosaic;
  mosaic.active = {0, 0, area.width, area.height};
  mosaic.crop = mosaic.active;
  mosaic.sensor = SensorClass::Mono;
  return mosaic;
}

/// The tags of the source as they are true of the result; what is lost becomes a notice of the plan.
std::vector<CarriedTag> carried_by(const LinearRaw& picture, int shift, DngPlan& plan) {
  CarriedMove move;
  move.buffer = picture.samples.size();
  move.frame = {0, 0, move.buffer.width, move.buffer.height};
  move.area = plan.area;
  move.whole = plan.whole;
  if (!plan.exact) {  // floats stay in the scale of the file
    move.scale = std::ldexp(1.0, shift);
    move.offset = -std::ldexp(static_cast<double>(picture.black[0]), shift);
    move.values_hold = picture.black[0] == picture.black[1] && picture.black[1] == picture.black[2];
  }
  CarriedTags carried = carried_tags(picture.carried_tags, move);
  if (!carried.notice.empty()) plan.notices.push_back(std::move(carried.notice));
  return std::move(carried.tags);
}

/// The facts of the file that is written, without samples and carried tags.
LinearRaw stored_facts(const LinearRaw& picture, const DngPlan& plan, int shift) {
  LinearRaw stored;
  stored.crop = plan.whole ? picture.crop : Rect{0, 0, plan.area.width, plan.area.height};
  for (std::size_t c = 0; c < 3; ++c) {
    stored.white[c] =
        std::min(std::ldexp(picture.white[c] - picture.black[c], shift), kLargestStored);
  }
  stored.orientation = picture.orientation;
  stored.pixel_aspect = picture.pixel_aspect;
  stored.camera = picture.camera;
  return stored;
}

write::DngHeader header_of(const LinearRaw& facts, DngPlan& plan) {
  write::DngHeader header = begun_header(facts, plan);
  header.buffer = plan.area.size();
  header.active = {0, 0, plan.area.width, plan.area.height};
  header.sensor = SensorClass::LinearRgb;
  header.levels.black = BlackLevels{};
  header.levels.white = {facts.white[0], facts.white[1], facts.white[2], facts.white[1]};
  if (plan.exact) {
    header.floats = true;
    const SensorLevels& levels = plan.exact->levels;
    for (std::size_t c = 0; c < 3; ++c) {
      header.levels.white[c] = levels.white[c] - levels.black.counts[c];
    }
  }
  return header;
}

class LinearRows final : public DngRows {
 public:
  LinearRows(LinearRaw& picture, DngPlan plan, int shift, LinearRaw stored, write::DngWriter writer)
      : picture_(picture),
        plan_(std::move(plan)),
        shift_(shift),
        stored_(std::move(stored)),
        writer_(std::move(writer)),
        counts_(static_cast<std::size_t>(plan_.area.width)),
        before_(counts_.size()) {
    if (plan_.exact) take_black_off_floats();
  }

  Status add(const CleanRows& rows) override {
    begin_measuring();
    const bool one = rows.channel != kAllColours;
    for (int row = 0; row < rows.counts.height(); ++row) {
      for (int channel = one ? rows.channel : 0; channel <= (one ? rows.channel : 2); ++channel) {
        take_row(rows, row, channel);
      }
    }
    return {};
  }

  Status add_source(const RunControl& control) override {
    for (int row = 0; row < plan_.area.height; ++row) {
      LATENT_CHECK(control.check());
      for (int channel = 0; channel < 3; ++channel) {
        const std::uint16_t* from = at(row, channel);
        for (std::size_t x = 0; x < counts_.size(); ++x) counts_[x] = from[3 * x];
        store(row, channel);
      }
    }
    return {};
  }

  Status finish(const RunControl& control) override {
    writer_.set_noise(noise_left());
    const Stopwatch watch;
    LATENT_CHECK(write_samples(control));
    LATENT_TRY(const auto preview, make_preview());
    LATENT_CHECK(writer_.finish(preview.view()));
    write_seconds_ = watch.seconds();
    return {};
  }

  Status finish_as(const std::filesystem::path& target) override {
    return writer_.finish_as(target);
  }

  double seconds_writing() const override { return write_seconds_; }

  std::vector<std::string> warnings() const override {
    return linear_warnings(writer_, plan_, below_black_);
  }

 private:
  std::uint16_t* at(int row_of_area, int channel) {
    return &picture_.samples.view().at(plan_.area.x, plan_.area.y + row_of_area, channel);
  }

  /// Row `row` of `rows`, one colour of it.
  void take_row(const CleanRows& rows, int row, int channel) {
    const int row_of_area = rows.first_row + row;
    const auto step = static_cast<std::size_t>(rows.counts.channels());
    const int first = step == 3 ? channel : 0;
    const float* clean = rows.counts.row(row).data() + first;
    const bool apart = !rows.source.empty();
    const std::uint16_t* source =
        apart ? rows.source.row(row).data() + first : at(row_of_area, channel);
    const std::size_t source_step = apart ? step : 3;
    for (std::size_t x = 0; x < counts_.size(); ++x) {
      counts_[x] = clean[step * x];
      before_[x] = source[source_step * x];
    }
    if (plan_.local != nullptr) {
      std::vector<float> strengths(counts_.size());
      strengths_of(plan_, row_of_area, strengths);
      blend(before_, strengths, counts_);
    } else if (!plan_.blended) {
      blend(before_, plan_.strength, counts_);
    }
    remaining_[static_cast<std::size_t>(channel)].add_row(row_of_area, before_.data(),
                                                          counts_.data());
    store(row_of_area, channel);
  }

  /// Puts the row of counts into the picture, as it will stand in the file.
  void store(int row_of_area, int channel) {
    const float black = picture_.black[static_cast<std::size_t>(channel)];
    const float scale = std::ldexp(1.0F, shift_);
    std::uint16_t* to = at(row_of_area, channel);
    if (plan_.exact && plan_.strength > 0.0) {
      float* floats =
          &plan_.exact->samples.view().at(plan_.area.x, plan_.area.y + row_of_area, channel);
      change_by_counts(counts_, of_channel_[static_cast<std::size_t>(channel)], 3, floats, floats);
    }
    for (const float count : counts_) {
      const float value = std::floor((count - black) * scale + 0.5F);
      if (value < 0.0F && !plan_.exact) ++below_black_;
      *to = static_cast<std::uint16_t>(
          static_cast<std::int32_t>(std::clamp(value, 0.0F, kLargestStored)));
      to += 3;
    }
  }

  void begin_measuring() {
    if (!remaining_.empty()) return;
    const Mosaic shape = shape_of(plan_.area.size());
    for (int c = 0; c < 3; ++c) remaining_.emplace_back(shape);
  }

  NoiseModel noise_left() const {
    NoiseModel left = plan_.noise;
    for (std::size_t c = 0; c < remaining_.size(); ++c) {
      const double fraction = remaining_[c].fraction();
      left.a[c] *= fraction * fraction;
      left.b[c] *= fraction * fraction;
    }
    return left;
  }

  Status write_samples(const RunControl& control) {
    if (plan_.exact) {
      return write_area(std::as_const(plan_.exact->samples).view().crop(plan_.area), control);
    }
    return write_area(std::as_const(picture_).samples.view().crop(plan_.area), control);
  }

  template <class T>
  Status write_area(ImageView<const T> area, const RunControl& control) {
    for (int y = 0; y < area.height(); y += kRowsAtOnce) {
      LATENT_CHECK(control.check());
      const int rows = std::min(kRowsAtOnce, area.height() - y);
      LATENT_CHECK(writer_.write_rows(area.crop({0, y, area.width(), rows})));
    }
    return {};
  }

  /// A linear DNG has no black above 0: developers take none off. The counts stay what they are.
  void take_black_off_floats() {
    ExactFloats& exact = *plan_.exact;
    for (std::size_t c = 0; c < 3; ++c) {
      const float black = exact.levels.black.counts[c];
      of_channel_[c].scale = exact.scale;
      of_channel_[c].offset = exact.offset + double{black} * exact.scale;
      if (black == 0.0F) continue;
      const auto view = exact.samples.view();
      for (int y = 0; y < view.height(); ++y) {
        for (int x = 0; x < view.width(); ++x) view.at(x, y, static_cast<int>(c)) -= black;
      }
    }
  }

  Result<Image<std::uint8_t>> make_preview() {
    raw::PreviewAccumulator preview(stored_, kPreviewLongSide);
    const auto area = std::as_const(picture_).samples.view().crop(plan_.area);
    std::vector<float> row(static_cast<std::size_t>(3 * plan_.area.width));
    for (int y = 0; y < area.height(); ++y) {
      std::copy(area.row(y).begin(), area.row(y).end(), row.begin());
      preview.add_row(y, row.data());
    }
    return preview.finish();
  }

  LinearRaw& picture_;
  DngPlan plan_;
  int shift_ = 0;
  LinearRaw stored_;  ///< facts only
  write::DngWriter writer_;
  std::vector<float> counts_;                   ///< one row of one channel of the area
  std::vector<std::uint16_t> before_;           ///< the same of the source
  std::vector<raw::RemainingNoise> remaining_;  ///< of each channel; none where nothing is denoised
  std::array<ExactFloats, 3> of_channel_;       ///< of floats: the way to counts, without samples
  std::int64_t below_black_ = 0;
  double write_seconds_ = 0;
};

}  // namespace

std::vector<std::string> linear_warnings(const write::DngWriter& writer, const DngPlan& plan,
                                         std::int64_t below_black) {
  constexpr double kWorthTelling = 0.001;
  std::vector<std::string> warnings = writer.warnings();
  warnings.insert(warnings.end(), plan.notices.begin(), plan.notices.end());
  const double samples = 3.0 * static_cast<double>(plan.area.size().area());
  const double share = static_cast<double>(below_black) / samples;
  if (share >= kWorthTelling) {
    warnings.push_back(
        fmt::format("{:.1f} % of the samples lie below black and became black, because a linear "
                    "DNG has no room below it",
                    100.0 * share));
  }
  return warnings;
}

Result<std::unique_ptr<DngRows>> linear_rows(LinearRaw& picture, DngPlan plan) {
  const int shift = spare_bits(picture);
  LinearRaw stored = stored_facts(picture, plan, shift);
  stored.carried_tags = carried_by(picture, shift, plan);
  LATENT_CHECK(check_range(picture, stored));
  LATENT_TRY(auto writer,
             write::DngWriter::create(plan.target, header_of(stored, plan), plan.options));
  return std::make_unique<LinearRows>(picture, std::move(plan), shift, std::move(stored),
                                      std::move(writer));
}

}  // namespace latent::tasks
