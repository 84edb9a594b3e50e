// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/processor_proof.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "infer/deadline.h"
#include "infer/proof_steps.h"
#include "infer/strip.h"

namespace latent::infer {
namespace {

using Clock = std::chrono::steady_clock;

/// Side of the tile of a proof: large enough that its pace is that of large tiles within a tenth or
/// two, small enough to be done in a fraction of a second (bench/infer/README.md).
constexpr int kProofSide = 128;
/// Of its pace, by which 8-bit integers must be faster than what loses nothing.
constexpr double kWorthwhile = 0.9;
/// Rule 2 of docs/architecture.md: one step of 8 bits at worst, 0.05 of it RMS.
constexpr double kMostByTile = 1.0 / 255;
constexpr double kMostRmsByTile = 0.05 / 255;
/// Side of what two tiles are compared over.
constexpr int kComparedSide = 144;

/// What limits the instructions of the processor for tests: another limit is another processor.
std::string instruction_limit() {
  const char* limit = std::getenv("ONEDNN_MAX_CPU_ISA");  // NOLINT(concurrency-mt-unsafe)
  return limit == nullptr ? std::string() : std::string(limit);
}

std::string key_of(const SessionInfo& info, Precision rest, const std::string& file_sha256) {
  const bool plain = info.precision == Precision::Int8 && rest == Precision::F32;
  return fmt::format("processor|{}|{}|{}|{}|{}|{}{}|{}", engine_name(info.engine), info.device,
                     info.device_name, info.engine_version, instruction_limit(),
                     precision_name(info.precision), plain ? " and f32" : "", file_sha256);
}

bool is_on_processor(const std::string& device) { return device == "auto" || device == "cpu"; }

}  // namespace

ProcessorProof::ProcessorProof(const models::Network& network, const EngineRequest& request,
                               const SessionFactory& factory)
    : network_(network), request_(request), factory_(factory), cache_(request.cache_dir) {
  tile_ = proof_tile(network);
  request_.device = "cpu";
  request_.cache_dir.clear();  // the small tile is not compiled again
}

Size proof_tile(const models::Network& network) {
  if (network.only_tile.area() > 0) return network.only_tile;
  const int side = round_up(kProofSide, std::max(1, network.spec.stride_px));
  return {side, side};
}

bool ProcessorProof::answers(const EngineRequest& request, const models::Network& network) {
  const bool asked = request.precision == Precision::Auto || request.precision == Precision::Best ||
                     (request.precision == Precision::Int8 && network.int8 && network.spec.int8);
  return asked && is_on_processor(request.device) && network.is_judged_apart();
}

double ProcessorProof::per_megapixel(double seconds) const {
  return seconds / static_cast<double>(tile_.area()) * 1e6;
}

ProcessorProof::Opened ProcessorProof::open(Precision precision) {
  EngineRequest request = request_;
  request.precision = precision;
  return factory_(network_, tile_, request);
}

Result<ProcessorProof::Measured> ProcessorProof::measure(Precision precision) {
  const EngineRequest& request = request_;
  LATENT_TRY(const auto session, open(precision));
  LATENT_TRY(const Tensor probe, probe_tile(network_, session->input_shape()));
  Measured measured;
  measured.info = session->info();
  LATENT_TRY(measured.answer, Tensor::create(session->output_shape()));
  // The first run pays for what an engine puts off.
  for (int run = 0; run < 2; ++run) {
    const auto begin = Clock::now();
    LATENT_CHECK(run_within(*session, probe.view(), measured.answer.view(), request));
    const double took = std::chrono::duration<double>(Clock::now() - begin).count();
    measured.seconds = run == 0 ? took : std::min(measured.seconds, took);
  }
  return measured;
}

Status ProcessorProof::find_reference() {
  if (reference_) return {};
  LATENT_TRY(Measured found, measure(Precision::F32));
  if (!all_finite(std::as_const(found.answer).view())) {
    return fail(ErrorCode::Device,
                "the network gives numbers that are not finite even in float32 on the processor");
  }
  ProofVerdict verdict;
  verdict.passed = verdict.measured = true;
  verdict.seconds_per_megapixel = per_megapixel(found.seconds);
  cache_.store(key_of(found.info, request_.rest, network_.sha256), verdict);
  reference_ = std::move(found);
  return {};
}

/// Errors   of the reference; Unsupported where the precision is not there.
Result<ProofVerdict> ProcessorProof::examine(Precision precision) {
  if (const auto known = examined_.find(precision); known != examined_.end()) return known->second;
  LATENT_TRY(const NetworkFile file, file_for(network_, precision));
  auto found = measure(precision);
  if (!found) {
    if (found.error().code != ErrorCode::Device) return tl::make_unexpected(found.error());
    return refused_verdict(std::move(found).error().sentence);
  }
  LATENT_CHECK(find_reference());
  const ConstTensorView expected = std::as_const(reference_->answer).view();
  // Where the package says nothing of its answer's size, tolerances are shares of it.
  const bool has_size = network_.golden_output.view().data != nullptr;
  auto verdict = compare_in(network_, precision, std::as_const(found->answer).view(), expected,
                            has_size ? 1.0 : largest(expected));
  verdict.seconds_per_megapixel = per_megapixel(found->seconds);
  if (verdict.passed && precision == Precision::Int8 && network_.only_tile.area() == 0) {
    LATENT_TRY(verdict.problem, fault_of_tiles());
    verdict.passed = verdict.problem.empty();
  }
  cache_.store(key_of(found->info, request_.rest, file.sha256), verdict);
  examined_.insert_or_assign(precision, verdict);
  return verdict;
}

Result<Tensor> ProcessorProof::answer_of(Size tile) const {
  EngineRequest request = request_;
  request.precision = Precision::Int8;
  LATENT_TRY(const auto session, factory_(network_, tile, request));
  LATENT_TRY(const Tensor probe, probe_tile(network_, session->input_shape()));
  LATENT_TRY(Tensor answer, Tensor::create(session->output_shape()));
  LATENT_CHECK(run_within(*session, probe.view(), answer.view(), request));
  return answer;
}

Result<std::string> ProcessorProof::fault_of_tiles() const {
  // The probe repeats itself, so one period further into the larger tile stands what the smaller
  // one begins with. Both are of whole periods and strides.
  const models::NetworkSpec& spec = network_.spec;
  const TensorShape golden = network_.golden_input.shape();
  const int cells = spec.input.unshuffle;
  const Size period{round_up(golden.width * cells, spec.stride_px),
                    round_up(golden.height * cells, spec.stride_px)};
  if (period != Size{golden.width * cells, golden.height * cells}) return std::string();
  // Beyond the reach as results use it: what is left of the border changes float32 by a fraction of a
  // step, and rounding may make more of that.
  const int inside = spec.reach_px;
  const int side = round_up(2 * inside + kComparedSide, spec.stride_px);
  // One after the other: engines that compile at the same time while memory runs out may wait for
  // each other for ever (tests/program/test_memory_limits.py).
  LATENT_TRY(const Tensor small, answer_of({side, side}));
  LATENT_TRY(const Tensor large, answer_of({side + period.width, side + period.height}));
  const int out = spec.output.unshuffle;
  const int reach = (inside * spec.scale + out - 1) / out;
  const TensorShape shape = small.shape();
  const ConstTensorView a = small.view();
  const ConstTensorView b = large.view();
  double worst = 0;
  double squares = 0;
  double count = 0;
  for (int channel = 0; channel < shape.channels; ++channel) {
    for (int y = reach; y < shape.height - reach; ++y) {
      const int there =
          (y + period.height * spec.scale / out) * b.shape.width + period.width * spec.scale / out;
      for (int x = reach; x < shape.width - reach; ++x) {
        const double apart =
            double{a.plane(channel)[static_cast<std::size_t>(y * shape.width + x)]} -
            double{b.plane(channel)[static_cast<std::size_t>(there + x)]};
        worst = std::max(worst, std::abs(apart));
        squares += apart * apart;
        ++count;
      }
    }
  }
  const double rms = count > 0 ? std::sqrt(squares / count) : 0;
  if (worst <= kMostByTile && rms < kMostRmsByTile) return std::string();
  return fmt::format("the answer depends on the size of the tile by {:.2g} (RMS {:.2g})", worst,
                     rms);
}

Result<ProofVerdict> ProcessorProof::verdict_of(const SessionInfo& info) {
  LATENT_TRY(const NetworkFile file, file_for(network_, info.precision));
  const bool measured_now = examined_.contains(info.precision);
  if (!request_.anew && !measured_now) {
    if (auto known = cache_.find(key_of(info, request_.rest, file.sha256)))
      return *std::move(known);
  }
  return examine(info.precision);
}

std::vector<Precision> ProcessorProof::candidates() const {
  std::vector<Precision> found;
  if (!network_.gives_whole_picture) found.push_back(Precision::Bf16);
  const bool loses_little = network_.int8.has_value() && network_.spec.int8 &&
                            network_.spec.int8->loss_db <= request_.most_loss_db;
  if (request_.precision == Precision::Auto && loses_little) found.push_back(Precision::Int8);
  return found;
}

std::string ProcessorProof::choice_key() const {
  return fmt::format("{}|{}|{}|{}|{}|{}", engine_name(request_.engine),
                     precision_name(request_.precision), request_.most_loss_db, instruction_limit(),
                     network_.sha256, network_.int8 ? network_.int8->sha256 : std::string());
}

Result<ProcessorProof::Choice> ProcessorProof::choose() {
  if (!request_.anew) {
    if (auto kept = cache_.find_choice(choice_key())) {
      request_.rest = kept->rest;
      return Choice{kept->precision, std::move(kept), {}};
    }
  }
  return choose_anew();
}

Result<ProcessorProof::Choice> ProcessorProof::choose_anew() {
  Choice choice;
  request_.rest = Precision::Auto;
  double exact = 0;  // pace of the fastest that loses nothing
  std::optional<double> rounded;
  const std::vector<Precision> asked = candidates();
  for (const Precision precision : asked) {
    const auto verdict = examine(precision);
    if (!verdict) {
      if (verdict.error().code == ErrorCode::Unsupported) continue;
      // A second file that no engine can read is no reason not to use the first.
      if (precision != Precision::Int8 || verdict.error().code != ErrorCode::ModelMismatch) {
        return tl::make_unexpected(verdict.error());
      }
      choice.notices.push_back("the network in 8-bit integers is not used: " +
                               verdict.error().sentence);
      continue;
    }
    if (!verdict->passed) {
      choice.notices.push_back(std::string(precision_name(precision)) +
                               " on the processor is not used: " + verdict->problem);
    } else if (precision == Precision::Int8) {
      rounded = verdict->seconds_per_megapixel;
    } else {
      exact = verdict->seconds_per_megapixel;
      choice.precision = precision;
    }
    // Some processors multiply bf16 at half the pace of float32.
    const bool slow =
        !verdict->passed || (reference_ && per_megapixel(reference_->seconds) <= exact);
    if (precision == Precision::Bf16 && slow) request_.rest = Precision::F32;
  }
  if (request_.precision == Precision::Int8) choice.precision = Precision::Int8;
  if (!reference_ || request_.precision == Precision::Int8) return choice;
  const double plain = per_megapixel(reference_->seconds);
  if (choice.precision == Precision::F32 || plain <= exact) {
    choice.precision = Precision::F32;
    exact = plain;
  }
  if (rounded && *rounded < kWorthwhile * exact) choice.precision = Precision::Int8;
  return choice;
}

void ProcessorProof::keep(const SessionInfo& chosen) {
  cache_.store_choice(choice_key(),
                      {chosen.precision, chosen.device_name, chosen.engine_version, request_.rest});
}

bool ProcessorProof::fits(const PrecisionChoice& kept, const SessionInfo& info) {
  return kept.precision == info.precision && kept.device_name == info.device_name &&
         kept.engine_version == info.engine_version;
}

std::optional<ProofVerdict> known_verdict(const models::Network& network, const DeviceFacts& device,
                                          Precision precision,
                                          const std::filesystem::path& cache_dir) {
  const auto file = file_for(network, precision);
  if (!file || !is_on_processor(device.device)) return std::nullopt;
  SessionInfo info;
  info.engine = device.engine;
  info.precision = precision;
  info.device = device.device;
  info.device_name = device.name;
  info.engine_version = device.driver;
  const VerdictCache cache(cache_dir);
  const auto found = cache.find(key_of(info, Precision::F32, file->sha256));
  return found ? found : cache.find(key_of(info, Precision::Auto, file->sha256));
}

}  // namespace latent::infer
