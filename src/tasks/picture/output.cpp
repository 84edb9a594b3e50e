// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <utility>

#include "base/threads.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace {

constexpr int kBandRows = 64;

Result<SampleDepth> depth_of(write::PictureFormat format, std::optional<SampleDepth> wanted) {
  if (wanted) {
    if (write::holds(format, *wanted)) return *wanted;
    return fail(ErrorCode::Usage, fmt::format("the format of the output does not hold {} samples",
                                              sample_depth_name(*wanted)));
  }
  for (const SampleDepth depth : {SampleDepth::U16, SampleDepth::U8, SampleDepth::F32}) {
    if (write::holds(format, depth)) return depth;
  }
  return fail(ErrorCode::Internal, "a format that holds no samples");
}

/// A sample of another depth; the same number of the range.
template <class Out, class In>
Out rescaled(In sample) {
  if constexpr (std::is_same_v<Out, In>) {
    return sample;
  } else if constexpr (std::is_same_v<In, std::uint8_t> && std::is_same_v<Out, std::uint16_t>) {
    return static_cast<Out>(sample * 257);
  } else if constexpr (std::is_same_v<In, std::uint16_t> && std::is_same_v<Out, std::uint8_t>) {
    return static_cast<Out>((sample + 128) / 257);
  } else if constexpr (std::is_same_v<Out, float>) {
    return static_cast<float>(sample) / static_cast<float>(std::numeric_limits<In>::max());
  } else {
    constexpr auto kMost = static_cast<float>(std::numeric_limits<Out>::max());
    return static_cast<Out>(std::lround(std::clamp(sample, 0.0F, 1.0F) * kMost));
  }
}

/// Whether a pixel has a sample that integers cannot say.
template <class Out>
bool lies_outside(const float* pixel, int count) {
  constexpr float kHalfStep = 0.5F / static_cast<float>(std::numeric_limits<Out>::max());
  for (int c = 0; c < count; ++c) {
    if (pixel[c] < -kHalfStep || pixel[c] > 1.0F + kHalfStep) return true;
  }
  return false;
}

template <class In, class Out>
Status copy_as(const Image<In>& image, const Rect& region, const RowSink& sink,
               const RunControl& control, std::int64_t& clipped, int colours) {
  LATENT_TRY(auto band, Image<Out>::create({region.width, std::min(kBandRows, region.height)},
                                           image.channels()));
  for (int first = 0; first < region.height; first += kBandRows) {
    LATENT_CHECK(control.check());
    const int rows = std::min(kBandRows, region.height - first);
    for (int row = 0; row < rows; ++row) {
      const auto from =
          image.view().crop({region.x, region.y + first + row, region.width, 1}).row(0);
      std::transform(from.begin(), from.end(), band.view().row(row).begin(), rescaled<Out, In>);
      if constexpr (std::is_same_v<In, float> && !std::is_same_v<Out, float>) {
        for (int x = 0; x < region.width; ++x) {
          clipped +=
              lies_outside<Out>(&from[static_cast<std::size_t>(x * image.channels())], colours);
        }
      }
    }
    LATENT_CHECK(sink(std::as_const(band).view().crop({0, 0, region.width, rows})));
    control.report(static_cast<double>(first + rows) / region.height);
  }
  return {};
}

template <class Out>
Status copy_to(const PictureSource& source, const Rect& region, const RowSink& sink,
               const RunControl& control, std::int64_t& clipped) {
  return std::visit(
      [&](const auto& image) {
        using In = std::remove_cvref_t<decltype(image.view().at(0, 0))>;
        return copy_as<In, Out>(image, region, sink, control, clipped, source.picture().colours);
      },
      source.picture().samples);
}

