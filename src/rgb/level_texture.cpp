// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/level_texture.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/simd.h"
#include "base/threads.h"

namespace latent::rgb {

namespace {

constexpr int kSide = 32;
constexpr int kMargin = 8;  // the coarse filter's reach
constexpr int kRead = kSide + 2 * kMargin;
constexpr int kCells = 4;  // a side, of means by which the flattest windows are found
constexpr int kCell = kSide / kCells;
constexpr int kStep = 16;
constexpr std::int64_t kMostWindows = 1200;
constexpr std::size_t kFewest = 20;
constexpr std::size_t kOneIn = 12;  // the flattest
constexpr double kDark = 0.06;
constexpr double kBright = 0.92;
constexpr double kBusier = 3.0;     // times the usual variance: an edge
constexpr double kLeastKept = 0.4;  // of a window, without its edges
constexpr int kNearest = 7;         // of the lags
constexpr int kFarthest = 16;
constexpr std::array<float, 3> kLuma{0.3F, 0.59F, 0.11F};
constexpr std::size_t kPixels = std::size_t{kSide} * kSide;

using Plane = std::array<float, kPixels>;

std::vector<float> gaussian(double sigma) {
  std::vector<float> kernel(2 * kMargin + 1);
  double sum = 0;
  for (int i = -kMargin; i <= kMargin; ++i) sum += std::exp(-0.5 * i * i / (sigma * sigma));
  for (int i = -kMargin; i <= kMargin; ++i) {
    kernel[static_cast<std::size_t>(i + kMargin)] =
        static_cast<float>(std::exp(-0.5 * i * i / (sigma * sigma)) / sum);
  }
  return kernel;
}

/// A window's place, and how much happens in it beside a slope.
struct Place {
  int x = 0;
  int y = 0;
  float structure = 0;
  float mean = 0;
};

/// One channel of what was read, blurred over the inner window.
LATENT_VECTORISED
void blur(const float* pixels, const float* kernel, Plane& out) {
  std::array<float, std::size_t{kRead} * kSide> across{};
  for (std::size_t y = 0; y < kRead; ++y) {
    for (std::size_t k = 0; k <= 2 * kMargin; ++k) {
      const float weight = kernel[k];
      for (std::size_t x = 0; x < kSide; ++x) {
        across[y * kSide + x] += weight * pixels[y * kRead + x + k];
      }
    }
  }
  out.fill(0);
  for (std::size_t y = 0; y < kSide; ++y) {
    for (std::size_t k = 0; k <= 2 * kMargin; ++k) {
      const float weight = kernel[k];
      for (std::size_t x = 0; x < kSide; ++x) {
        out[y * kSide + x] += weight * across[(y + k) * kSide + x];
      }
    }
  }
}

/// Sum of products of a plane with itself moved by (dx, dy), dy >= 0, over their overlap.
LATENT_VECTORISED
float product_at(const Plane& plane, int dx, int dy) {
  const int first = std::max(0, -dx);
  const int last = std::min(kSide, kSide - dx);
  float sum = 0;
  for (int y = 0; y + dy < kSide; ++y) {
    const float* one = plane.data() + y * kSide;
    const float* other = plane.data() + (y + dy) * kSide + dx;
    for (int x = first; x < last; ++x) sum += one[x] * other[x];
  }
  return sum;
}

/// 1 where a plane varies as it mostly does, 0 around lines and edges: where the mean square of the
/// pixels around is more than kBusier times what three in ten have.
Plane even_part(const Plane& plane) {
  constexpr int kAround = 3;
  Plane energy{};
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      float sum = 0;
      int count = 0;
      for (int v = std::max(0, y - kAround); v <= std::min(kSide - 1, y + kAround); ++v) {
        for (int u = std::max(0, x - kAround); u <= std::min(kSide - 1, x + kAround); ++u) {
          const float value = plane[static_cast<std::size_t>(v * kSide + u)];
          sum += value * value;
          ++count;
        }
      }
      energy[static_cast<std::size_t>(y * kSide + x)] = sum / static_cast<float>(count);
    }
  }
  Plane sorted = energy;
  const auto third = sorted.begin() + static_cast<std::ptrdiff_t>(3 * kPixels / 10);
  std::nth_element(sorted.begin(), third, sorted.end());
  const float most = static_cast<float>(kBusier) * *third;
  for (float& value : energy) value = value <= most ? 1.0F : 0.0F;
  return energy;
}

