// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "tasks/darktable/raw_network.h"

namespace latent::tasks {

namespace {

/// Puts `result` (0 black, 65535 white) into the picture; gives its samples before, in the same
/// levels, so that both can be compared.
Image<std::uint16_t> put_in(Image<std::uint16_t> result, LinearRaw& picture) {
  Image<std::uint16_t> source = std::exchange(picture.samples, std::move(result));
  std::array<float, 3> scale{};
  for (std::size_t c = 0; c < 3; ++c) scale[c] = 65535.0F / (picture.white[c] - picture.black[c]);
  for (int y = 0; y < source.height(); ++y) {
    const auto row = source.view().row(y);
    for (std::size_t at = 0; at < row.size(); ++at) {
      const std::size_t c = at % 3;
      const float value = (static_cast<float>(row[at]) - picture.black[c]) * scale[c] + 0.5F;
      row[at] = static_cast<std::uint16_t>(std::clamp(value, 0.0F, 65535.0F));
    }
  }
  picture.black = {0, 0, 0};
  picture.white = {65535, 65535, 65535};
  picture.bits_per_sample = 16;
  picture.sample_max = 65535;
  return source;
}

class LinearNetwork final : public DarktableRawNetwork {
 public:
  using DarktableRawNetwork::DarktableRawNetwork;

  /// darktable's result for the whole picture.
  Result<Image<std::uint16_t>> replace(RawPicture& picture, const RawDenoiseSettings& settings,
                                       const RunControl& control,
                                       RawDenoiseReport& report) override {
    if (is_plain()) return Image<std::uint16_t>{};
    auto& linear = std::get<LinearRaw>(picture);
    LATENT_CHECK(ready(report));
    const raw::LinearContract said = linear_contract(contract(), linear.camera);
    const raw::LinearSpace space(linear, said);
    LATENT_TRY(raw::DarktableLinear darktable,
               raw::DarktableLinear::create(space, said, settings.strength));
    LATENT_CHECK(run_darktable_tiles(session(), darktable, control, report));
    return put_in(std::move(darktable.result()), linear);
  }

  Status clean(RawPicture& picture, const CleanRequest& request, const TakeClean& take,
               const RunControl& control, RawDenoiseReport& report) override {
    const auto& linear = std::get<LinearRaw>(picture);
    LATENT_CHECK(ready(report));
    return is_plain() ? clean_our_way(linear, request.area, take, control, report)
                      : hand_on(linear, request, take);
  }

 private:
  Result<float> measure_gain(const raw::LinearSpace& space, const RunControl& control,
                             TaskReport& report) {
    const LinearRaw& picture = space.picture();
    const auto tiles = sample_tiles(picture.samples.size(), tile(), 1);
    const int margin = contract().overlap;
    raw::BayerFrame::GainSums sums;
    const auto clipped = [&](int x, int y) {
      for (std::size_t c = 0; c < 3; ++c) {
        const float top = picture.black[c] + 0.98F * (picture.white[c] - picture.black[c]);
        if (static_cast<float>(picture.samples.view().at(x, y, static_cast<int>(c))) > top) {
          return true;
        }
      }
      return false;
    };
    LATENT_CHECK(session().run_grid(
        static_cast<int>(tiles.size()),
        [&](int index, TensorView planes) -> Status {
          space.pack(tiles[static_cast<std::size_t>(index)], planes);
          return {};
        },
        [&](int index, ConstTensorView input, ConstTensorView output) -> Status {
          const Rect& part = tiles[static_cast<std::size_t>(index)];
          const int right = std::min(part.right() - margin, picture.samples.width());
          const int bottom = std::min(part.bottom() - margin, picture.samples.height());
          for (int y = part.y + margin; y < bottom; ++y) {
            for (int x = part.x + margin; x < right; ++x) {
              if (clipped(x, y)) continue;
              const std::size_t at =
                  static_cast<std::size_t>(y - part.y) * static_cast<std::size_t>(part.width) +
                  static_cast<std::size_t>(x - part.x);
              for (int c = 0; c < 3; ++c) {
                const double in = input.plane(c)[at];
                const double out = output.plane(c)[at];
                sums.in_out += in * out;
                sums.out_out += out * out;
                sums.in_in += in * in;
              }
            }
          }
          return {};
        },
        {control.stop, {}}, report));
    return gain_of(sums);
  }

  Status clean_our_way(const LinearRaw& picture, const Rect& area, const TakeClean& take,
                       const RunControl& control, RawDenoiseReport& report) {
    // Whoever takes the rows may put them into the picture, which tiles below still look at.
    LinearRaw before;
    LATENT_TRY(before.samples, picture.samples.clone());
    before.black = picture.black;
    before.white = picture.white;
    const raw::LinearContract said = linear_contract(contract(), picture.camera);
    const raw::LinearSpace space(before, said);
    LATENT_TRY(const auto plan, plan_of(before.samples.size(), area));
    float gain = 1.0F;
    if (contract().match_gain) {
      LATENT_TRY(gain, measure_gain(space, control, report));
    }
    Image<float> counts;
    const auto take_answer = [&](int first_row, ImageView<const float> answer) -> Status {
      if (counts.height() < answer.height()) {
        LATENT_TRY(counts, Image<float>::create(answer.size(), 3));
      }
      for (int y = 0; y < answer.height(); ++y) {
        const float* found = answer.row(y).data();
        float* to = counts.view().row(y).data();
        for (int x = 0; x < answer.width(); ++x, found += 3, to += 3) {
          const auto camera = space.camera_of({found[0] * gain, found[1] * gain, found[2] * gain});
          for (std::size_t c = 0; c < 3; ++c) {
            to[c] = camera[c] * (before.white[c] - before.black[c]) + before.black[c];
          }
        }
      }
      const Rect filled{0, 0, answer.width(), answer.height()};
      return take({first_row, kAllColours, std::as_const(counts).view().crop(filled), {}});
    };
    const auto pack = [&](const Rect& tile, TensorView planes) -> Status {
      space.pack(tile, planes);
      return {};
    };
    return session().run(plan, pack, take_answer, control, report);
  }

  /// The area of the finished picture, row by row, beside its source, by which the noise that is
  /// left is measured.
  static Status hand_on(const LinearRaw& picture, const CleanRequest& request,
                        const TakeClean& take) {
    LATENT_ENSURE(request.before != nullptr);
    const Rect& area = request.area;
    LATENT_TRY(auto counts, Image<float>::create({area.width, 1}, 3));
    for (int y = 0; y < area.height; ++y) {
      const Rect row{area.x, area.y + y, area.width, 1};
      std::ranges::copy(picture.samples.view().crop(row).row(0), counts.view().row(0).begin());
      LATENT_CHECK(
          take({y, kAllColours, std::as_const(counts).view(), request.before->view().crop(row)}));
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<RawNetwork> darktable_linear_network(DarktableNetwork network,
                                                     NetworkSession session,
                                                     std::vector<std::string> notices) {
  return std::make_unique<LinearNetwork>(std::move(network), std::move(session),
                                         std::move(notices));
}

}  // namespace latent::tasks
