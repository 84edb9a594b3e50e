// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/refine.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/threads.h"
#include "image/bounds.h"
#include "mask/closed_form.h"
#include "mask/distance.h"
#include "mask/guided_filter.h"
#include "mask/sampling.h"
#include "mask/working_picture.h"

namespace latent::mask {

namespace {

constexpr int kTile = 96;              // full pixels
constexpr float kEdgeBand = 4.0F;      // half its width, pixels of the small mask
constexpr float kEdgeEpsilon = 2e-4F;  // of colours from 0 to 1
constexpr float kHairEpsilon = 1e-5F;
constexpr float kHairPrior = 0.04F;  // more keeps busy backgrounds out, and hairs too
constexpr double kMostUnknown = 450'000;
constexpr float kEdgeGain = 1.3F;  // steeper than the filter leaves the edge of a small mask

int blocks(int pixels, int factor) { return (pixels + factor - 1) / factor; }

/// One walk over the tiles that the band touches.
class Refining {
 public:
  Refining(ImageView<const std::uint8_t> picture, ImageView<const std::uint8_t> mask,
           const RefineSettings& settings, const RunControl& control)
      : picture_(picture),
        mask_(mask),
        settings_(settings),
        control_(control),
        scale_x_(static_cast<float>(mask.width()) / static_cast<float>(picture.width())),
        scale_y_(static_cast<float>(mask.height()) / static_cast<float>(picture.height())) {}

  Result<SoftMask> run() {
    LATENT_CHECK(measure());
    LATENT_TRY(result_, SoftMask::create(picture_.size()));
    LATENT_CHECK(fill());
    if (settings_.how == Refinement::None) return std::move(result_);
    LATENT_CHECK(follow_edges());
    if (settings_.how == Refinement::Hair) LATENT_CHECK(follow_hair());
    return std::move(result_);
  }

 private:
  /// The distance to the outline, and the mask without its staircase.
  Status measure() {
    band_ = kEdgeBand;
    if (settings_.how == Refinement::Hair) {
      band_ = std::max(
          2.0F, static_cast<float>(settings_.hair_band * std::max(mask_.width(), mask_.height())));
    }
    LATENT_TRY(distance_, distance_to_outline(mask_, std::max(band_, kEdgeBand) + 2.0F));
    LATENT_TRY(Image<float> hard, Image<float>::create(mask_.size()));
    for (int y = 0; y < mask_.height(); ++y) {
      for (int x = 0; x < mask_.width(); ++x) {
        hard.view().at(x, y) = mask_.at(x, y) != 0 ? 1.0F : 0.0F;
      }
    }
    if (mask_.width() == picture_.width()) {
      soft_ = std::move(hard);
      return {};
    }
    LATENT_TRY(soft_, box_mean(hard.view(), 1));
    return {};
  }

  [[nodiscard]] float soft_at(float x, float y) const {
    return bilinear(soft_.view(), x * scale_x_, y * scale_y_);
  }

  /// Every pixel as the small mask has it, smoothly along the outline.
  Status fill() {
    const int width = picture_.width();
    return for_row_parts(picture_.height(), threads(), [&](int first, int last) {
      std::vector<int> columns(static_cast<std::size_t>(width));
      for (int x = 0; x < width; ++x) {
        columns[static_cast<std::size_t>(x)] = std::min(
            mask_.width() - 1, static_cast<int>((static_cast<float>(x) + 0.5F) * scale_x_));
      }
      for (int y = first; y < last; ++y) {
        const int from = std::min(mask_.height() - 1,
                                  static_cast<int>((static_cast<float>(y) + 0.5F) * scale_y_));
        const auto labels = mask_.row(from);
        const auto distances = distance_.view().row(from);
        const auto out = result_.view().row(y);
        for (int x = 0; x < width; ++x) {
          const auto column = static_cast<std::size_t>(columns[static_cast<std::size_t>(x)]);
          out[static_cast<std::size_t>(x)] =
              distances[column] < 2.5F
                  ? sharpened(soft_at(static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F))
                  : (labels[column] != 0 ? 1.0F : 0.0F);
        }
      }
    });
  }

  [[nodiscard]] static float sharpened(float value) {
    return std::clamp((value - 0.5F) * 2.0F + 0.5F, 0.0F, 1.0F);
  }

  [[nodiscard]] bool near_outline(const Rect& tile, float band) const {
    const int left = static_cast<int>(static_cast<float>(tile.x) * scale_x_);
    const int top = static_cast<int>(static_cast<float>(tile.y) * scale_y_);
    const int right =
        std::min(mask_.width() - 1, static_cast<int>(static_cast<float>(tile.right()) * scale_x_));
    const int bottom = std::min(mask_.height() - 1,
                                static_cast<int>(static_cast<float>(tile.bottom()) * scale_y_));
    for (int y = top; y <= bottom; ++y) {
      for (int x = left; x <= right; ++x) {
        if (distance_.view().at(x, y) <= band) return true;
      }
    }
    return false;
  }

