// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/source.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include "rgb/alpha.h"

namespace latent::tasks {

namespace {

template <class T>
constexpr float kUnit = std::is_same_v<T, float>
                            ? 1.0F
                            : 1.0F / static_cast<float>(std::numeric_limits<T>::max());

/// Channels [first, first + count) of the pixels [begin, end) of row y, over 0..1.
void floats_of_row(const Picture& picture, int y, int begin, int end, int first, int count,
                   float* out) {
  std::visit(
      [&](const auto& image) {
        using Sample = std::remove_cvref_t<decltype(image.view().at(0, 0))>;
        const int channels = image.channels();
        const auto* row = &image.view().at(begin, y);
        for (int x = begin; x < end; ++x, row += channels) {
          for (int c = first; c < first + count; ++c) {
            *out++ = static_cast<float>(row[c]) * kUnit<Sample>;
          }
        }
      },
      picture.samples);
}

void clip(float* samples, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) samples[i] = std::clamp(samples[i], 0.0F, 1.0F);
}

/// Which columns of the picture a span of columns that may reach beyond it needs.
std::pair<int, int> mirrored_range(int begin, int end, int width) {
  int low = width;
  int high = 0;
  for (int x = begin; x < end; ++x) {
    const int column = mirror_index(x, width);
    low = std::min(low, column);
    high = std::max(high, column + 1);
  }
  return {low, high};
}

colour::Profile named_grey_or(bool grey, colour::NamedProfile name) {
  return colour::Profile::named(grey ? colour::NamedProfile::Grey : name);
}

/// The profile of the picture, where there is a way from it to `working`. Messages are predicates.
Result<colour::Profile> usable_profile(const Picture& picture, const colour::Profile& working) {
  LATENT_TRY(auto profile, colour::Profile::from_icc(picture.icc));
  if (profile.channels() != picture.colours) {
    return fail(ErrorCode::Unsupported,
                "is for pictures of " + std::to_string(profile.channels()) + " channels");
  }
  if (!colour::Transform::create(profile, working)) {
    return fail(ErrorCode::Corrupt, "is damaged inside: it leads to no colours");
  }
  return profile;
}

/// Whether the three channels of a picture hold the same samples everywhere.
bool has_equal_channels(const Picture& picture) {
  if (picture.colours != 3) return false;
  return std::visit(
      [](const auto& image) {
        const auto channels = static_cast<std::size_t>(image.channels());
        for (int y = 0; y < image.height(); ++y) {
          const auto row = image.view().row(y);
          for (std::size_t i = 0; i + 2 < row.size(); i += channels) {
            if (row[i] != row[i + 1] || row[i] != row[i + 2]) return false;
          }
        }
        return true;
      },
      picture.samples);
}

}  // namespace

Result<PictureSource> PictureSource::open(const read::Photograph& photograph,
                                          const RunControl& control) {
  // Progress is that of the work, which begins when the picture is there.
  const RunControl quiet{control.stop, {}};
  LATENT_TRY(Picture picture, photograph.picture(quiet));
  return of(std::move(picture));
}

Result<PictureSource> PictureSource::of(Picture picture) {
  const bool grey = picture.colours == 1;
  auto working = named_grey_or(grey, colour::NamedProfile::Srgb);
  std::vector<std::string> warnings = picture.warnings;
  auto usable = usable_profile(picture, working);
  if (!usable) {
    warnings.push_back("its colour profile " + usable.error().sentence + "; it was left out and " +
                       (grey ? "grey with the curve of sRGB" : "sRGB") + " taken instead");
    usable = working;
    picture.unusable_icc = std::exchange(picture.icc, working.icc());
    picture.icc_from_file = false;
    picture.icc_stated = false;
  }
  const bool equal = has_equal_channels(picture);
  if (equal && usable->has_one_curve()) working = named_grey_or(true, colour::NamedProfile::Grey);
  LATENT_TRY(auto to_working, colour::Transform::create(*usable, working));
  PictureSource source(std::move(picture), *std::move(usable), working, std::move(to_working));
  source.warnings_ = std::move(warnings);
  source.equal_samples_ = equal;
  LATENT_CHECK(source.look_at_colours());
  return source;
}

Status PictureSource::look_at_colours() {
  if (!colour::Transform::create(working_, profile_)) {
    result_profile_ = named_grey_or(picture_.colours == 1, colour::NamedProfile::Rec2020);
  }
  if (colours() == 1 || equal_samples_) return {};
  const auto read = [this](const Rect& area, ImageView<float> out) {
    encoded(area, WideGamut::Preserve, out);
  };
  LATENT_TRY(hue_, rgb::OneHue::find(size(), read));
  return {};
}

