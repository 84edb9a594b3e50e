// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/model_quantise.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/model_policy.h"
#include "base/hash.h"
#include "base/path.h"
#include "infer/processor_proof.h"
#include "infer/proof.h"
#include "infer/quantise.h"
#include "models/store/local_int8.h"
#include "models/store/package.h"
#include "tasks/calibration.h"
#include "tasks/darktable/network.h"
#include "tasks/int8_loss.h"
#include "tasks/stopwatch.h"

namespace latent::app {
namespace {

using tasks::SeenTiles;
using tasks::Trial;

/// With all rounded: what no layer in float could make much better.
constexpr double kGoodLoss = 0.03;
/// What --precision auto takes by default: no more convolutions need stay in float.
const double taken_loss = infer::EngineRequest{}.most_loss_db;
/// Times what was measured, for other kernels of other processors.
constexpr double kMargin = 2.0;
constexpr double kLeastTolerance = 1e-6;
/// Times the memory of float32, which is what rounding takes beside it at most; of the networks that
/// ship it is 1.9.
constexpr double kMemory = 2.0;
constexpr std::size_t kFirstInFloat = 3;

void step(const QuantiseOptions& options, const std::string& what) {
  if (options.on_step) options.on_step(what);
}

struct Kind {
  std::string task;
  int scale = 2;
};

/// What Latent's own networks of a package are calibrated as: those without an int8 file.
Result<std::vector<Kind>> own_kinds_of(const models::Manifest& manifest) {
  std::vector<Kind> kinds;
  for (const models::NetworkSpec& network : manifest.latent->networks) {
    if (network.int8 || network.kind == models::NetworkKind::LatentDemosaicV1) continue;
    const bool raw = network.kind == models::NetworkKind::LatentCfaV1;
    const bool enlarges = network.kind == models::NetworkKind::LatentUpscaleV1;
    const Kind kind{raw ? "rawdenoise" : enlarges ? "upscale" : "denoise", network.scale};
    const auto same = [&](const Kind& other) {
      return other.task == kind.task && other.scale == kind.scale;
    };
    if (std::ranges::none_of(kinds, same)) kinds.push_back(kind);
  }
  if (!kinds.empty()) return kinds;
  return fail(ErrorCode::Unsupported, "the model '" + printable(manifest.id) +
                                          "' brings its own int8 networks; they are used already");
}

/// What of a package is to be calibrated.
Result<std::vector<Kind>> kinds_of(const models::Package& package) {
  const models::Manifest& manifest = package.manifest();
  if (manifest.latent && !manifest.latent->networks.empty()) return own_kinds_of(manifest);
  std::vector<Kind> kinds;
  for (const models::DarktableKind kind : models::darktable_kinds(manifest.task)) {
    if (!package.files().contains(models::darktable_file(kind))) continue;
    const int scale = kind == models::DarktableKind::UpscaleX4 ? 4 : 2;
    if (manifest.task == "upscale" || kinds.empty()) kinds.push_back({manifest.task, scale});
  }
  if (!kinds.empty()) return kinds;
  return fail(ErrorCode::Usage,
              "the model '" + printable(manifest.id) + "' is for the task '" +
                  printable(manifest.task) +
                  "'; int8 is made of networks for rawdenoise, denoise and upscale only");
}

/// A network of the package once more, with its probe.
Result<models::Network> load(const models::Package& package, const models::Network& seen) {
  if (!seen.gives_whole_picture) return models::load_network(package, seen.spec);
  for (const models::DarktableKind kind : models::darktable_kinds(package.manifest().task)) {
    if (seen.spec.id != models::darktable_kind_name(kind)) continue;
    LATENT_TRY(auto loaded, tasks::load_darktable_network(package, kind, models::Compat::None));
    models::Network network = models::without_golden(*loaded.network);
    const ConstTensorView golden = loaded.network->golden_input.view();
    LATENT_TRY(network.golden_input, Tensor::create(golden.shape));
    std::copy_n(golden.data, golden.shape.count(), network.golden_input.view().data);
    return network;
  }
  return fail(ErrorCode::Internal, "a network that the package does not have");
}

/// Makes one network in 8-bit integers.
class Maker {
 public:
  Maker(models::Network network, std::vector<const SeenTiles*> seen,
        const infer::EngineRequest& engine, const QuantiseOptions& options,
        const RunControl& control)
      : network_(std::move(network)),
        seen_(std::move(seen)),
        request_(engine),
        options_(options),
        control_(control) {
    request_.device = "cpu";
    request_.stop = control.stop;
    const TensorShape shape = seen_.front()->tiles.front().shape();
    const int cells = network_.spec.input.unshuffle;
    tile_ = {shape.width * cells, shape.height * cells};
  }

