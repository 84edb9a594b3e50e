// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/tensor_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "base/path.h"
#include "infer/deadline.h"
#include "infer/hosted/hosted.h"
#include "infer/plugin_choice.h"
#include "infer/proof_steps.h"
#include "infer/verdict_cache.h"

namespace latent::infer {
namespace {

/// Of the right answer, in RMS: as for tiles.
constexpr double kMostRelativeError = 0.1;
/// Below this there is no answer to be relative to.
constexpr double kSilence = 1e-6;

bool all_finite(const std::vector<float>& values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

bool all_finite(const std::vector<NamedTensor>& tensors) {
  return std::ranges::all_of(tensors,
                             [](const NamedTensor& tensor) { return all_finite(tensor.values); });
}

Result<std::string> key_of(const SessionInfo& info, const OnnxSource& source,
                           const std::map<std::string, std::int64_t>& sizes,
                           const TensorProbe& probe) {
  std::string graph;
  if (source.bytes.empty()) {
    LATENT_TRY(graph, sha256_file(source.file));
  } else {
    graph = sha256_hex(source.bytes);
  }
  std::string key = fmt::format("tensors|{}|{}|{}|{}|{}|{}|{}", engine_name(info.engine),
                                info.device, info.device_name, info.engine_version,
                                precision_name(info.precision), graph, info.compiled_sha256);
  for (const auto& [name, size] : sizes) key += fmt::format("|{}={}", printable(name), size);
  for (const NamedTensor& input : probe.inputs) {
    key += fmt::format("|{}[{}]", printable(input.name), fmt::join(input.dims, ","));
  }
  return key + optimization_words(info, source.optimization);
}

/// Adds one output's differences to the verdict of all.
void compare_into(ProofVerdict& verdict, const NamedTensor& found, const NamedTensor& expected,
                  double tolerance) {
  double largest = 0;
  double worst = 0;
  double squares = 0;
  double squares_expected = 0;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const double right = expected.values[i];
    const double difference = double{found.values[i]} - right;
    largest = std::max(largest, std::abs(right));
    worst = std::max(worst, std::abs(difference));
    squares += difference * difference;
    squares_expected += right * right;
  }
  const double count = std::max<double>(1, static_cast<double>(expected.values.size()));
  const double rms = std::sqrt(squares / count);
  const double rms_expected = std::sqrt(squares_expected / count);
  verdict.worst = std::max(verdict.worst, worst);
  verdict.rms = std::max(verdict.rms, rms);
  verdict.rms_expected = std::max(verdict.rms_expected, rms_expected);
  if (!verdict.problem.empty()) return;
  const double allowed = tolerance * std::max(largest, kSilence);
  if (!(worst <= allowed)) {
    verdict.problem = fmt::format("its answer '{}' is wrong by {:.2g} where {:.2g} is allowed",
                                  printable(expected.name), worst, allowed);
  } else if (rms_expected > kSilence && !(rms <= kMostRelativeError * rms_expected)) {
    verdict.problem = fmt::format("its answer '{}' is wrong by {:.0f} % of what it should be",
                                  printable(expected.name), 100 * rms / rms_expected);
  }
}

/// What opens and judges the sessions of one open_proved_tensor_session().
class Prover {
 public:
  Prover(const OnnxSource& source, const EngineRequest& request,
         const std::map<std::string, std::int64_t>& sizes, const TensorProbe& probe,
         const TensorSessionFactory& factory)
      : source_(source),
        request_(request),
        sizes_(sizes),
        probe_(probe),
        factory_(factory),
        cache_(request.cache_dir) {}

  /// Whether the judge itself failed, so that no device can be judged.
  [[nodiscard]] bool judge_failed() const { return judge_failed_; }

  Result<ProvedTensorSession> attempt(const EngineRequest& step) {
    ProvedTensorSession tried;
    LATENT_TRY(tried.session, factory_(source_, step, sizes_));
    if (is_judge(tried.session->info())) {
      tried.verdict.passed = true;
      return tried;
    }
    LATENT_TRY(const std::string key, key_of(tried.session->info(), source_, sizes_, probe_));
    if (auto known = step.anew ? std::nullopt : cache_.find(key)) {
      tried.verdict = *std::move(known);
      tried.verdict.cached = true;
      return tried;
    }
    LATENT_TRY(tried.verdict, examine(*tried.session));
    // A device that gave no answer at all may do better when its memory is free again.
    if (tried.verdict.measured) cache_.store(key, tried.verdict);
    return tried;
  }

