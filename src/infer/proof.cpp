// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/proof.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/path.h"
#include "infer/deadline.h"
#include "infer/plugin_choice.h"
#include "infer/processor_proof.h"
#include "infer/proof_steps.h"
#include "infer/strip.h"
#include "infer/verdict_cache.h"

namespace latent::infer {
namespace {

/// Of the right answer, in RMS. bf16 of a trained network stays below 0.02.
constexpr double kMostRelativeError = 0.1;
/// Below this there is no answer to be relative to.
constexpr double kSilence = 1e-6;

Result<std::string> key_of(const SessionInfo& info, const models::Network& network, Size tile) {
  LATENT_TRY(const NetworkFile file, file_for(network, info.precision));
  std::string key =
      fmt::format("{}|{}|{}|{}|{}|{}|{}x{}|{}", engine_name(info.engine), info.device,
                  info.device_name, info.engine_version, precision_name(info.precision),
                  file.sha256, tile.width, tile.height, info.compiled_sha256);
  return key + optimization_words(info, network.optimization);
}

/// What a device has to say for itself, empty where it ran; what is no fault of the device is an
/// error.
Result<std::string> fault_of(const Status& ran) {
  if (ran) return std::string();
  if (ran.error().code == ErrorCode::Device) return ran.error().sentence;
  return tl::make_unexpected(ran.error());
}

/// The probe tile and the right answer to it, computed once however many are judged by it.
class Judge {
 public:
  Judge(const models::Network& network, Size tile, const EngineRequest& request,
        const SessionFactory& factory)
      : network_(network), tile_(tile), request_(judge_request(request)), factory_(factory) {}

  Result<ProofVerdict> examine(Session& session) {
    LATENT_CHECK(prepare());
    LATENT_TRY(Tensor found, Tensor::create(session.output_shape()));
    // The first run pays for what a driver puts off; the second is what a tile costs.
    LATENT_TRY(auto fault, fault_of(run_within(session, probe_.view(), found.view(), request_)));
    const auto begin = std::chrono::steady_clock::now();
    if (fault.empty()) {
      LATENT_TRY(fault, fault_of(run_within(session, probe_.view(), found.view(), request_)));
    }
    if (!fault.empty()) return refused_verdict(std::move(fault));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    auto verdict = compare_in(network_, session.info().precision, std::as_const(found).view(),
                              std::as_const(expected_).view(), scale_);
    verdict.seconds_per_megapixel = took.count() / static_cast<double>(tile_.area()) * 1e6;
    return verdict;
  }

  /// The judge itself, to be used from now on.
  Result<std::unique_ptr<Session>> session() { return factory_(network_, tile_, request_); }

 private:
  Status prepare() {
    if (expected_.view().data != nullptr) return {};
    LATENT_TRY(auto judge, session());
    LATENT_TRY(probe_, probe_tile(network_, judge->input_shape()));
    LATENT_TRY(Tensor answer, Tensor::create(judge->output_shape()));
    LATENT_CHECK(run_within(*judge, probe_.view(), answer.view(), request_));
    if (!all_finite(answer.view())) {
      return fail(ErrorCode::Device,
                  "the network gives numbers that are not finite even in float32 on the processor");
    }
    expected_ = std::move(answer);
    if (network_.golden_output.view().data == nullptr) scale_ = largest(expected_.view());
    return {};
  }

  const models::Network& network_;
  Size tile_;
  EngineRequest request_;
  const SessionFactory& factory_;
  Tensor probe_;
  Tensor expected_;
  double scale_ = 1;  ///< of the tolerance, where the package says nothing of its answer's size
};

/// What opens and judges the sessions of one open_proved_session().
struct Prover {
  const models::Network& network;
  Size tile;
  const SessionFactory& factory;
  VerdictCache cache;
  Judge judge;
  ProcessorProof& processor;
  bool judge_failed = false;  ///< so no device can be judged

  Result<ProvedSession> try_once(const EngineRequest& step) {
    ProvedSession tried;
    LATENT_TRY(tried.session, factory(network, tile, step));
    const SessionInfo& info = tried.session->info();
    if (is_judge(info)) {
      tried.verdict.passed = true;
      return tried;
    }
    if (is_proved_apart(info)) {
      auto verdict = processor.verdict_of(info);
      judge_failed = !verdict;
      LATENT_TRY(tried.verdict, std::move(verdict));
      return tried;
    }
    LATENT_TRY(const std::string key, key_of(info, network, tile));
    if (auto known = step.anew ? std::nullopt : cache.find(key)) {
      tried.verdict = *std::move(known);
      return tried;
    }
    auto verdict = judge.examine(*tried.session);
    if (!verdict) {
      judge_failed = true;
      return tl::make_unexpected(std::move(verdict).error());
    }
    tried.verdict = *std::move(verdict);
    // A device that gave no answer at all may do better when its memory is free again.
    if (tried.verdict.measured) cache.store(key, tried.verdict);
    return tried;
  }

