// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/calibration.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include "base/path.h"
#include "read/photograph.h"
#include "tasks/denoise.h"
#include "tasks/raw_denoise.h"
#include "tasks/upscale.h"

namespace latent::tasks {
namespace {

/// Side of a tile that is kept of a network that takes any, in pixels of the frame.
constexpr int kSide = 192;
constexpr std::size_t kMostOfPart = 4;
constexpr std::size_t kMostTiles = 96;
constexpr std::size_t kMostBytes = std::size_t{256} << 20U;

/// Part of a tile; beyond its border it is mirrored.
Result<Tensor> crop_of(ConstTensorView tile, int left, int top, int side) {
  LATENT_TRY(Tensor crop, Tensor::create({1, tile.shape.channels, side, side}));
  for (int channel = 0; channel < tile.shape.channels; ++channel) {
    const auto from = tile.plane(channel);
    float* to = crop.view().plane(channel).data();
    for (int y = 0; y < side; ++y) {
      const int row = mirror_index(top + y, tile.shape.height);
      for (int x = 0; x < side; ++x) {
        const int column = mirror_index(left + x, tile.shape.width);
        *to++ = from[static_cast<std::size_t>(row) * static_cast<std::size_t>(tile.shape.width) +
                     static_cast<std::size_t>(column)];
      }
    }
  }
  return crop;
}

/// Keeps tiles that sessions are given.
///
/// Threads  take() from any.
class Recorder {
 public:
  explicit Recorder(std::size_t most_of_part) : most_of_part_(most_of_part) {}

  void begin_part(std::string sensor) {
    const std::scoped_lock lock(mutex_);
    sensor_ = std::move(sensor);
    in_part_ = 0;
  }

  Status take(const models::Network& network, ConstTensorView tile) {
    const std::scoped_lock lock(mutex_);
    if (in_part_ >= most_of_part_ || bytes_ > kMostBytes) return {};
    SeenTiles& seen = seen_for(network);
    if (network.only_tile.area() > 0) return keep(seen, crop_of(tile, 0, 0, tile.shape.width));
    const int stride = std::max(network.spec.stride_px, network.spec.input.unshuffle);
    const int side = round_up(kSide, stride) / network.spec.input.unshuffle;
    for (const int top : {0, std::max(0, tile.shape.height - side)}) {
      for (const int left : {0, std::max(0, tile.shape.width - side)}) {
        if (in_part_ >= most_of_part_) return {};
        LATENT_CHECK(keep(seen, crop_of(tile, left, top, side)));
      }
    }
    return {};
  }

  std::vector<SeenTiles> all() { return std::move(seen_); }

 private:
  SeenTiles& seen_for(const models::Network& network) {
    const auto found = std::ranges::find_if(seen_, [&](const SeenTiles& seen) {
      return seen.network->sha256 == network.sha256 && seen.sensor == sensor_;
    });
    if (found != seen_.end()) return *found;
    auto copy = std::make_shared<models::Network>(models::without_golden(network));
    return seen_.emplace_back(SeenTiles{std::move(copy), sensor_, {}});
  }

  Status keep(SeenTiles& seen, Result<Tensor> tile) {
    if (!tile) return tl::make_unexpected(std::move(tile).error());
    bytes_ += tile->shape().count() * sizeof(float);
    ++in_part_;
    seen.tiles.push_back(*std::move(tile));
    return {};
  }

  std::size_t most_of_part_;
  std::mutex mutex_;
  std::vector<SeenTiles> seen_;
  std::string sensor_;
  std::size_t in_part_ = 0;
  std::size_t bytes_ = 0;
};

/// A session whose inputs are looked at on their way.
class RecordingSession final : public infer::Session {
 public:
  RecordingSession(std::unique_ptr<infer::Session> inner, std::shared_ptr<Recorder> recorder,
                   const models::Network& network)
      : inner_(std::move(inner)), recorder_(std::move(recorder)), network_(network) {}

  const infer::SessionInfo& info() const override { return inner_->info(); }
  TensorShape input_shape() const override { return inner_->input_shape(); }
  TensorShape output_shape() const override { return inner_->output_shape(); }
  int slots() const override { return inner_->slots(); }
  Status start(int slot, ConstTensorView input, TensorView output) override {
    LATENT_CHECK(recorder_->take(network_, input));
    return inner_->start(slot, input, output);
  }
  Status wait(int slot) override { return inner_->wait(slot); }
  void cancel() override { inner_->cancel(); }
  void resume() override { inner_->resume(); }

