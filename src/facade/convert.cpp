// SPDX-License-Identifier: GPL-3.0-or-later
#include "facade/convert.h"

#include "app/standard_paths.h"

namespace latent::facade {

v0::Failure failure_of(const Error& error) {
  // Both lists have the same words; no default, so that the compiler misses a new one.
  const auto code = [&] {
    using Code = v0::Failure::Code;
    switch (error.code) {
      case ErrorCode::Cancelled:
        return Code::Cancelled;
      case ErrorCode::Usage:
        return Code::Usage;
      case ErrorCode::NotFound:
        return Code::NotFound;
      case ErrorCode::Unsupported:
        return Code::Unsupported;
      case ErrorCode::Corrupt:
        return Code::Corrupt;
      case ErrorCode::TooLarge:
        return Code::TooLarge;
      case ErrorCode::ModelMismatch:
        return Code::ModelMismatch;
      case ErrorCode::Device:
        return Code::Device;
      case ErrorCode::Io:
        return Code::Io;
      case ErrorCode::Internal:
        break;
    }
    return Code::Internal;
  }();
  return {code, error.sentence, error.subject};
}

Result<Limits> limits_of(const v0::Limits& asked) {
  Limits limits;
  if (asked.megapixels < 1 || asked.megapixels > kMostMegapixels || asked.memory_megabytes < 0 ||
      asked.memory_megabytes > static_cast<std::int64_t>(kMostMemoryMegabytes) ||
      asked.metadata_megabytes < 1 ||
      asked.metadata_megabytes > static_cast<std::int64_t>(kMostMetadataMegabytes)) {
    return fail(ErrorCode::Usage,
                "megapixels must be 1 to 100000, metadata_megabytes 1 to 1000, and "
                "memory_megabytes 0 (no limit) or 16 to 10000000");
  }
  limits.max_pixels = asked.megapixels * static_cast<std::int64_t>(kMegabyte);
  limits.max_side_px = asked.side;
  limits.max_memory_bytes = static_cast<std::size_t>(asked.memory_megabytes) * kMegabyte;
  limits.max_metadata_bytes = static_cast<std::size_t>(asked.metadata_megabytes) * kMegabyte;
  LATENT_CHECK(check_limits(limits));
  return limits;
}

v0::EngineKind kind_of(infer::EngineKind kind) {
  switch (kind) {
    case infer::EngineKind::OpenVino:
      return v0::EngineKind::OpenVino;
    case infer::EngineKind::OnnxRuntime:
      return v0::EngineKind::OnnxRuntime;
    case infer::EngineKind::Auto:
      break;
  }
  return v0::EngineKind::Auto;
}

v0::Precision precision_of(infer::Precision precision) {
  switch (precision) {
    case infer::Precision::F32:
      return v0::Precision::F32;
    case infer::Precision::Bf16:
      return v0::Precision::Bf16;
    case infer::Precision::F16:
      return v0::Precision::F16;
    case infer::Precision::Int8:
      return v0::Precision::Int8;
    case infer::Precision::Best:
      return v0::Precision::Best;
    case infer::Precision::Auto:
      break;
  }
  return v0::Precision::Auto;
}

v0::FileResult result_of(const app::TaskAnswer& answer) {
  const tasks::TaskReport& told = answer.common;
  v0::FileResult result;
  result.state = v0::FileResult::State::Done;
  result.output = told.output;
  result.width = told.result.width;
  result.height = told.result.height;
  result.network_ran = told.network_ran;
  if (told.network_ran) {
    result.engine = infer::engine_name(told.session.engine);
    result.device = told.session.device;
    result.precision = infer::precision_name(told.session.precision);
  }
  result.seconds = told.seconds.total;
  result.notices = told.notices;
  result.facts = answer.facts;
  return result;
}

v0::ModelInfo info_of(const app::ModelEntry& entry) {
  const models::TrustFacts& trust = entry.facts.trust;
  v0::ModelInfo info;
  info.id = entry.id;
  info.name = entry.facts.name;
  info.task = entry.facts.task;
  info.version = entry.facts.version;
  info.description = entry.facts.description;
  info.path = entry.path;
  info.enabled = entry.enabled;
  info.built_in = entry.built_in;
  info.licences = {trust.weights_licence, trust.data_licence, trust.data, trust.mof, trust.osaid};
  info.objections = entry.objections;
  info.problem = entry.facts.problem;
  return info;
}

v0::SensorNoise noise_of(const NoiseModel& noise) { return {noise.a, noise.b}; }

}  // namespace latent::facade

namespace latent::v0 {

const char* name(Failure::Code code) {
  switch (code) {
    case Failure::Code::Cancelled:
      return error_code_name(ErrorCode::Cancelled);
    case Failure::Code::Usage:
      return error_code_name(ErrorCode::Usage);
    case Failure::Code::NotFound:
      return error_code_name(ErrorCode::NotFound);
    case Failure::Code::Unsupported:
      return error_code_name(ErrorCode::Unsupported);
    case Failure::Code::Corrupt:
      return error_code_name(ErrorCode::Corrupt);
    case Failure::Code::TooLarge:
      return error_code_name(ErrorCode::TooLarge);
    case Failure::Code::ModelMismatch:
      return error_code_name(ErrorCode::ModelMismatch);
    case Failure::Code::Device:
      return error_code_name(ErrorCode::Device);
    case Failure::Code::Io:
      return error_code_name(ErrorCode::Io);
    case Failure::Code::Internal:
      break;
  }
  return error_code_name(ErrorCode::Internal);
}

const char* name(EngineKind kind) {
  switch (kind) {
    case EngineKind::OpenVino:
      return infer::engine_name(infer::EngineKind::OpenVino);
    case EngineKind::OnnxRuntime:
      return infer::engine_name(infer::EngineKind::OnnxRuntime);
    case EngineKind::Auto:
      break;
  }
  return infer::engine_name(infer::EngineKind::Auto);
}

const char* name(Precision precision) {
  switch (precision) {
    case Precision::F32:
      return infer::precision_name(infer::Precision::F32);
    case Precision::Bf16:
      return infer::precision_name(infer::Precision::Bf16);
    case Precision::F16:
      return infer::precision_name(infer::Precision::F16);
    case Precision::Int8:
      return infer::precision_name(infer::Precision::Int8);
    case Precision::Best:
      return infer::precision_name(infer::Precision::Best);
    case Precision::Auto:
      break;
  }
  return infer::precision_name(infer::Precision::Auto);
}

std::string version() { return LATENT_VERSION; }

}  // namespace latent::v0
