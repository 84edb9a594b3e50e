// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/int8_loss.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "image/image.h"
#include "infer/strip.h"
#include "models/manifest/darktable_contract.h"
#include "rgb/resample.h"

namespace latent::tasks {
namespace {

constexpr std::array kSigmasOfRaws{0.003, 0.01, 0.03, 0.06};
constexpr std::array kSigmasOfPictures{5.0, 15.0, 25.0, 50.0};
constexpr double kPixelsOfTrials = 1.5e6;
constexpr double kPixelsOfCalibration = 4e6;
constexpr std::size_t kMostTrials = 8;
/// Every fourth tile is for judging.
constexpr std::size_t kJudging = 4;
/// Below this square of an error two answers are the same to anybody.
constexpr double kLeastError = 1e-10;

/// How a network's tensors are read.
enum class Reading : std::uint8_t {
  Residual,  ///< the input's first channels less the answer
  Enlarging,
  Picture,
  BayerToLight,
  Light,
  EnlargedPicture
};

Reading reading_of(const models::Network& network) {
  using models::DarktableKind;
  if (!network.gives_whole_picture) {
    return network.spec.kind == models::NetworkKind::LatentUpscaleV1 ? Reading::Enlarging
                                                                     : Reading::Residual;
  }
  const auto is = [&](DarktableKind kind) {
    return network.spec.id == models::darktable_kind_name(kind);
  };
  if (is(DarktableKind::BayerV1)) return Reading::BayerToLight;
  if (is(DarktableKind::LinearV1) || is(DarktableKind::XTransV1)) return Reading::Light;
  return network.spec.scale > 1 ? Reading::EnlargedPicture : Reading::Picture;
}

bool enlarges(Reading reading) {
  return reading == Reading::Enlarging || reading == Reading::EnlargedPicture;
}
bool is_light(Reading reading) {
  return reading == Reading::BayerToLight || reading == Reading::Light;
}

Result<Tensor> copy_of(ConstTensorView tensor) {
  LATENT_TRY(Tensor copy, Tensor::create(tensor.shape));
  std::copy_n(tensor.data, tensor.shape.count(), copy.view().data);
  return copy;
}

/// The samples of a light that stand at the sites of R, G, G, B.
struct Site {
  int channel;
  int x;
  int y;
};
constexpr std::array kSites{Site{0, 0, 0}, Site{1, 1, 0}, Site{1, 0, 1}, Site{2, 1, 1}};

float at_site(ConstTensorView light, std::size_t plane, int x, int y) {
  const Site& site = kSites[plane];
  const int row = 2 * y + site.y;
  return light.plane(
      site.channel)[static_cast<std::size_t>(row * light.shape.width + 2 * x + site.x)];
}

/// What an answer in a scale of its own is multiplied by to be in that of the input: least squares.
float gain_to(ConstTensorView input, ConstTensorView answer, Reading reading) {
  double both = 0;
  double own = 0;
  for (int channel = 0; channel < input.shape.channels; ++channel) {
    const auto plane = input.plane(channel);
    for (int y = 0; y < input.shape.height; ++y) {
      for (int x = 0; x < input.shape.width; ++x) {
        const auto i = static_cast<std::size_t>(y * input.shape.width + x);
        const double found = reading == Reading::BayerToLight
                                 ? at_site(answer, static_cast<std::size_t>(channel), x, y)
                                 : answer.plane(channel)[i];
        both += double{plane[i]} * found;
        own += found * found;
      }
    }
  }
  return own > 0 ? static_cast<float>(both / own) : 1.0F;
}

/// A tensor's first three channels as a picture.
Result<Image<float>> picture_of(ConstTensorView tensor, Size size) {
  LATENT_TRY(auto image, Image<float>::create(size, 3));
  for (int channel = 0; channel < 3; ++channel) {
    const auto plane = tensor.plane(channel);
    for (int y = 0; y < size.height; ++y) {
      const auto row = image.view().row(y);
      for (int x = 0; x < size.width; ++x) {
        row[static_cast<std::size_t>(3 * x + channel)] =
            plane[static_cast<std::size_t>(y * tensor.shape.width + x)];
      }
    }
  }
  return image;
}

/// The enlargement less the residual, whose cells of scale x scale lie in its channels.
Result<Tensor> enlarged_of(const models::Network& network, ConstTensorView input,
                           ConstTensorView answer) {
  const int scale = network.spec.scale;
  const int cells = network.spec.output.unshuffle;
  const Size size{input.shape.width, input.shape.height};
  LATENT_TRY(const auto small, picture_of(input, size));
  LATENT_TRY(auto large, Image<float>::create({size.width * scale, size.height * scale}, 3));
  rgb::enlarge_rows(small.view(), 0, size.height, scale, 0, large.view());
  LATENT_TRY(Tensor result, Tensor::create({1, 3, large.height(), large.width()}));
  for (int channel = 0; channel < 3; ++channel) {
    float* to = result.view().plane(channel).data();
    for (int y = 0; y < large.height(); ++y) {
      const auto row = std::as_const(large).view().row(y);
      for (int x = 0; x < large.width(); ++x) {
        const auto plane = answer.plane(channel * cells * cells + (y % cells) * cells + x % cells);
        *to++ = row[static_cast<std::size_t>(3 * x + channel)] -
                plane[static_cast<std::size_t>((y / cells) * answer.shape.width + x / cells)];
      }
    }
  }
  return result;
}

/// What the network makes of an input, in what noise is even in.
Result<Tensor> estimate_of(const models::Network& network, ConstTensorView input,
                           ConstTensorView answer) {
  const Reading reading = reading_of(network);
  if (reading == Reading::Enlarging) return enlarged_of(network, input, answer);
  LATENT_TRY(Tensor result, copy_of(answer));
  const TensorView view = result.view();
  const std::size_t count = view.shape.count();
  if (reading == Reading::Residual) {
    for (std::size_t i = 0; i < count; ++i) view.data[i] = input.data[i] - answer.data[i];
  }
  if (is_light(reading)) {
    const float gain = gain_to(input, answer, reading);
    for (std::size_t i = 0; i < count; ++i) {
      view.data[i] = std::sqrt(std::max(0.0F, gain * answer.data[i]));
    }
  }
  return result;
}

/// The truth with noise on it, as the network gets it.
class Noise {
 public:
  Noise(const models::Network& network, unsigned seed)
      : reading_(reading_of(network)), network_(network), random_(seed) {}