/// The source through its profile into another, without a detour over the working encoding.
Status convert_rows(const PictureSource& source, const Rect& region, const PictureOutput& output,
                    const RowSink& sink, int threads, const RunControl& control,
                    std::int64_t& clipped) {
  LATENT_TRY(auto rows,
             PictureRows::create(region.size(), source.profile(), output.profile, output.depth,
                                 alpha_rows_of(source, region), sink, threads));
  if (source.has_equal_samples() && source.colours() == 1 && output.profile.has_one_curve()) {
    rows.make_equal();
  }
  LATENT_TRY(auto band, Image<float>::create({region.width, std::min(kBandRows, region.height)},
                                             source.picture().colours));
  for (int first = 0; first < region.height; first += kBandRows) {
    LATENT_CHECK(control.check());
    const int count = std::min(kBandRows, region.height - first);
    const auto view = band.view().crop({0, 0, region.width, count});
    source.native({region.x, region.y + first, region.width, count}, view);
    LATENT_CHECK(rows.add(view));
    control.report(static_cast<double>(first + count) / region.height);
  }
  clipped = rows.clipped_pixels();
  return {};
}

template <class T>
Result<PictureSamples> band_of(Size size, int channels) {
  LATENT_TRY(auto band, Image<T>::create(size, channels, no_limits_of_pixels()));
  return PictureSamples(std::move(band));
}

Result<PictureSamples> band_of(SampleDepth depth, Size size, int channels) {
  switch (depth) {
    case SampleDepth::U8:
      return band_of<std::uint8_t>(size, channels);
    case SampleDepth::U16:
      return band_of<std::uint16_t>(size, channels);
    case SampleDepth::F32:
      break;
  }
  return band_of<float>(size, channels);
}

/// OpenEXR is linear by its definition: another curve is left for the linear profile nearest to it.
void keep_linear(const PictureSource& source, PictureOutput& output) {
  if (output.format != write::PictureFormat::Exr || output.profile.is_linear()) return;
  output.carried_icc.clear();
  const bool grey = output.profile.channels() == 1;
  output.profile = colour::Profile::named(grey ? colour::NamedProfile::LinearGrey
                                               : colour::NamedProfile::LinearRec2020);
  output.same_profile = output.profile.icc() == source.profile().icc();
  output.notices.emplace_back(grey ? "OpenEXR holds linear light: written as linear grey"
                                   : "OpenEXR holds linear light: written in linear Rec. 2020");
}

/// Results cannot be brought back to a profile that leads to colours only.
void leave_one_way_profile(const PictureSource& source, PictureOutput& output) {
  const colour::Profile& result = source.result_profile();
  if (result.icc() == source.profile().icc()) return;
  output.profile = result;
  output.same_profile = false;
  output.notices.push_back(one_way_notice(source));
}

/// A raw has no colours of its own yet, only those that it was developed in; in a JPEG they are what
/// every viewer shows rightly.
bool is_raw_as_jpeg(const PictureSource& source, write::PictureFormat format) {
  return source.picture().format == "raw" && format == write::PictureFormat::Jpeg;
}

/// What cannot be used here may be of use elsewhere, as long as the samples are what it was for.
void carry_unusable_profile(const PictureSource& source, PictureOutput& output) {
  output.carried_icc = source.picture().unusable_icc;
  if (output.carried_icc.empty()) return;
  output.notices.emplace_back(
      "the colour profile that cannot be used is in the result as it stands, as no sample was "
      "changed");
}

}  // namespace

std::string one_way_notice(const PictureSource& source) {
  return fmt::format(
      "its colour profile ({}) leads from samples to colours and not back; the "
      "result is in {}, with the colours that the profile gives",
      source.profile().description(), source.result_profile().description());
}

Result<PictureOutput> PictureOutput::create(const PictureSource& source,
                                            const std::filesystem::path& target,
                                            const PictureOutputSettings& settings,
                                            Samples samples) {
  PictureOutput output{
      write::PictureFormat::Tiff, SampleDepth::U16, source.profile(), settings.dpi, true, {}, {}};
  LATENT_TRY(output.format, write::picture_format_of(target));
  LATENT_TRY(output.depth, depth_of(output.format, settings.depth));
  if (settings.profile != "source") {
    LATENT_TRY(output.profile, colour::Profile::parse(settings.profile));
    LATENT_TRY(const auto there, colour::Transform::create(source.profile(), output.profile));
    output.same_profile = there.is_identity();
    if (output.profile.channels() < source.colours()) {
      return fail(ErrorCode::Usage,
                  "a grey profile cannot hold the colours of this picture; choose "
                  "another --profile");
    }
  } else if (is_raw_as_jpeg(source, output.format)) {
    output.profile = colour::Profile::named(colour::NamedProfile::Srgb);
    output.same_profile = false;
  } else if (samples == Samples::Changed) {
    leave_one_way_profile(source, output);
  } else {
    carry_unusable_profile(source, output);
  }
  keep_linear(source, output);
  return output;
}