std::vector<std::pair<int, int>> all_lags() {
  std::vector<std::pair<int, int>> lags;
  for (int dy = 0; dy < kFarthest; ++dy) {
    for (int dx = -kFarthest + 1; dx < kFarthest; ++dx) {
      const int square = dx * dx + dy * dy;
      if (dy == 0 && dx <= 0) continue;
      if (square >= kNearest * kNearest && square < kFarthest * kFarthest)
        lags.emplace_back(dx, dy);
    }
  }
  return lags;
}

/// What one window says.
struct Window {
  double variance = 0;  ///< of luma
  std::array<double, 3> colour{};
  std::array<std::array<double, 3>, 3> products{};  ///< of channels, over the window
  std::vector<float> at_lags;                       ///< a mean each
};

class Looking {
 public:
  Looking(Size picture, const ReadArea& read) : picture_(picture), read_(read) {}

  [[nodiscard]] std::vector<Place> places() const {
    std::vector<Place> places;
    int step = kStep;
    while (count(picture_.width, step) * count(picture_.height, step) > kMostWindows) step += 8;
    for (int y = kMargin; y + kSide + kMargin <= picture_.height; y += step) {
      for (int x = kMargin; x + kSide + kMargin <= picture_.width; x += step) {
        places.push_back({x, y, 0});
      }
    }
    return places;
  }

  /// Structure of a window; beyond the range of brightness, infinite.
  [[nodiscard]] Status judge(Place& place) const {
    LATENT_TRY(auto pixels, Image<float>::create({kSide, kSide}, 3));
    read_({place.x, place.y, kSide, kSide}, pixels.view());
    std::array<double, std::size_t{kCells} * kCells> means{};
    double mean = 0;
    for (int y = 0; y < kSide; ++y) {
      const float* row = pixels.view().row(y).data();
      for (int x = 0; x < kSide; ++x) {
        const auto grey = static_cast<double>(row[3 * x] + row[3 * x + 1] + row[3 * x + 2]) / 3.0;
        means[static_cast<std::size_t>(y / kCell * kCells + x / kCell)] += grey / (kCell * kCell);
        mean += grey / static_cast<double>(kPixels);
      }
    }
    place.mean = static_cast<float>(mean);
    if (!(mean > kDark && mean < kBright)) {
      place.structure = kUnusable;
      return {};
    }
    double square = 0;
    double down = 0;
    double across = 0;
    for (int y = 0; y < kCells; ++y) {
      for (int x = 0; x < kCells; ++x) {
        const double rest = means[static_cast<std::size_t>(y * kCells + x)] - mean;
        square += rest * rest;
        down += (y - 1.5) * rest;
        across += (x - 1.5) * rest;
      }
    }
    place.structure = static_cast<float>(square - (down * down + across * across) / 20.0);
    return {};
  }