  /// Calls work(tile) for the tiles within `band` of the outline, from several threads.
  template <class Work>
  Status for_each_tile(float band, const Work& work) {
    std::vector<Rect> tiles;
    const Rect whole{0, 0, picture_.width(), picture_.height()};
    for (int y = 0; y < picture_.height(); y += kTile) {
      for (int x = 0; x < picture_.width(); x += kTile) {
        const Rect tile = Rect{x, y, kTile, kTile}.intersection(whole);
        if (near_outline(tile, band)) tiles.push_back(tile);
      }
    }
    const int parts = std::clamp(threads(), 1, 64);
    return run_on_threads(parts, [&](int part) {
      return run_safely([&]() -> Status {
        for (auto i = static_cast<std::size_t>(part); i < tiles.size();
             i += static_cast<std::size_t>(parts)) {
          LATENT_CHECK(control_.check());
          LATENT_CHECK(work(tiles[i]));
        }
        return {};
      });
    });
  }

  [[nodiscard]] int threads() const { return threads_or_all(settings_.threads); }

  /// How much of the refined value counts: all along the outline, nothing at the band's end.
  [[nodiscard]] float share_at(float x, float y, float band) const {
    const float depth = bilinear(distance_.view(), x * scale_x_, y * scale_y_) / band;
    return std::clamp((1.0F - depth) * 4.0F, 0.0F, 1.0F);
  }

  /// How the guided filter is used.
  struct Guiding {
    float band = kEdgeBand;
    int factor = 1;  ///< by which the picture is reduced
    int radius = 1;
    float epsilon = kEdgeEpsilon;
    float gain = 1.0F;
  };

  /// The guided filter in one tile: `guess(x, y)` of full pixels is what is to be followed.
  template <class Guess>
  Status guide_tile(const Rect& tile, const Guiding& how, const Guess& guess) {
    const int factor = how.factor;
    const int radius = how.radius;
    const Rect all{0, 0, blocks(picture_.width(), factor), blocks(picture_.height(), factor)};
    const int margin = 2 * radius + 1;
    const Rect wanted{tile.x / factor - margin, tile.y / factor - margin,
                      tile.width / factor + 2 * margin + 1, tile.height / factor + 2 * margin + 1};
    const Rect area = wanted.intersection(all);
    LATENT_TRY(const Image<float> guide, reduced_part(picture_, area, factor));
    LATENT_TRY(Image<float> target, Image<float>::create(area.size()));
    const auto step = static_cast<float>(factor);
    for (int y = 0; y < area.height; ++y) {
      for (int x = 0; x < area.width; ++x) {
        target.view().at(x, y) = guess((static_cast<float>(area.x + x) + 0.5F) * step,
                                       (static_cast<float>(area.y + y) + 0.5F) * step);
      }
    }
    LATENT_TRY(const Image<float> lines,
               guided_coefficients(guide.view(), target.view(), radius, how.epsilon));
    for (int y = tile.y; y < tile.bottom(); ++y) {
      const float py = static_cast<float>(y) + 0.5F;
      for (int x = tile.x; x < tile.right(); ++x) {
        const float px = static_cast<float>(x) + 0.5F;
        const float share = share_at(px, py, how.band);
        if (share <= 0.0F) continue;
        const float lx = px / step - static_cast<float>(area.x);
        const float ly = py / step - static_cast<float>(area.y);
        float value = bilinear(lines.view(), lx, ly, 3);
        for (int c = 0; c < 3; ++c) {
          value += bilinear(lines.view(), lx, ly, c) * static_cast<float>(picture_.at(x, y, c)) *
                   (1.0F / 255.0F);
        }
        value = std::clamp((value - 0.5F) * how.gain + 0.5F, 0.0F, 1.0F);
        float& out = result_.view().at(x, y);
        out += share * (value - out);
      }
    }
    return {};
  }

  Status follow_edges() {
    constexpr int kOwnRadius = 3;  // of a mask that has the size of the picture already
    const float scale = 1.0F / scale_x_;
    Guiding how;
    how.factor = std::max(1, static_cast<int>(std::lround(scale / 2.0F)));
    how.radius = std::clamp(
        static_cast<int>(std::lround(1.5F * scale / static_cast<float>(how.factor))) + 2, 3, 8);
    how.gain = kEdgeGain;
    if (mask_.width() == picture_.width() && settings_.how == Refinement::Edge) {
      how.radius = kOwnRadius;
      how.gain = 1.0F;
    }
    return for_each_tile(how.band, [&](const Rect& tile) {
      return guide_tile(tile, how, [&](float x, float y) { return soft_at(x, y); });
    });
  }

  /// The factor by which the picture is reduced for matting.
  [[nodiscard]] int matting_factor() const {
    double unknown = 0;
    for (int y = 0; y < mask_.height(); ++y) {
      for (int x = 0; x < mask_.width(); ++x) {
        if (distance_.view().at(x, y) <= band_) unknown += 1;
      }
    }
    unknown /= static_cast<double>(scale_x_) * scale_y_;
    return std::max(1, static_cast<int>(std::ceil(std::sqrt(unknown / kMostUnknown))));
  }

