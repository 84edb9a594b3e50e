// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <utility>
#include <vector>

#include "tasks/darktable/raw_network.h"

namespace latent::tasks {

namespace {

class BayerNetwork final : public DarktableRawNetwork {
 public:
  using DarktableRawNetwork::DarktableRawNetwork;

  Status clean(RawPicture& picture, const CleanRequest& request, const TakeClean& take,
               const RunControl& control, RawDenoiseReport& report) override {
    auto& mosaic = std::get<Mosaic>(picture);
    LATENT_CHECK(ready(report));
    return is_plain() ? clean_our_way(mosaic, request.area, take, control, report)
                      : clean_as_darktable(mosaic, request, take, control, report);
  }

 private:
  Result<float> measure_gain(const raw::BayerFrame& frame, const RunControl& control,
                             TaskReport& report) {
    const auto tiles = sample_tiles(frame.extended(), tile(), 2);
    const int margin = 2 * contract().overlap;
    raw::BayerFrame::GainSums sums;
    LATENT_CHECK(session().run_grid(
        static_cast<int>(tiles.size()),
        [&](int index, TensorView planes) -> Status {
          frame.pack(tiles[static_cast<std::size_t>(index)], planes);
          return {};
        },
        [&](int index, ConstTensorView /*input*/, ConstTensorView output) -> Status {
          frame.add_to(sums, tiles[static_cast<std::size_t>(index)], margin, output);
          return {};
        },
        {control.stop, {}}, report));
    return gain_of(sums);
  }

  Status clean_our_way(const Mosaic& mosaic, const Rect& area, const TakeClean& take,
                       const RunControl& control, RawDenoiseReport& report) {
    LATENT_TRY(const raw::BayerFrame frame,
               raw::BayerFrame::create(mosaic, bayer_contract(contract(), mosaic.camera)));
    const Point offset = frame.offset();
    LATENT_TRY(const auto plan, plan_of(frame.extended(), {area.x + offset.x, area.y + offset.y,
                                                           area.width, area.height}));
    float gain = 1.0F;
    if (contract().match_gain) {
      LATENT_TRY(gain, measure_gain(frame, control, report));
    }
    Image<float> counts;
    const auto take_answer = [&](int first_row, ImageView<const float> answer) -> Status {
      if (counts.height() < answer.height()) {
        LATENT_TRY(counts, Image<float>::create(answer.size()));
      }
      for (int y = 0; y < answer.height(); ++y) {
        frame.counts_of(area.x, area.y + first_row + y, answer.row(y), gain, counts.view().row(y));
      }
      const Rect filled{0, 0, answer.width(), answer.height()};
      return take({first_row, kAllColours, std::as_const(counts).view().crop(filled), {}});
    };
    const auto pack = [&](const Rect& tile, TensorView planes) -> Status {
      frame.pack(tile, planes);
      return {};
    };
    return session().run(plan, pack, take_answer, control, report);
  }

  Status clean_as_darktable(Mosaic& mosaic, const CleanRequest& request, const TakeClean& take,
                            const RunControl& control, RawDenoiseReport& report) {
    LATENT_TRY(raw::DarktableBayer darktable,
               raw::DarktableBayer::create(mosaic, bayer_contract(contract(), mosaic.camera),
                                           request.settings.strength));
    LATENT_CHECK(run_darktable_tiles(session(), darktable, control, report));
    const auto result = std::as_const(darktable.result()).view();
    const Rect& active = mosaic.active;
    // Margins come out as darktable writes them; inside, the source is still wanted for comparing.
    for (int y = 0; y < result.height(); ++y) {
      const auto to = mosaic.samples.view().row(y);
      const auto from = result.row(y);
      const bool inside = y >= active.y && y < active.bottom();
      for (int x = 0; x < result.width(); ++x) {
        if (inside && x >= active.x && x < active.right()) continue;
        to[static_cast<std::size_t>(x)] = from[static_cast<std::size_t>(x)];
      }
    }
    const Rect& area = request.area;
    LATENT_TRY(auto counts, Image<float>::create({area.width, 1}));
    for (int y = 0; y < area.height; ++y) {
      const auto from =
          result.crop({active.x + area.x, active.y + area.y + y, area.width, 1}).row(0);
      std::ranges::copy(from, counts.view().row(0).begin());
      LATENT_CHECK(take({y, kAllColours, std::as_const(counts).view(), {}}));
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<RawNetwork> darktable_mosaic_network(DarktableNetwork network,
                                                     NetworkSession session,
                                                     std::vector<std::string> notices) {
  return std::make_unique<BayerNetwork>(std::move(network), std::move(session), std::move(notices));
}

}  // namespace latent::tasks