  [[nodiscard]] Status measure(const Place& place, Window& window) const {
    LATENT_TRY(auto pixels, Image<float>::create({kRead, kRead}, 3));
    read_({place.x - kMargin, place.y - kMargin, kRead, kRead}, pixels.view());
    std::array<Plane, 3> channels{};
    Plane luma{};
    std::vector<float> one(std::size_t{kRead} * kRead);
    Plane coarse{};
    for (std::size_t c = 0; c < 3; ++c) {
      for (int y = 0; y < kRead; ++y) {
        const float* row = pixels.view().row(y).data();
        for (int x = 0; x < kRead; ++x) {
          one[static_cast<std::size_t>(y * kRead + x)] = row[3 * x + static_cast<int>(c)];
        }
      }
      blur(one.data(), fine_.data(), channels[c]);
      blur(one.data(), coarse_.data(), coarse);
      double sum = 0;
      for (std::size_t i = 0; i < kPixels; ++i) {
        window.colour[c] += static_cast<double>(coarse[i]) / static_cast<double>(kPixels);
        channels[c][i] -= coarse[i];
        sum += static_cast<double>(channels[c][i]);
      }
      const auto mean = static_cast<float>(sum / static_cast<double>(kPixels));
      for (std::size_t i = 0; i < kPixels; ++i) {
        channels[c][i] -= mean;
        luma[i] += kLuma[c] * channels[c][i];
      }
    }
    const Plane even = even_part(luma);
    const auto pixels_kept = static_cast<double>(product_at(even, 0, 0));
    if (pixels_kept < kLeastKept * static_cast<double>(kPixels)) return {};
    for (std::size_t i = 0; i < kPixels; ++i) {
      luma[i] *= even[i];
      for (Plane& channel : channels) channel[i] *= even[i];
    }
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t d = c; d < 3; ++d) {
        double sum = 0;
        for (std::size_t i = 0; i < kPixels; ++i) {
          sum += static_cast<double>(channels[c][i] * channels[d][i]);
        }
        window.products[c][d] = window.products[d][c] = sum / pixels_kept;
      }
    }
    window.variance = static_cast<double>(product_at(luma, 0, 0)) / pixels_kept;
    for (const auto& [dx, dy] : lags_) {
      const float overlap = std::max(1.0F, product_at(even, dx, dy));
      window.at_lags.push_back(product_at(luma, dx, dy) / overlap);
    }
    return {};
  }

  static constexpr float kUnusable = 1e9F;

 private:
  static std::int64_t count(int side, int step) {
    return std::max(0, (side - kSide - 2 * kMargin) / step + 1);
  }

  Size picture_;
  const ReadArea& read_;
  std::vector<float> fine_ = gaussian(0.7);
  std::vector<float> coarse_ = gaussian(2.5);
  std::vector<std::pair<int, int>> lags_ = all_lags();
};

double ramp(double value, double none, double all) {
  return std::clamp((value - none) / (all - none), 0.0, 1.0);
}

/// The largest autocorrelation of the windows in the mean: of all alike, however much they vary, so
/// that one ribbed thing in the picture does not count for all of it.
double regularity(std::span<const Window> windows) {
  std::vector<double> at_lags(windows.front().at_lags.size());
  for (const Window& window : windows) {
    const double scale =
        1.0 / (std::max(1e-14, window.variance) * static_cast<double>(windows.size()));
    for (std::size_t i = 0; i < at_lags.size(); ++i) {
      at_lags[i] += scale * static_cast<double>(window.at_lags[i]);
    }
  }
  double largest = 0;
  for (const double value : at_lags) largest = std::max(largest, std::abs(value));
  return largest;
}

/// How alike the channels are, 0 to 1, and how their strengths follow the colour: 0 not at all, 1
/// in proportion.
struct Relief {
  double alike = 0;
  double slope = 0;
};

Relief relief_of(std::span<const Window> windows) {
  constexpr double kLeastColour = 0.1;  // spread of the logarithms
  constexpr double kTiny = 1e-14;
  Relief relief;
  double xy = 0;
  double xx = 0;
  for (const Window& window : windows) {
    std::array<double, 3> x{};
    std::array<double, 3> y{};
    for (std::size_t c = 0; c < 3; ++c) {
      const std::size_t d = (c + 1) % 3;
      relief.alike += window.products[c][d] /
                      std::sqrt(std::max(kTiny, window.products[c][c] * window.products[d][d])) /
                      (3.0 * static_cast<double>(windows.size()));
      // What the channels share, without the noise that each has by itself.
      const std::size_t e = (c + 2) % 3;
      const double shared =
          window.products[c][d] * window.products[c][e] / std::max(kTiny, window.products[d][e]);
      x[c] = std::log(std::max(1e-3, window.colour[c]));
      y[c] = 0.5 * std::log(std::max(kTiny, shared));
    }
    for (std::size_t c = 0; c < 3; ++c) {
      const double off = x[c] - (x[0] + x[1] + x[2]) / 3;
      xy += off * (y[c] - (y[0] + y[1] + y[2]) / 3);
      xx += off * off;
    }
  }
  if (xx > kLeastColour * kLeastColour * 3 * static_cast<double>(windows.size())) {
    relief.slope = xy / xx;
  }
  return relief;
}