 private:
  std::unique_ptr<infer::Session> inner_;
  std::shared_ptr<Recorder> recorder_;
  const models::Network& network_;  ///< of the NetworkSession that holds this
};

infer::EngineRequest recording(const infer::EngineRequest& asked,
                               const std::shared_ptr<Recorder>& recorder) {
  infer::EngineRequest request = asked;
  request.device = "cpu";
  request.precision = infer::Precision::F32;
  request.factory =
      [recorder](const models::Network& network, Size tile,
                 const infer::EngineRequest& wanted) -> Result<std::unique_ptr<infer::Session>> {
    LATENT_TRY(auto session, infer::create_session(network, tile, wanted));
    return std::make_unique<RecordingSession>(std::move(session), recorder, network);
  };
  return request;
}

struct MadeTask {
  Task task;
  Settings settings;
};

Result<MadeTask> make_task(const Models& models, const TilesRequest& request,
                           const infer::EngineRequest& engine) {
  if (request.task == "rawdenoise") {
    LATENT_TRY(Task task, create_raw_denoise(models, engine, request.limits));
    return MadeTask{std::move(task), RawDenoiseSettings{}};
  }
  if (request.task == "denoise") {
    LATENT_TRY(Task task, create_denoise(models, engine, request.limits));
    return MadeTask{std::move(task), DenoiseSettings{}};
  }
  LATENT_TRY(Task task, create_upscale(models, engine, request.limits));
  return MadeTask{std::move(task), UpscaleSettings{}};
}

/// The middle and the middles of the quarters, as far as they are places of their own.
std::vector<Rect> parts_of(Size picture) {
  constexpr int kPartSide = 512;
  const int width = std::min(kPartSide, picture.width);
  const int height = std::min(kPartSide, picture.height);
  std::vector<Rect> parts;
  constexpr std::array<std::pair<int, int>, 5> kQuarters{{{2, 2}, {1, 1}, {3, 3}, {3, 1}, {1, 3}}};
  for (const auto& [x, y] : kQuarters) {
    const Rect part{std::clamp(picture.width * x / 4 - width / 2, 0, picture.width - width),
                    std::clamp(picture.height * y / 4 - height / 2, 0, picture.height - height),
                    width, height};
    if (std::ranges::find(parts, part) == parts.end()) parts.push_back(part);
  }
  return parts;
}

std::string sensor_of(const read::Photograph& photograph) {
  const read::RawFacts* facts = photograph.raw_facts();
  if (facts == nullptr) return {};
  return facts->opens_as_linear ? "linear" : sensor_class_name(facts->sensor);
}

}  // namespace

Result<std::vector<SeenTiles>> tiles_seen(const Models& models, const TilesRequest& request,
                                          const RunControl& control) {
  const std::size_t count = request.pictures.size();
  LATENT_ENSURE(count > 0);
  const std::size_t each = std::max<std::size_t>(1, kMostTiles / count);
  const auto recorder = std::make_shared<Recorder>(std::min(kMostOfPart, each));
  infer::EngineRequest engine = recording(request.engine, recorder);
  engine.stop = control.stop;
  LATENT_TRY(MadeTask made, make_task(models, request, engine));
  const std::size_t most_parts = (each + kMostOfPart - 1) / kMostOfPart;
  const RunControl quiet{control.stop, {}};
  for (std::size_t i = 0; i < count; ++i) {
    LATENT_CHECK(control.check());
    control.report(static_cast<double>(i) / static_cast<double>(count));
    LATENT_TRY(const auto photograph, read::Photograph::open(request.pictures[i], request.limits));
    LATENT_TRY(Prepared prepared, made.task.prepare(photograph, quiet));
    std::vector<Rect> parts = parts_of(prepared.facts().size);
    parts.resize(std::min(parts.size(), most_parts));
    for (const Rect& part : parts) {
      recorder->begin_part(sensor_of(photograph));
      LATENT_TRY(const Shown ignored, made.task.show(prepared, part, made.settings, quiet));
    }
  }
  return recorder->all();
}

}  // namespace latent::tasks