  /// `like`  an input with the planes that are no samples
  Result<Tensor> input(ConstTensorView like, ConstTensorView truth, double sigma) {
    LATENT_TRY(Tensor input, copy_of(like));
    const TensorView view = input.view();
    const auto level = static_cast<float>(sigma);
    if (reading_ == Reading::Residual) {
      const int planes = network_.spec.output.channels;
      for (int channel = 0; channel < planes; ++channel) {
        std::ranges::transform(truth.plane(channel), view.plane(channel).begin(),
                               [&](float value) { return value + level * next(); });
        std::ranges::fill(view.plane(planes + channel), level);
      }
      return input;
    }
    for (int channel = 0; channel < view.shape.channels; ++channel) {
      float* to = view.plane(channel).data();
      for (int y = 0; y < view.shape.height; ++y) {
        for (int x = 0; x < view.shape.width; ++x) {
          const float value =
              reading_ == Reading::BayerToLight
                  ? at_site(truth, static_cast<std::size_t>(channel), x, y)
                  : truth.plane(channel)[static_cast<std::size_t>(y * view.shape.width + x)];
          const float noisy = value + level * next();
          *to++ = is_light(reading_) ? std::copysign(noisy * noisy, noisy) : noisy;
        }
      }
    }
    return input;
  }

 private:
  float next() { return normal_(random_); }