/// The share of each channel's sigma that a mixture of the other two does not explain.
std::array<float, 3> apart_of(std::span<const Window> windows) {
  constexpr double kTiny = 1e-15;
  std::array<std::array<double, 3>, 3> all{};
  for (const Window& window : windows) {
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t d = 0; d < 3; ++d) all[c][d] += window.products[c][d];
    }
  }
  std::array<float, 3> apart{};
  for (std::size_t c = 0; c < 3; ++c) {
    const std::size_t d = (c + 1) % 3;
    const std::size_t e = (c + 2) % 3;
    const double ridge = 1e-4 * (all[d][d] + all[e][e]) + kTiny;
    const double dd = all[d][d] + ridge;
    const double ee = all[e][e] + ridge;
    const double determinant = dd * ee - all[d][e] * all[d][e];
    const double p = (all[c][d] * ee - all[c][e] * all[d][e]) / determinant;
    const double q = (all[c][e] * dd - all[c][d] * all[d][e]) / determinant;
    const double explained = p * all[c][d] + q * all[c][e];
    apart[c] =
        static_cast<float>(std::sqrt(std::clamp(1.0 - explained / (all[c][c] + kTiny), 0.0, 1.0)));
  }
  return apart;
}

/// The flattest usable places of the dark, the middle and the bright third of them, since one
/// surface may be flatter than all others; in an order that does not depend on threads.
void keep_flattest(std::vector<Place>& places) {
  constexpr std::size_t kThirds = 3;
  std::erase_if(places, [](const Place& place) { return place.structure >= Looking::kUnusable; });
  std::ranges::stable_sort(places, {}, &Place::mean);
  std::vector<Place> kept;
  for (std::size_t third = 0; third < kThirds; ++third) {
    const auto first =
        places.begin() + static_cast<std::ptrdiff_t>(places.size() * third / kThirds);
    const auto last =
        places.begin() + static_cast<std::ptrdiff_t>(places.size() * (third + 1) / kThirds);
    std::vector<Place> some(first, last);
    std::ranges::stable_sort(some, {}, &Place::structure);
    const std::size_t wanted = std::max(kFewest / kThirds + 1, some.size() / kOneIn);
    some.resize(std::min(some.size(), wanted));
    kept.insert(kept.end(), some.begin(), some.end());
  }
  places = std::move(kept);
}

/// Windows that hold an edge leave.
void leave_out_edges(std::vector<Window>& windows) {
  std::erase_if(windows, [](const Window& window) { return window.at_lags.empty(); });
  if (windows.empty()) return;
  std::vector<double> variances;
  for (const Window& window : windows) variances.push_back(window.variance);
  const auto middle = variances.begin() + static_cast<std::ptrdiff_t>(variances.size() / 2);
  std::nth_element(variances.begin(), middle, variances.end());
  const double most = kBusier * *middle;
  std::erase_if(windows, [&](const Window& window) { return window.variance > most; });
}

template <class Each>
Status for_all(std::size_t count, int threads, const Each& each) {
  const auto workers = static_cast<std::size_t>(std::max(1, threads));
  return run_on_threads(static_cast<int>(workers), [&](int worker) -> Status {
    for (auto k = static_cast<std::size_t>(worker); k < count; k += workers) {
      LATENT_CHECK(each(k));
    }
    return {};
  });
}

}  // namespace

Result<TextureLook> look_for_texture(Size picture, const ReadArea& read, bool relief, int threads) {
  constexpr double kNotRegular = 0.45;
  constexpr double kRegular = 0.7;
  constexpr double kNotAlike = 0.6;
  constexpr double kAlike = 0.85;
  constexpr double kAdded = 0.5;
  constexpr double kInProportion = 0.85;
  const Looking looking(picture, read);
  std::vector<Place> places = looking.places();
  LATENT_CHECK(
      for_all(places.size(), threads, [&](std::size_t k) { return looking.judge(places[k]); }));
  keep_flattest(places);
  TextureLook look;
  if (places.size() < kFewest) return look;
  std::vector<Window> windows(places.size());
  LATENT_CHECK(for_all(windows.size(), threads,
                       [&](std::size_t k) { return looking.measure(places[k], windows[k]); }));
  leave_out_edges(windows);
  if (windows.empty()) return look;
  look.doubt = ramp(regularity(windows), kNotRegular, kRegular);
  if (relief) {
    const Relief found = relief_of(windows);
    look.doubt = std::max(look.doubt, ramp(found.alike, kNotAlike, kAlike) *
                                          ramp(found.slope, kAdded, kInProportion));
  }
  look.apart = apart_of(windows);
  return look;
}

}  // namespace latent::rgb
