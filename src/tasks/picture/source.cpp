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
  const auto working =
      colour::Profile::named(grey ? colour::NamedProfile::Grey : colour::NamedProfile::Srgb);
  std::vector<std::string> warnings = picture.warnings;
  auto profile = colour::Profile::from_icc(picture.icc);
  std::string problem;
  if (!profile) {
    problem = profile.error().sentence;
  } else if (profile->channels() != picture.colours) {
    problem = "is for pictures of " + std::to_string(profile->channels()) + " channels";
  }
  if (!problem.empty()) {
    warnings.push_back("its colour profile " + problem + "; it was left out and " +
                       (grey ? "grey with the curve of sRGB" : "sRGB") + " taken instead");
    profile = working;
    picture.icc = working.icc();
    picture.icc_from_file = false;
    picture.icc_stated = false;
  }
  LATENT_TRY(auto to_working, colour::Transform::create(*profile, working));
  PictureSource source(std::move(picture), *std::move(profile), working, std::move(to_working));
  source.warnings_ = std::move(warnings);
  return source;
}

void PictureSource::native_row(int y, int first, int last, float* out) const {
  floats_of_row(picture_, y, first, last, 0, colours(), out);
  if (!is_multiplied()) return;
  std::vector<float> alpha(static_cast<std::size_t>(last - first));
  floats_of_row(picture_, y, first, last, colours(), 1, alpha.data());
  for (const float divisor : alpha) {
    for (int c = 0; c < colours(); ++c, ++out) {
      if (divisor > rgb::kLeastAlpha) *out /= divisor;
    }
  }
}

void PictureSource::encoded_row(int y, int first, int last, float* out) const {
  native_row(y, first, last, out);
  if (!to_working_.is_identity()) {
    to_working_.apply(out, out, static_cast<std::size_t>(last - first));
  }
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

/// `pixel` has colours() samples as the file has them, then alpha.
float PictureSource::multiplier(int x, int y, const float* pixel) const {
  if (!is_multiplied()) return 1.0F;
  const float alpha = pixel[colours()];
  if (alpha > rgb::kLeastAlpha) return alpha;
  if (!made_up_.empty() && made_up_.view().at(x, y) != 0) return 0.0F;
  return std::any_of(pixel, pixel + colours(), rgb::is_light) ? 1.0F : 0.0F;
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
      *to++ = pixel[colours()];
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