  /// `file`  the network's file as the package holds it
  Result<models::LocalInt8Network> run(const std::vector<std::byte>& file, QuantisedNetwork& told) {
    LATENT_TRY(f32_, session_of(infer::Precision::F32));
    LATENT_CHECK(calibrate());
    step(options_, "measuring the loss");
    LATENT_TRY(before_, tasks::scores_of(network_, *f32_, trials_, quiet()));
    LATENT_CHECK(choose());
    models::LocalInt8Network made;
    made.file = network_.spec.file;
    LATENT_TRY(made.onnx, infer::rounded_network(file, found_, best_.in_float));
    made.sha256 = sha256_hex(made.onnx);
    made.f32_sha256 = sha256_hex(file);
    LATENT_TRY(made.facts, facts());
    tell(made, told);
    LATENT_CHECK(time(told));
    return made;
  }

 private:
  struct Choice {
    std::set<std::string> in_float;
    std::map<std::string, double, std::less<>> losses;
    double worst = std::numeric_limits<double>::infinity();
  };

  RunControl quiet() const { return {control_.stop, {}}; }

  Result<std::unique_ptr<infer::Session>> session_of(infer::Precision precision) const {
    infer::EngineRequest request = request_;
    request.precision = precision;
    return infer::create_session(network_, tile_, request);
  }

  Status calibrate() {
    step(options_, "calibrating");
    std::vector<Tensor> inputs;
    for (const SeenTiles* seen : seen_) {
      LATENT_TRY(tasks::TrialSet set, tasks::trials_of(*seen, *f32_, quiet()));
      std::ranges::move(set.calibration, std::back_inserter(inputs));
      std::ranges::move(set.trials, std::back_inserter(trials_));
    }
    LATENT_TRY(found_, infer::calibrate(network_, inputs, request_, control_));
    return {};
  }

  /// The network with all rounded but those.
  Status round(const std::set<std::string>& in_float) {
    models::Int8Network int8;
    LATENT_TRY(int8.onnx, infer::rounded_network(network_.onnx, found_, in_float));
    int8.sha256 = sha256_hex(int8.onnx);
    network_.int8 = std::move(int8);
    return {};
  }

  Result<Choice> judged(std::set<std::string> in_float) {
    LATENT_CHECK(round(in_float));
    LATENT_TRY(const auto session, session_of(infer::Precision::Int8));
    LATENT_TRY(const auto after, tasks::scores_of(network_, *session, trials_, quiet()));
    Choice choice;
    choice.in_float = std::move(in_float);
    choice.worst = -std::numeric_limits<double>::infinity();
    for (const auto& [condition, psnr] : before_) {
      // As many digits as a package states.
      const double lost = std::round((psnr - after.at(condition)) * 1000) / 1000;
      choice.losses[condition] = lost;
      choice.worst = std::max(choice.worst, lost);
    }
    return choice;
  }

  /// Leaves the most sensitive ones in float, and more until the loss is taken or half of them are.
  Status choose() {
    LATENT_TRY(best_, judged({}));
    if (best_.worst <= kGoodLoss) return {};
    LATENT_TRY(const auto order, by_sensitivity());
    step(options_, "measuring the loss");
    for (std::size_t count = kFirstInFloat; count <= order.size() / 2; count *= 2) {
      std::set<std::string> in_float(order.begin(),
                                     order.begin() + static_cast<std::ptrdiff_t>(count));
      LATENT_TRY(Choice next, judged(std::move(in_float)));
      if (next.worst < best_.worst) best_ = std::move(next);
      if (best_.worst <= taken_loss) break;
    }
    return round(best_.in_float);
  }

