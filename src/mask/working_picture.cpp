// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/working_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace latent::mask {

namespace {

/// Encoded sRGB of 8 bits to linear light (IEC 61966-2-1).
std::array<float, 256> linear_table() {
  std::array<float, 256> table{};
  for (int code = 0; code < 256; ++code) {
    const double v = code / 255.0;
    const double linear = v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    table[static_cast<std::size_t>(code)] = static_cast<float>(linear);
  }
  return table;
}

/// CIE 15: f(t) of L*a*b*.
float lab_curve(float t) {
  constexpr float kKnee = 216.0F / 24389.0F;
  constexpr float kSlope = 24389.0F / 27.0F;
  return t > kKnee ? std::cbrt(t) : (kSlope * t + 16.0F) / 116.0F;
}

void to_lab(float r, float g, float b, float* lab) {
  const float x = (0.4124564F * r + 0.3575761F * g + 0.1804375F * b) / 0.95047F;
  const float y = 0.2126729F * r + 0.7151522F * g + 0.0721750F * b;
  const float z = (0.0193339F * r + 0.1191920F * g + 0.9503041F * b) / 1.08883F;
  const float fx = lab_curve(x);
  const float fy = lab_curve(y);
  const float fz = lab_curve(z);
  lab[0] = 116.0F * fy - 16.0F;
  lab[1] = 500.0F * (fx - fy);
  lab[2] = 200.0F * (fy - fz);
}

/// Which source samples one target sample covers, and how much of the first and last.
struct Cover {
  int first;
  int last;  ///< inclusive
  float first_weight;
  float last_weight;
};

std::vector<Cover> covers(int source, int target) {
  std::vector<Cover> found(static_cast<std::size_t>(target));
  const double scale = static_cast<double>(source) / target;
  for (int i = 0; i < target; ++i) {
    const double from = i * scale;
    const double to = std::min<double>(source, (i + 1) * scale);
    Cover& cover = found[static_cast<std::size_t>(i)];
    cover.first = static_cast<int>(from);
    cover.last = std::min(source - 1, static_cast<int>(std::ceil(to)) - 1);
    cover.first_weight = static_cast<float>(std::min<double>(cover.first + 1, to) - from);
    cover.last_weight = static_cast<float>(to - std::max<double>(cover.last, from));
  }
  return found;
}

float weight_at(const Cover& cover, int i) {
  if (i == cover.first) return cover.first_weight;
  return i == cover.last ? cover.last_weight : 1.0F;
}

/// Linear light, area averaged, to Lab.
Result<Image<float>> reduced_lab(ImageView<const std::uint8_t> picture, Size size) {
  static const std::array<float, 256> table = linear_table();
  LATENT_TRY(Image<float> lab, Image<float>::create(size, 3));
  const auto columns = covers(picture.width(), size.width);
  const auto rows = covers(picture.height(), size.height);
  std::vector<float> sums(static_cast<std::size_t>(size.width) * 3);
  for (int y = 0; y < size.height; ++y) {
    std::ranges::fill(sums, 0.0F);
    const Cover& row_cover = rows[static_cast<std::size_t>(y)];
    float total_rows = 0.0F;
    for (int sy = row_cover.first; sy <= row_cover.last; ++sy) {
      const float row_weight = weight_at(row_cover, sy);
      total_rows += row_weight;
      const auto source = picture.row(sy);
      for (int x = 0; x < size.width; ++x) {
        const Cover& cover = columns[static_cast<std::size_t>(x)];
        for (int sx = cover.first; sx <= cover.last; ++sx) {
          const float weight = row_weight * weight_at(cover, sx);
          for (int c = 0; c < 3; ++c) {
            sums[static_cast<std::size_t>(3 * x + c)] +=
                weight * table[source[static_cast<std::size_t>(3 * sx + c)]];
          }
        }
      }
    }
    for (int x = 0; x < size.width; ++x) {
      const Cover& cover = columns[static_cast<std::size_t>(x)];
      float across = 0.0F;
      for (int sx = cover.first; sx <= cover.last; ++sx) across += weight_at(cover, sx);
      const float scale = 1.0F / (across * total_rows);
      const float* sum = &sums[static_cast<std::size_t>(3 * x)];
      to_lab(sum[0] * scale, sum[1] * scale, sum[2] * scale, &lab.view().at(x, y));
    }
  }
  return lab;
}

/// A light blur (1 2 1) each way, against grain and JPEG noise.
Result<Image<float>> blurred(const Image<float>& source) {
  LATENT_TRY(Image<float> target, Image<float>::create(source.size(), source.channels()));
  const int width = source.width();
  const int height = source.height();
  const int channels = source.channels();
  std::vector<float> row(static_cast<std::size_t>(width * channels));
  for (int y = 0; y < height; ++y) {
    const auto above = source.view().row(std::max(0, y - 1));
    const auto here = source.view().row(y);
    const auto below = source.view().row(std::min(height - 1, y + 1));
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = 0.25F * (above[i] + 2.0F * here[i] + below[i]);
    }
    const auto out = target.view().row(y);
    for (int x = 0; x < width; ++x) {
      const int left = std::max(0, x - 1) * channels;
      const int right = std::min(width - 1, x + 1) * channels;
      for (int c = 0; c < channels; ++c) {
        out[static_cast<std::size_t>(x * channels + c)] =
            0.25F * (row[static_cast<std::size_t>(left + c)] +
                     2.0F * row[static_cast<std::size_t>(x * channels + c)] +
                     row[static_cast<std::size_t>(right + c)]);
      }
    }
  }
  return target;
}