Result<PictureRows> PictureRows::create(Size size, const colour::Profile& from,
                                        const colour::Profile& to, SampleDepth depth,
                                        AlphaRows alpha, RowSink sink, int threads) {
  LATENT_TRY(auto transform, colour::Transform::create(from, to));
  PictureRows rows(size, std::move(transform), std::move(sink));
  rows.alpha_ = std::move(alpha);
  rows.colours_in_ = from.channels();
  rows.colours_ = to.channels();
  rows.threads_ = threads;
  const Size band{size.width, std::min(kBandRows, size.height)};
  const int channels = rows.colours_ + (rows.alpha_ ? 1 : 0);
  LATENT_TRY(rows.band_, band_of(depth, band, channels));
  if (rows.alpha_) {
    LATENT_TRY(rows.alpha_band_, Image<float>::create(band, 2, no_limits_of_pixels()));
  }
  return rows;
}

void PictureRows::lay_on(const PictureSource& source, const Rect& region, WideGamut gamut) {
  if (source.has_equal_samples()) make_equal();
  if (transform_.is_unbounded() || transform_.is_identity()) return;
  if (gamut == WideGamut::Clip) return;  // the source's own samples may lie beyond
  below_ = &source;
  region_ = region;
  gamut_ = gamut;
}

/// A row in the output's profile; `row` counts from the first.
void PictureRows::convert(int row, const float* samples, float* line) const {
  const auto width = static_cast<std::size_t>(size_.width);
  if (transform_.is_identity()) {
    std::copy_n(samples, width * static_cast<std::size_t>(colours_), line);
  } else {
    transform_.apply(samples, line, width);
  }
  if (below_ != nullptr) {
    const Rect area{region_.x, region_.y + row, region_.width, 1};
    const int stored = below_->picture().colours;
    std::vector<float> encoded(width * static_cast<std::size_t>(colours_in_));
    std::vector<float> round(width * static_cast<std::size_t>(colours_));
    std::vector<float> native(width * static_cast<std::size_t>(stored));
    below_->encoded(
        area, gamut_,
        ImageView<float>(encoded.data(), {size_.width, 1}, size_.width * colours_in_, colours_in_));
    below_->native(area,
                   ImageView<float>(native.data(), {size_.width, 1}, size_.width * stored, stored));
    transform_.apply(encoded.data(), round.data(), width);
    for (std::size_t i = 0; i < round.size(); ++i) line[i] = native[i] + (line[i] - round[i]);
  }
  if (!equal_) return;
  for (std::size_t x = 0; x < width; ++x, line += 3) {
    line[0] = line[1] = line[2] = (line[0] + line[1] + line[2]) * (1.0F / 3.0F);
  }
}

/// A row of colours and alpha as samples; gives how many pixels were clipped.
template <class T>
std::int64_t PictureRows::put_row(const float* samples, const float* alpha, T* out) const {
  std::int64_t outside = 0;
  std::array<float, 3> pixel{};
  for (int x = 0; x < size_.width; ++x, samples += colours_) {
    const float multiplier = alpha != nullptr ? alpha[1] : 1.0F;
    for (int c = 0; c < colours_; ++c) {
      pixel[static_cast<std::size_t>(c)] = samples[c] * multiplier;
    }
    if constexpr (!std::is_same_v<T, float>) outside += lies_outside<T>(pixel.data(), colours_);
    for (int c = 0; c < colours_; ++c) *out++ = rescaled<T>(pixel[static_cast<std::size_t>(c)]);
    if (alpha == nullptr) continue;
    *out++ = rescaled<T>(alpha[0]);
    alpha += 2;
  }
  return outside;
}