  /// Convolutions by how much rounding each alone moves the answer to the first trial, which has the
  /// least noise.
  Result<std::vector<std::string>> by_sensitivity() {
    step(options_, "finding sensitive layers");
    std::set<std::string> every;
    for (const auto& one : found_.convolutions) every.insert(one.output);
    const ConstTensorView probe = trials_.front().input.view();
    LATENT_TRY(const Tensor truth, tasks::answer_of(*f32_, probe));
    std::vector<std::pair<double, std::string>> moved;
    for (const std::string& one : every) {
      LATENT_CHECK(control_.check());
      std::set<std::string> others = every;
      others.erase(one);
      LATENT_CHECK(round(others));
      LATENT_TRY(const auto session, session_of(infer::Precision::Int8));
      LATENT_TRY(const Tensor answer, tasks::answer_of(*session, probe));
      const auto verdict = infer::compare(answer.view(), truth.view(), 1e9);
      moved.emplace_back(-verdict.rms, one);
      control_.report(static_cast<double>(moved.size()) / static_cast<double>(every.size()));
    }
    std::ranges::sort(moved);
    std::vector<std::string> order;
    order.reserve(moved.size());
    for (const auto& one : moved) order.push_back(one.second);
    return order;
  }

  /// How far it is from float32 on what proofs look at.
  Result<models::Int8Variant> facts() {
    const Size tile = infer::proof_tile(network_);
    infer::EngineRequest request = request_;
    request.precision = infer::Precision::F32;
    LATENT_TRY(const auto plain, infer::create_session(network_, tile, request));
    request.precision = infer::Precision::Int8;
    LATENT_TRY(const auto rounded, infer::create_session(network_, tile, request));
    LATENT_TRY(const Tensor probe, infer::probe_tile(network_, plain->input_shape()));
    LATENT_TRY(const Tensor truth, tasks::answer_of(*plain, probe.view()));
    LATENT_TRY(const Tensor answer, tasks::answer_of(*rounded, probe.view()));
    const auto apart = infer::compare(answer.view(), truth.view(), 1e9);
    models::Int8Variant facts;
    facts.most_from_f32 = std::max(kLeastTolerance, kMargin * apart.worst);
    facts.rms_from_f32 = std::max(kLeastTolerance, kMargin * apart.rms);
    facts.tolerance = facts.most_from_f32;
    facts.losses = best_.losses;
    facts.loss_db = best_.worst;
    facts.memory_bytes_per_px = kMemory * network_.spec.memory_bytes_per_px;
    facts.memory_bytes_per_px_bf16 = facts.memory_bytes_per_px;
    return facts;
  }

  void tell(const models::LocalInt8Network& made, QuantisedNetwork& told) const {
    told.file = made.file;
    told.losses = best_.losses;
    told.loss_db = best_.worst;
    told.bytes = made.onnx.size();
    for (const auto& one : found_.convolutions) {
      if (best_.in_float.contains(one.output)) continue;
      ++told.convolutions;
      told.work += one.work;
    }
  }

  Status time(QuantisedNetwork& told) {
    LATENT_TRY(const auto rounded, session_of(infer::Precision::Int8));
    const ConstTensorView input = trials_.front().input.view();
    const double megapixels = static_cast<double>(tile_.area()) / 1e6;
    const auto pace = [&](infer::Session& session) -> Result<double> {
      double least = std::numeric_limits<double>::infinity();
      for (int run = 0; run < 4; ++run) {
        const tasks::Stopwatch watch;
        LATENT_TRY(const Tensor ignored, tasks::answer_of(session, input));
        least = std::min(least, watch.seconds());
      }
      return least / megapixels;
    };
    LATENT_TRY(told.seconds_f32, pace(*f32_));
    LATENT_TRY(told.seconds_int8, pace(*rounded));
    return {};
  }