struct Gradients {
  Image<float> colour;
  Image<float> light;
};

Result<Gradients> gradients_of(const Image<float>& lab) {
  LATENT_TRY(Image<float> colour, Image<float>::create(lab.size()));
  LATENT_TRY(Image<float> light, Image<float>::create(lab.size()));
  const auto source = lab.view();
  for (int y = 0; y < lab.height(); ++y) {
    const int up = std::max(0, y - 1);
    const int down = std::min(lab.height() - 1, y + 1);
    for (int x = 0; x < lab.width(); ++x) {
      const int left = std::max(0, x - 1);
      const int right = std::min(lab.width() - 1, x + 1);
      float sum = 0.0F;
      for (int c = 0; c < 3; ++c) {
        const float dx = 0.5F * (source.at(right, y, c) - source.at(left, y, c));
        const float dy = 0.5F * (source.at(x, down, c) - source.at(x, up, c));
        sum += dx * dx + dy * dy;
        if (c == 0) light.view().at(x, y) = std::sqrt(dx * dx + dy * dy);
      }
      colour.view().at(x, y) = std::sqrt(sum);
    }
  }
  return Gradients{std::move(colour), std::move(light)};
}

}  // namespace

Size working_size(Size full, int longest_side) {
  const int longest = std::max(full.width, full.height);
  if (longest <= longest_side) return full;
  const double scale = static_cast<double>(longest_side) / longest;
  return {std::max(1, static_cast<int>(std::lround(full.width * scale))),
          std::max(1, static_cast<int>(std::lround(full.height * scale)))};
}

Result<Image<float>> box_mean(ImageView<const float> source, int radius) {
  const int width = source.width();
  const int height = source.height();
  const int channels = source.channels();
  LATENT_TRY(Image<float> target, Image<float>::create(source.size(), channels));
  const auto row_samples = static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
  std::vector<double> columns(row_samples, 0.0);
  std::vector<double> running(static_cast<std::size_t>(channels));
  const auto add_row = [&](int y, double sign) {
    const auto row = source.row(y);
    for (std::size_t i = 0; i < row_samples; ++i) columns[i] += sign * row[i];
  };
  for (int y = 0; y < std::min(radius, height); ++y) add_row(y, 1.0);
  for (int y = 0; y < height; ++y) {
    if (y + radius < height) add_row(y + radius, 1.0);
    if (y - radius - 1 >= 0) add_row(y - radius - 1, -1.0);
    const int rows = std::min(height - 1, y + radius) - std::max(0, y - radius) + 1;
    std::ranges::fill(running, 0.0);
    const auto add_column = [&](int x, double sign) {
      for (int c = 0; c < channels; ++c) {
        running[static_cast<std::size_t>(c)] +=
            sign * columns[static_cast<std::size_t>(x * channels + c)];
      }
    };
    for (int x = 0; x < std::min(radius, width); ++x) add_column(x, 1.0);
    const auto out = target.view().row(y);
    for (int x = 0; x < width; ++x) {
      if (x + radius < width) add_column(x + radius, 1.0);
      if (x - radius - 1 >= 0) add_column(x - radius - 1, -1.0);
      const int across = std::min(width - 1, x + radius) - std::max(0, x - radius) + 1;
      for (int c = 0; c < channels; ++c) {
        out[static_cast<std::size_t>(x * channels + c)] = static_cast<float>(
            running[static_cast<std::size_t>(c)] / (static_cast<double>(rows) * across));
      }
    }
  }
  return target;
}

Result<WorkingPicture> working_picture(ImageView<const std::uint8_t> picture, int longest_side) {
  LATENT_ENSURE(picture.channels() == 3 && !picture.empty());
  const Size size = working_size(picture.size(), longest_side);
  LATENT_TRY(const Image<float> sharp, reduced_lab(picture, size));
  LATENT_TRY(Image<float> lab, blurred(sharp));
  LATENT_TRY(Gradients gradients, gradients_of(lab));
  const int longest = std::max(size.width, size.height);
  LATENT_TRY(const auto fine, box_mean(gradients.light.view(), std::max(2, longest / 400)));
  LATENT_TRY(const auto coarse, box_mean(gradients.light.view(), std::max(4, longest / 140)));
  LATENT_TRY(Image<float> texture, Image<float>::create(size, 2));
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      texture.view().at(x, y, 0) = fine.view().at(x, y);
      texture.view().at(x, y, 1) = coarse.view().at(x, y);
    }
  }
  return WorkingPicture{std::move(lab), std::move(texture), std::move(gradients.colour)};
}

}  // namespace latent::mask