template <class T>
Status PictureRows::add_as(ImageView<const float> rows, Image<T>& band) {
  std::atomic<std::int64_t> clipped = 0;
  const int height = rows.height();
  if (alpha_) LATENT_CHECK(alpha_(row_, alpha_band_.view().crop({0, 0, size_.width, height})));
  const auto work = [&](int first, int last) {
    std::vector<float> line(static_cast<std::size_t>(size_.width * colours_));
    std::int64_t outside = 0;
    for (int y = first; y < last; ++y) {
      const float* samples = rows.row(y).data();
      if (!transform_.is_identity() || equal_) {
        convert(row_ + y, samples, line.data());
        samples = line.data();
      }
      const float* alpha = alpha_ ? alpha_band_.view().row(y).data() : nullptr;
      outside += put_row(samples, alpha, band.view().row(y).data());
    }
    clipped += outside;
  };
  LATENT_CHECK(for_row_parts(height, threads_, work));
  clipped_ += clipped;
  row_ += height;
  const Stopwatch watch;
  auto status = sink_(std::as_const(band).view().crop({0, 0, size_.width, height}));
  sink_seconds_ += watch.seconds();
  return status;
}

Status PictureRows::add(ImageView<const float> rows) {
  LATENT_ENSURE(rows.width() == size_.width && rows.channels() == colours_in_ &&
                row_ + rows.height() <= size_.height);
  for (int first = 0; first < rows.height(); first += kBandRows) {
    const int count = std::min(kBandRows, rows.height() - first);
    const auto part = rows.crop({0, first, size_.width, count});
    LATENT_CHECK(std::visit([&](auto& band) { return add_as(part, band); }, band_));
  }
  return {};
}

PictureRows::AlphaRows alpha_rows_of(const PictureSource& source, const Rect& region) {
  if (!source.picture().alpha) return {};
  return [&source, region](int first, ImageView<float> out) -> Status {
    source.alpha({region.x, region.y + first, region.width, out.height()}, out);
    return {};
  };
}

Status copy_rows(const PictureSource& source, const Rect& region, const PictureOutput& output,
                 const RowSink& sink, int threads, const RunControl& control,
                 std::int64_t& clipped_pixels) {
  if (!output.same_profile) {
    return convert_rows(source, region, output, sink, threads, control, clipped_pixels);
  }
  switch (output.depth) {
    case SampleDepth::U8:
      return copy_to<std::uint8_t>(source, region, sink, control, clipped_pixels);
    case SampleDepth::U16:
      return copy_to<std::uint16_t>(source, region, sink, control, clipped_pixels);
    case SampleDepth::F32:
      break;
  }
  return copy_to<float>(source, region, sink, control, clipped_pixels);
}

write::PictureHeader header_of(const PictureSource& source, const PictureOutput& output, Size size,
                               metadata::Metadata metadata, metadata::Provenance provenance) {
  const Picture& picture = source.picture();
  write::PictureHeader header;
  header.size = size;
  header.colours = output.profile.channels();
  header.alpha = picture.alpha;
  header.alpha_associated = picture.alpha_associated;
  header.depth = output.depth;
  header.icc = output.same_profile ? picture.icc : output.profile.icc();
  if (!output.carried_icc.empty()) header.icc = output.carried_icc;
  header.resolution = output.dpi ? Resolution{*output.dpi, *output.dpi} : picture.resolution;
  header.orientation = picture.orientation;
  header.metadata = std::move(metadata);
  header.provenance = std::move(provenance);
  return header;
}

std::string clipping_notice(std::int64_t clipped_pixels, Size size, const PictureSource& source,
                            const PictureOutput& output) {
  // Integers of one profile leave 0..1 by what the network took away only: no colour is lost.
  const bool expected = (output.same_profile && source.picture().depth() != SampleDepth::F32) ||
                        is_raw_as_jpeg(source, output.format);  // as every raw developer does it
  if (clipped_pixels == 0 || expected) return {};
  return fmt::format(
      "{} pixels ({:.2g} %) lie outside what {} samples of {} hold and were clipped; --bit-depth "
      "32 "
      "keeps them",
      clipped_pixels,
      100.0 * static_cast<double>(clipped_pixels) / static_cast<double>(size.area()),
      sample_depth_name(output.depth), output.profile.description());
}

}  // namespace latent::tasks