 private:
  Result<ProofVerdict> examine(TensorSession& session) {
    LATENT_CHECK(prepare());
    auto found = run_within(session, probe_.inputs, request_);
    if (!found) {
      if (found.error().code == ErrorCode::Device) return refused_verdict(found.error().sentence);
      return tl::make_unexpected(std::move(found).error());
    }
    const bool exact = session.info().precision == Precision::F32;
    return compare(*found, *expected_, exact ? probe_.tolerance_f32 : probe_.tolerance_low);
  }

  /// The right answer, computed once however many are judged by it.
  Status prepare() {
    if (expected_) return {};
    judge_failed_ = true;
    LATENT_TRY(const auto judge, factory_(source_, judge_request(request_), sizes_));
    LATENT_TRY(auto answer, run_within(*judge, probe_.inputs, request_));
    if (!all_finite(answer)) {
      return fail(ErrorCode::Device,
                  "the network gives numbers that are not finite even in float32 on the processor");
    }
    judge_failed_ = false;
    expected_ = std::move(answer);
    return {};
  }

  const OnnxSource& source_;
  const EngineRequest& request_;
  const std::map<std::string, std::int64_t>& sizes_;
  const TensorProbe& probe_;
  const TensorSessionFactory& factory_;
  VerdictCache cache_;
  std::optional<std::vector<NamedTensor>> expected_;
  bool judge_failed_ = false;
};

}  // namespace

ProofVerdict compare(const std::vector<NamedTensor>& found,
                     const std::vector<NamedTensor>& expected, double tolerance) {
  ProofVerdict verdict;
  verdict.measured = true;
  for (const NamedTensor& right : expected) {
    const auto answer = std::ranges::find(found, right.name, &NamedTensor::name);
    if (answer == found.end() || answer->dims != right.dims ||
        answer->values.size() != right.values.size()) {
      verdict.problem = "its answer '" + printable(right.name) + "' has another shape";
      return verdict;
    }
    if (!all_finite(answer->values)) {
      verdict.problem = "its answer '" + printable(right.name) + "' holds numbers not finite";
      return verdict;
    }
    compare_into(verdict, *answer, right, tolerance);
  }
  verdict.passed = verdict.problem.empty();
  return verdict;
}

namespace {

/// open_proved_tensor_session() on the device of the request.
Result<ProvedTensorSession> open_on_device(const OnnxSource& source, const EngineRequest& request,
                                           const std::map<std::string, std::int64_t>& sizes,
                                           const TensorProbe& probe,
                                           const TensorSessionFactory& factory,
                                           const std::string& subject) {
  Prover prover(source, request, sizes, probe, factory);
  const PluginPrecision known(request, subject);
  auto proved = first_that_passes(
      known.as_remembered(), [&](const EngineRequest& step) { return prover.attempt(step); },
      [&] { return prover.judge_failed(); });
  if (proved) known.keep(proved->session->info());
  return proved;
}

}  // namespace

Result<ProvedTensorSession> open_proved_tensor_session(
    const OnnxSource& source, const EngineRequest& request,
    const std::map<std::string, std::int64_t>& sizes, const TensorProbe& probe,
    const TensorSessionFactory& factory) {
  const bool may_choose = PluginChoice::answers(request);
  std::string subject;  // of use only where a plug-in may be
  if (may_choose || asks_for_plugin(request)) {
    LATENT_TRY(subject, key_of({}, source, sizes, probe));
  }
  const auto open = [&](const EngineRequest& step) {
    return open_on_device(source, step, sizes, probe, factory, subject);
  };
  if (!may_choose) return open(request);
  return fastest_of_plugins(PluginChoice(request, subject), open, [&](TensorSession& session) {
    return pace_of([&]() -> Status {
      LATENT_CHECK(run_within(session, probe.inputs, request));
      return {};
    });
  });
}

}  // namespace latent::infer