  /// Whether the verdict is of the processor and the network, not of this very tile.
  [[nodiscard]] bool is_proved_apart(const SessionInfo& info) const {
    return info.device == "cpu" && network.is_judged_apart();
  }

  /// What the cache gave and is now found not to do is made anew, once. A verdict that was kept is
  /// of this very compiled network: it would come out the same.
  Result<ProvedSession> attempt(const EngineRequest& step) {
    auto tried = try_once(step);
    if (!tried || tried->verdict.passed || tried->verdict.cached) return tried;
    const SessionInfo& info = tried->session->info();
    if (!info.from_cache || is_proved_apart(info)) return tried;
    EngineRequest once_more = step;
    once_more.anew = true;
    return try_once(once_more);
  }
};

}  // namespace

Result<Tensor> probe_tile(const models::Network& network, TensorShape shape) {
  const ConstTensorView golden = network.golden_input.view();
  LATENT_ENSURE(golden.data != nullptr && golden.shape.channels == shape.channels);
  LATENT_TRY(Tensor probe, Tensor::create(shape));
  for (int channel = 0; channel < shape.channels; ++channel) {
    const auto from = golden.plane(channel);
    const auto to = probe.view().plane(channel);
    for (int y = 0; y < shape.height; ++y) {
      const auto line = static_cast<std::size_t>(y % golden.shape.height) *
                        static_cast<std::size_t>(golden.shape.width);
      const auto row = static_cast<std::size_t>(y) * static_cast<std::size_t>(shape.width);
      for (int x = 0; x < shape.width; ++x) {
        to[row + static_cast<std::size_t>(x)] =
            from[line + static_cast<std::size_t>(x % golden.shape.width)];
      }
    }
  }
  return probe;
}

ProofVerdict compare(ConstTensorView found, ConstTensorView expected, double tolerance) {
  if (found.shape != expected.shape) return refused_verdict("the answer has another shape");
  ProofVerdict verdict;
  verdict.measured = true;
  if (!all_finite(found)) {
    verdict.problem = "the answer holds numbers that are not finite";
    return verdict;
  }
  if (!all_finite(expected)) {
    verdict.problem = "what it is to be compared with holds numbers that are not finite";
    return verdict;
  }
  double squares = 0;
  double squares_expected = 0;
  const std::size_t count = expected.shape.count();
  for (std::size_t i = 0; i < count; ++i) {
    const double difference = double{found.data[i]} - double{expected.data[i]};
    verdict.worst = std::max(verdict.worst, std::abs(difference));
    squares += difference * difference;
    squares_expected += double{expected.data[i]} * double{expected.data[i]};
  }
  verdict.rms = std::sqrt(squares / static_cast<double>(count));
  verdict.rms_expected = std::sqrt(squares_expected / static_cast<double>(count));
  if (!(verdict.worst <= tolerance)) {
    verdict.problem = fmt::format("the answer is wrong by {:.2g} where {:.2g} is allowed",
                                  verdict.worst, tolerance);
  } else if (verdict.rms_expected > kSilence &&
             !(verdict.rms <= kMostRelativeError * verdict.rms_expected)) {
    verdict.problem = fmt::format("the answer is wrong by {:.0f} % of what it should be",
                                  100 * verdict.rms / verdict.rms_expected);
  }
  verdict.passed = verdict.problem.empty();
  return verdict;
}

namespace {

/// Seconds of a tile.
Result<double> pace_of_tile(const models::Network& network, Session& session,
                            const EngineRequest& request) {
  LATENT_TRY(const Tensor probe, probe_tile(network, session.input_shape()));
  LATENT_TRY(Tensor answer, Tensor::create(session.output_shape()));
  return pace_of([&] { return run_within(session, probe.view(), answer.view(), request); });
}

/// open_proved_session() on the device of the request.
Result<ProvedSession> open_on_device(const models::Network& network, Size tile,
                                     const EngineRequest& request, const SessionFactory& factory) {
  ProcessorProof processor(network, request, factory);
  const auto open = [&](Precision precision) {
    EngineRequest settled = request;
    settled.precision = precision;
    settled.rest = processor.rest();
    Prover prover{network,
                  tile,
                  factory,
                  VerdictCache(request.cache_dir),
                  Judge(network, tile, settled, factory),
                  processor};
    return first_that_passes(
        settled, [&](const EngineRequest& step) { return prover.attempt(step); },
        [&] { return prover.judge_failed; });
  };
  if (!ProcessorProof::answers(request, network)) {
    const PluginPrecision known(request, network.sha256);
    auto proved = open(known.as_remembered().precision);
    if (proved) known.keep(proved->session->info());
    return proved;
  }
  LATENT_TRY(auto choice, processor.choose());
  auto proved = open(choice.precision);
  if (proved && choice.kept) {
    if (ProcessorProof::fits(*choice.kept, proved->session->info())) return proved;
    proved->session.reset();
    LATENT_TRY(choice, processor.choose_anew());
    proved = open(choice.precision);
  }
  if (!proved) return proved;
  processor.keep(proved->session->info());
  choice.notices.insert(choice.notices.end(), proved->notices.begin(), proved->notices.end());
  proved->notices = std::move(choice.notices);
  return proved;
}

/// Whether a tile is one of a photograph or of a small region: a device may be the faster for one of
/// them alone.
const char* size_words(Size tile) {
  constexpr std::int64_t kSmall = 1 << 18;
  return tile.area() < kSmall ? "small" : "large";
}

}  // namespace

Result<ProvedSession> open_proved_session(const models::Network& network, Size tile,
                                          const EngineRequest& request,
                                          const SessionFactory& factory) {
  if (!PluginChoice::answers(request)) return open_on_device(network, tile, request, factory);
  const PluginChoice choice(request, fmt::format("{}|{}", network.sha256, size_words(tile)));
  return fastest_of_plugins(
      choice,
      [&](const EngineRequest& step) { return open_on_device(network, tile, step, factory); },
      [&](Session& session) { return pace_of_tile(network, session, request); });
}

namespace {

/// 8-bit integers that were made on this computer have no golden answer: float32 is what they are
/// held to, on the tile that the network takes.
Result<ProofVerdict> check_local_int8(const models::Network& network, const EngineRequest& request,
                                      const SessionFactory& factory) {
  const int cells = network.spec.input.unshuffle;
  const TensorShape golden = network.golden_input.shape();
  const Size tile = network.only_tile.area() > 0
                        ? network.only_tile
                        : Size{golden.width * cells, golden.height * cells};
  LATENT_TRY(auto judge, factory(network, tile, judge_request(request)));
  LATENT_TRY(const Tensor probe, probe_tile(network, judge->input_shape()));
  LATENT_TRY(Tensor expected, Tensor::create(judge->output_shape()));
  LATENT_CHECK(run_within(*judge, probe.view(), expected.view(), request));
  LATENT_TRY(auto session, factory(network, tile, request));
  LATENT_TRY(Tensor found, Tensor::create(session->output_shape()));
  LATENT_CHECK(run_within(*session, probe.view(), found.view(), request));
  const double scale =
      network.golden_output.view().data == nullptr ? largest(expected.view()) : 1.0;
  return compare_in(network, Precision::Int8, std::as_const(found).view(),
                    std::as_const(expected).view(), scale);
}

}  // namespace

Result<ProofVerdict> check_golden(const models::Network& network, const EngineRequest& request,
                                  const SessionFactory& factory) {
  if (request.precision == Precision::Int8 && network.int8 &&
      network.int8->golden_output.view().data == nullptr) {
    return check_local_int8(network, request, factory);
  }
  const TensorShape shape = network.golden_input.shape();
  const int cells = network.spec.input.unshuffle;
  LATENT_TRY(auto session, factory(network, {shape.width * cells, shape.height * cells}, request));
  LATENT_TRY(Tensor found, Tensor::create(session->output_shape()));
  LATENT_CHECK(run_within(*session, network.golden_input.view(), found.view(), request));
  const Precision precision = session->info().precision;
  if (precision == Precision::Int8 && network.int8 && network.spec.int8) {
    return compare(std::as_const(found).view(), network.int8->golden_output.view(),
                   network.spec.int8->tolerance);
  }
  return compare_in(network, precision, std::as_const(found).view(), network.golden_output.view());
}

Status try_one_tile(const models::Network& network, Size tile, const EngineRequest& request,
                    const SessionFactory& factory) {
  LATENT_TRY(const auto session, factory(network, tile, request));
  LATENT_TRY(const Tensor probe, probe_tile(network, session->input_shape()));
  LATENT_TRY(Tensor answer, Tensor::create(session->output_shape()));
  LATENT_CHECK(run_within(*session, probe.view(), answer.view(), request));
  if (all_finite(std::as_const(answer).view())) return {};
  return fail(ErrorCode::ModelMismatch, "its answer holds numbers that are not finite");
}

}  // namespace latent::infer