  Status follow_hair() {
    const int factor = matting_factor();
    const Rect area = matting_area(factor);
    if (area.empty()) return {};
    LATENT_TRY(const Image<float> picture, reduced_part(picture_, area, factor));
    LATENT_TRY(Image<std::uint8_t> trimap, Image<std::uint8_t>::create(area.size()));
    LATENT_TRY(Image<float> start, Image<float>::create(area.size()));
    for (int y = 0; y < area.height; ++y) {
      for (int x = 0; x < area.width; ++x) {
        const float px = (static_cast<float>(area.x + x) + 0.5F) * static_cast<float>(factor);
        const float py = (static_cast<float>(area.y + y) + 0.5F) * static_cast<float>(factor);
        const float value = soft_at(px, py);
        start.view().at(x, y) =
            found_in({(area.x + x) * factor, (area.y + y) * factor, factor, factor});
        const float depth = bilinear(distance_.view(), px * scale_x_, py * scale_y_);
        trimap.view().at(x, y) = depth <= 0.9F * band_ ? kUnknown
                                 : value >= 0.5F       ? kObject
                                                       : kGround;
      }
    }
    MattingSettings settings;
    settings.epsilon = kHairEpsilon;
    settings.prior = kHairPrior;
    LATENT_TRY(const Image<float> matte,
               closed_form_matte(picture.view(), trimap.view(), start.view(), settings, control_));
    const auto step = static_cast<float>(factor);
    const auto guess = [&](float x, float y) {
      return bilinear(matte.view(), x / step - static_cast<float>(area.x),
                      y / step - static_cast<float>(area.y));
    };
    Guiding how;
    how.band = band_;
    how.factor = factor;
    how.epsilon = kHairEpsilon;
    return for_each_tile(band_, [&](const Rect& tile) { return guide_tile(tile, how, guess); });
  }

  /// The mean of the mask so far.
  [[nodiscard]] float found_in(const Rect& block) const {
    const Rect inside = block.intersection({0, 0, picture_.width(), picture_.height()});
    float sum = 0.0F;
    for (int y = inside.y; y < inside.bottom(); ++y) {
      for (int x = inside.x; x < inside.right(); ++x) sum += result_.view().at(x, y);
    }
    return sum / static_cast<float>(std::max<std::int64_t>(1, inside.size().area()));
  }

  /// What the band touches, with a margin, in the reduced picture.
  [[nodiscard]] Rect matting_area(int factor) const {
    const auto band = bounds_of(std::as_const(distance_).view(),
                                [&](float distance) { return distance <= band_; });
    if (!band) return {};
    const auto place = [&](int at, float scale) {
      return static_cast<int>(static_cast<float>(at) / scale) / factor;
    };
    constexpr int kMargin = 3;
    const Rect wanted{place(band->x, scale_x_) - kMargin, place(band->y, scale_y_) - kMargin,
                      place(band->width, scale_x_) + 2 * kMargin + 2,
                      place(band->height, scale_y_) + 2 * kMargin + 2};
    return wanted.intersection(
        {0, 0, blocks(picture_.width(), factor), blocks(picture_.height(), factor)});
  }

  ImageView<const std::uint8_t> picture_;
  ImageView<const std::uint8_t> mask_;
  const RefineSettings& settings_;
  const RunControl& control_;
  float scale_x_;
  float scale_y_;
  float band_ = 0.0F;
  Image<float> distance_;
  Image<float> soft_;
  SoftMask result_;
};

}  // namespace

Result<Image<float>> reduced_part(ImageView<const std::uint8_t> picture, const Rect& area,
                                  int factor) {
  LATENT_TRY(Image<float> part, Image<float>::create(area.size(), 3));
  for (int y = 0; y < area.height; ++y) {
    const int top = (area.y + y) * factor;
    const int bottom = std::min(top + factor, picture.height());
    for (int x = 0; x < area.width; ++x) {
      const int left = (area.x + x) * factor;
      const int right = std::min(left + factor, picture.width());
      std::array<int, 3> sums{};
      for (int sy = top; sy < bottom; ++sy) {
        for (int sx = left; sx < right; ++sx) {
          for (int c = 0; c < 3; ++c) sums[static_cast<std::size_t>(c)] += picture.at(sx, sy, c);
        }
      }
      const float scale = 1.0F / (255.0F * static_cast<float>((bottom - top) * (right - left)));
      for (int c = 0; c < 3; ++c) {
        part.view().at(x, y, c) = scale * static_cast<float>(sums[static_cast<std::size_t>(c)]);
      }
    }
  }
  return part;
}

Result<SoftMask> refine(ImageView<const std::uint8_t> picture, ImageView<const std::uint8_t> mask,
                        const RefineSettings& settings, const RunControl& control) {
  LATENT_ENSURE(picture.channels() == 3 && !picture.empty() && !mask.empty());
  return Refining(picture, mask, settings, control).run();
}

}  // namespace latent::mask