  models::Network network_;
  std::vector<const SeenTiles*> seen_;
  infer::EngineRequest request_;
  const QuantiseOptions& options_;
  const RunControl& control_;
  Size tile_;
  std::unique_ptr<infer::Session> f32_;
  infer::Calibration found_;
  std::vector<Trial> trials_;
  std::map<std::string, double, std::less<>> before_;
  Choice best_;
};

/// The sentence of a network with the model and the file before it.
tl::unexpected<Error> about(const std::string& id, const std::string& file, Error error) {
  if (error.code != ErrorCode::Cancelled && error.subject.empty()) {
    error.sentence =
        "the network '" + printable(file) + "' of '" + printable(id) + "' " + error.sentence;
  }
  return tl::make_unexpected(std::move(error));
}

std::vector<std::string> files_of(const models::Package& package) {
  std::vector<std::string> files;
  if (package.manifest().latent) {
    for (const auto& network : package.manifest().latent->networks) {
      if (!network.int8) files.push_back(network.file);
    }
    return files;
  }
  for (const models::DarktableKind kind : models::darktable_kinds(package.manifest().task)) {
    const std::string file = models::darktable_file(kind);
    if (package.files().contains(file)) files.push_back(file);
  }
  return files;
}

}  // namespace

Result<QuantisedModel> quantise_model(const ModelManager& manager, const std::string& id,
                                      const QuantiseOptions& options, const RunControl& control) {
  if (options.pictures.empty()) {
    return fail(ErrorCode::Usage, "name photographs to calibrate on: --calibrate PICTURE ...");
  }
  LATENT_TRY(const ModelEntry entry, manager.find(id));
  if (!entry.objections.empty()) return refused_by_policy(id, entry.objections);
  const ModelSetup& setup = manager.setup();
  LATENT_TRY(const auto package, models::Package::open(entry.path, setup.limits));
  LATENT_TRY(const auto kinds, kinds_of(package));
  // In 8 bits they take no more than in float.
  std::uint64_t bytes = 0;
  for (const std::string& file : files_of(package)) bytes += package.files().at(file).size;
  LATENT_CHECK(models::require_space(setup.store, bytes));
  std::vector<SeenTiles> seen;
  for (const Kind& kind : kinds) {
    step(options, "looking at the pictures");
    const tasks::TilesRequest request{kind.task, options.pictures, options.engine, setup.limits};
    LATENT_TRY(auto found, tasks::tiles_seen({package, {}, kind.scale}, request, control));
    std::ranges::move(found, std::back_inserter(seen));
  }
  QuantisedModel result;
  result.id = id;
  result.pictures = options.pictures.size();
  models::LocalInt8 made;
  made.id = id;
  made.when = models::now_utc();
  made.program = options.program;
  made.pictures = static_cast<std::int64_t>(options.pictures.size());
  for (const std::string& file : files_of(package)) {
    std::vector<const SeenTiles*> own;
    for (const SeenTiles& one : seen) {
      if (one.network->spec.file == file && !one.tiles.empty()) own.push_back(&one);
    }
    if (own.empty()) {
      result.notices.push_back("the network '" + printable(file) +
                               "' stays in float32: none of the pictures goes through it");
      continue;
    }
    LATENT_TRY(const auto content, package.file(file));
    LATENT_TRY(auto network, load(package, *own.front()->network));
    QuantisedNetwork told;
    auto network_made = Maker(std::move(network), std::move(own), options.engine, options, control)
                            .run(content, told);
    if (!network_made) return about(id, file, std::move(network_made).error());
    made.networks.push_back(*std::move(network_made));
    result.networks.push_back(std::move(told));
  }
  if (made.networks.empty()) {
    return fail(ErrorCode::Usage, "none of the pictures goes through a network of '" +
                                      printable(id) + "'; nothing was made");
  }
  step(options, "writing");
  const models::Store store(setup.store);
  LATENT_TRY(auto writer, store.lock(setup.lock_wait, control));
  LATENT_CHECK(models::write_local_int8(setup.store, made));
  return result;
}

Status forget_quantised(const ModelManager& manager, const std::string& id) {
  const models::Store store(manager.setup().store);
  LATENT_TRY(auto writer, store.lock(manager.setup().lock_wait, {}));
  return models::remove_local_int8(manager.setup().store, id);
}

}  // namespace latent::app