  Reading reading_;
  const models::Network& network_;
  std::mt19937 random_;
  std::normal_distribution<float> normal_;
};

struct Strength {
  std::string condition;
  double sigma;
};

std::vector<Strength> strengths_of(const models::Network& network, const std::string& sensor) {
  const Reading reading = reading_of(network);
  std::vector<Strength> found;
  const bool raw = is_light(reading) || (reading == Reading::Residual &&
                                         network.spec.kind == models::NetworkKind::LatentCfaV1);
  if (raw) {
    const bool limited = reading == Reading::Residual;
    for (const double sigma : kSigmasOfRaws) {
      if (limited &&
          (sigma < network.spec.limits.sigma_u_min || sigma > network.spec.limits.sigma_u_max)) {
        continue;
      }
      found.push_back({fmt::format("{} {:g}", sensor, sigma), sigma});
    }
    return found;
  }
  for (const double sigma : kSigmasOfPictures) {
    if (sigma / 255 <= network.spec.limits.level_max) {
      found.push_back({fmt::format("sigma {:g}", sigma), sigma / 255});
    }
  }
  return found;
}

/// How many tiles of that network's shape make so many pixels of the frame.
std::size_t tiles_in(double pixels, const SeenTiles& seen) {
  const TensorShape shape = seen.tiles.front().shape();
  const int cells = seen.network->spec.input.unshuffle;
  return static_cast<std::size_t>(pixels / (static_cast<double>(shape.plane()) * cells * cells));
}

/// At most so many, from all of the list.
std::vector<std::size_t> spread(const std::vector<std::size_t>& all, std::size_t most) {
  if (all.size() <= most) return all;
  std::vector<std::size_t> some;
  for (std::size_t i = 0; i < most; ++i) some.push_back(all[i * all.size() / most]);
  return some;
}

/// The tile reduced, and mirrored until it is of the shape of the tile again.
Result<Trial> reduced_trial(const models::Network& network, ConstTensorView tile) {
  const int scale = network.spec.scale;
  const Size small{tile.shape.width / scale, tile.shape.height / scale};
  const Size large{small.width * scale, small.height * scale};
  LATENT_ENSURE(small.area() > 0);
  LATENT_TRY(const auto source, picture_of(tile, large));
  LATENT_TRY(auto reduced, Image<float>::create(small, 3));
  rgb::reduce_rows(source.view(), 0, large.height, scale, 0, reduced.view());
  Trial trial;
  trial.condition = fmt::format("x{}", scale);
  LATENT_TRY(trial.input, copy_of(tile));
  LATENT_TRY(trial.truth, Tensor::create({1, 3, large.height, large.width}));
  const TensorView input = trial.input.view();
  for (int channel = 0; channel < 3; ++channel) {
    float* to = input.plane(channel).data();
    for (int y = 0; y < tile.shape.height; ++y) {
      const auto row = std::as_const(reduced).view().row(mirror_index(y, small.height));
      for (int x = 0; x < tile.shape.width; ++x) {
        *to++ = row[static_cast<std::size_t>(3 * mirror_index(x, small.width) + channel)];
      }
    }
    float* truth = trial.truth.view().plane(channel).data();
    for (int y = 0; y < large.height; ++y) {
      const auto row = source.view().row(y);
      for (int x = 0; x < large.width; ++x) {
        *truth++ = row[static_cast<std::size_t>(3 * x + channel)];
      }
    }
  }
  return trial;
}

Result<TrialSet> enlarging_trials(const SeenTiles& seen, const std::vector<std::size_t>& judging,
                                  const std::vector<std::size_t>& calibrating) {
  TrialSet set;
  for (const std::size_t i : calibrating) {
    LATENT_TRY(Tensor tile, copy_of(seen.tiles[i].view()));
    set.calibration.push_back(std::move(tile));
  }
  for (const std::size_t i : judging) {
    LATENT_TRY(Trial trial, reduced_trial(*seen.network, seen.tiles[i].view()));
    set.trials.push_back(std::move(trial));
  }
  return set;
}

double psnr_of(ConstTensorView found, ConstTensorView truth) {
  double squares = 0;
  for (int channel = 0; channel < truth.shape.channels; ++channel) {
    for (int y = 0; y < truth.shape.height; ++y) {
      const float* a = found.plane(channel).data() + std::ptrdiff_t{y} * found.shape.width;
      const float* b = truth.plane(channel).data() + std::ptrdiff_t{y} * truth.shape.width;
      for (int x = 0; x < truth.shape.width; ++x) {
        const double apart = double{a[x]} - double{b[x]};
        squares += apart * apart;
      }
    }
  }
  const double mean = squares / static_cast<double>(truth.shape.count());
  return -10 * std::log10(std::max(mean, kLeastError));
}

}  // namespace

Result<Tensor> answer_of(infer::Session& session, ConstTensorView input) {
  LATENT_TRY(Tensor answer, Tensor::create(session.output_shape()));
  LATENT_CHECK(session.run(input, answer.view()));
  if (infer::all_finite(std::as_const(answer).view())) return answer;
  return fail(ErrorCode::ModelMismatch, "gives numbers that are not finite");
}

Result<TrialSet> trials_of(const SeenTiles& seen, infer::Session& f32, const RunControl& control) {
  LATENT_ENSURE(!seen.tiles.empty());
  const models::Network& network = *seen.network;
  std::vector<std::size_t> judging;
  std::vector<std::size_t> calibrating;
  for (std::size_t i = 0; i < seen.tiles.size(); ++i) {
    const bool few = seen.tiles.size() < kJudging;
    if (few || i % kJudging == 0) judging.push_back(i);
    if (few || i % kJudging != 0) calibrating.push_back(i);
  }
  judging =
      spread(judging, std::clamp<std::size_t>(tiles_in(kPixelsOfTrials, seen), 2, kMostTrials));
  const std::size_t most = std::max<std::size_t>(4, tiles_in(kPixelsOfCalibration, seen));
  if (enlarges(reading_of(network))) {
    return enlarging_trials(seen, judging, spread(calibrating, most));
  }
  calibrating = spread(calibrating, std::max<std::size_t>(2, most / 2));
  const auto strengths = strengths_of(network, seen.sensor);
  LATENT_ENSURE(!strengths.empty());
  TrialSet set;
  Noise noise(network, 1);
  const auto truth_of = [&](ConstTensorView tile) -> Result<Tensor> {
    LATENT_CHECK(control.check());
    LATENT_TRY(const Tensor answer, answer_of(f32, tile));
    return estimate_of(network, tile, answer.view());
  };
  std::size_t turn = 0;
  for (const std::size_t i : calibrating) {
    const ConstTensorView tile = seen.tiles[i].view();
    LATENT_TRY(const Tensor truth, truth_of(tile));
    LATENT_TRY(Tensor same, copy_of(tile));
    set.calibration.push_back(std::move(same));
    const double sigma = strengths[turn++ % strengths.size()].sigma;
    LATENT_TRY(Tensor noisy, noise.input(tile, truth.view(), sigma));
    set.calibration.push_back(std::move(noisy));
  }
  for (const std::size_t i : judging) {
    const ConstTensorView tile = seen.tiles[i].view();
    LATENT_TRY(const Tensor truth, truth_of(tile));
    for (const Strength& strength : strengths) {
      Trial trial;
      trial.condition = strength.condition;
      LATENT_TRY(trial.input, noise.input(tile, truth.view(), strength.sigma));
      LATENT_TRY(trial.truth, copy_of(truth.view()));
      set.trials.push_back(std::move(trial));
    }
  }
  return set;
}

Result<std::map<std::string, double, std::less<>>> scores_of(const models::Network& network,
                                                             infer::Session& session,
                                                             const std::vector<Trial>& trials,
                                                             const RunControl& control) {
  std::map<std::string, double, std::less<>> sums;
  std::map<std::string, int> counts;
  for (const Trial& trial : trials) {
    LATENT_CHECK(control.check());
    LATENT_TRY(const Tensor answer, answer_of(session, trial.input.view()));
    LATENT_TRY(const Tensor found, estimate_of(network, trial.input.view(), answer.view()));
    sums[trial.condition] += psnr_of(found.view(), trial.truth.view());
    ++counts[trial.condition];
  }
  for (auto& [condition, sum] : sums) sum /= counts[condition];
  return sums;
}

}  // namespace latent::tasks