const colour::Profile& PictureSource::result_profile() const {
  return result_profile_ ? *result_profile_ : profile_;
}

void PictureSource::native_row(int y, int first, int last, float* out) const {
  const int stored = picture_.colours;
  floats_of_row(picture_, y, first, last, 0, stored, out);
  if (!is_multiplied()) return;
  std::vector<float> alpha(static_cast<std::size_t>(last - first));
  floats_of_row(picture_, y, first, last, stored, 1, alpha.data());
  for (const float divisor : alpha) {
    for (int c = 0; c < stored; ++c, ++out) {
      if (divisor > rgb::kLeastAlpha) *out /= divisor;
    }
  }
}

void PictureSource::encoded_row(int y, int first, int last, float* out) const {
  const auto count = static_cast<std::size_t>(last - first);
  if (colours() != picture_.colours) {
    std::vector<float> samples(count * static_cast<std::size_t>(picture_.colours));
    native_row(y, first, last, samples.data());
    to_working_.apply(samples.data(), out, count);
    return;
  }
  native_row(y, first, last, out);
  if (!to_working_.is_identity()) to_working_.apply(out, out, count);
}

void PictureSource::encoded(const Rect& area, WideGamut gamut, ImageView<float> out) const {
  const Size frame = size();
  const auto count = static_cast<std::size_t>(area.width) * static_cast<std::size_t>(colours());
  const bool inside = area.x >= 0 && area.right() <= frame.width;
  std::vector<float> line;
  const auto [low, high] =
      inside ? std::pair{0, 0} : mirrored_range(area.x, area.right(), frame.width);
  if (!inside) line.resize(static_cast<std::size_t>((high - low) * colours()));
  for (int row = 0; row < area.height; ++row) {
    const int y = mirror_index(area.y + row, frame.height);
    float* samples = out.row(row).data();
    if (inside) {
      encoded_row(y, area.x, area.right(), samples);
    } else {
      encoded_row(y, low, high, line.data());
      for (int x = 0; x < area.width; ++x) {
        const int column = mirror_index(area.x + x, frame.width) - low;
        std::copy_n(line.data() + std::ptrdiff_t{column} * colours(), colours(),
                    samples + std::ptrdiff_t{x} * colours());
      }
    }
    if (gamut == WideGamut::Clip) clip(samples, count);
  }
}

void PictureSource::encoded_rgb(const Rect& area, WideGamut gamut, ImageView<float> out) const {
  if (colours() == 3) {
    encoded(area, gamut, out);
    return;
  }
  std::vector<float> grey(static_cast<std::size_t>(area.width));
  for (int row = 0; row < area.height; ++row) {
    encoded({area.x, area.y + row, area.width, 1}, gamut,
            ImageView<float>(grey.data(), {area.width, 1}, area.width));
    float* rgb = out.row(row).data();
    for (const float sample : grey) {
      rgb[0] = rgb[1] = rgb[2] = sample;
      rgb += 3;
    }
  }
}

void PictureSource::native(const Rect& area, ImageView<float> out) const {
  for (int row = 0; row < area.height; ++row) {
    native_row(area.y + row, area.x, area.right(), out.row(row).data());
  }
}

/// `pixel` has the samples of the colours as the file has them, then alpha.
float PictureSource::multiplier(int x, int y, const float* pixel) const {
  if (!is_multiplied()) return 1.0F;
  const float alpha = pixel[picture_.colours];
  if (alpha > rgb::kLeastAlpha) return alpha;
  if (!made_up_.empty() && made_up_.view().at(x, y) != 0) return 0.0F;
  return std::any_of(pixel, pixel + picture_.colours, rgb::is_light) ? 1.0F : 0.0F;
}

void PictureSource::alpha(const Rect& area, ImageView<float> out) const {
  const int channels = picture_.channels();
  std::vector<float> line(static_cast<std::size_t>(area.width * channels));
  for (int row = 0; row < area.height; ++row) {
    const int y = area.y + row;
    floats_of_row(picture_, y, area.x, area.right(), 0, channels, line.data());
    const float* pixel = line.data();
    float* to = out.row(row).data();
    for (int x = area.x; x < area.right(); ++x, pixel += channels) {
      *to++ = pixel[picture_.colours];
      *to++ = multiplier(x, y, pixel);
    }
  }
}

Status PictureSource::spread_visible_colours(int reach_px) {
  if (!picture_.alpha) return {};
  LATENT_TRY(auto made_up, rgb::spread_visible_colours(picture_, reach_px));
  if (is_multiplied()) made_up_ = std::move(made_up);
  return {};
}

}  // namespace latent::tasks
