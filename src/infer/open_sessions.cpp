// SPDX-License-Identifier: GPL-3.0-or-later
// Which engine opens what was asked for.
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "base/limits.h"
#include "base/path.h"
#include "infer/engine.h"
#include "infer/hosted/hosted.h"
#include "infer/onnx_operators.h"
#include "infer/onnxruntime.h"
#include "infer/openvino.h"
#include "infer/tensor_ports.h"
#include "infer/tensor_session.h"

namespace latent::infer {
namespace {

/// OpenVINO runs the processor and Intel's devices; what it has no word for is ONNX Runtime's.
EngineKind engine_for(const EngineRequest& request) {
  if (request.engine != EngineKind::Auto) return request.engine;
  return is_openvino_device(request.device) ? EngineKind::OpenVino : EngineKind::OnnxRuntime;
}

Result<std::vector<std::byte>> bytes_of_file(const std::filesystem::path& file) {
  std::error_code problem;
  const auto size = std::filesystem::file_size(file, problem);
  if (problem) {
    return fail(ErrorCode::NotFound, file, quoted(file) + " cannot be read: " + problem.message());
  }
  if (size > Limits{}.max_package_bytes) {
    return fail(ErrorCode::TooLarge, file, quoted(file) + " is larger than any network may be");
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  std::ifstream stream(file, std::ios::binary);
  stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!stream) return fail(ErrorCode::Io, file, quoted(file) + " cannot be read");
  return bytes;
}

/// The source with its bytes in memory, judged: what an engine gets was looked at before.
Result<OnnxSource> judged(const OnnxSource& source) {
  OnnxSource whole = source;
  if (whole.bytes.empty()) {
    LATENT_TRY(whole.bytes, bytes_of_file(source.file));
  }
  auto fine = check_graph(whole.bytes);
  if (fine) return whole;
  Error error = std::move(fine).error();
  if (source.bytes.empty()) {
    error.sentence = quoted(source.file) + ": " + error.sentence;
    error.subject = source.file;
  }
  return tl::make_unexpected(std::move(error));
}

Result<GraphPorts> ports_of(const OnnxSource& source) {
  auto ports = read_graph_ports(source.bytes);
  if (ports) return ports;
  return fail(ErrorCode::ModelMismatch, "the network " + ports.error().sentence);
}

Status check_threads(const EngineRequest& request) {
  if (request.threads >= 0 && request.threads <= 1024 && request.streams >= 0) return {};
  return fail(ErrorCode::Usage, "the number of threads must be from 0 (all) to 1024");
}

}  // namespace

bool asks_for_plugin(const EngineRequest& request) {
  return request.engine != EngineKind::OpenVino && !is_openvino_device(request.device) &&
         !find_ort_plugins(request).empty();
}

Result<std::unique_ptr<Session>> create_session(const models::Network& network, Size tile,
                                                const EngineRequest& request) {
  LATENT_CHECK(check_threads(request));
  LATENT_TRY(const NetworkFile file, file_for(network, request.precision));
  LATENT_CHECK(check_graph(file.onnx));
  auto session = [&]() -> Result<std::unique_ptr<Session>> {
    if (engine_for(request) == EngineKind::OpenVino) {
      return create_openvino_session(network, tile, request);
    }
    LATENT_TRY(auto host, host_of(request));
    if (host) return create_hosted_session(network, tile, request, *std::move(host));
    return create_onnxruntime_session(network, tile, request);
  }();
  if (session) return session;
  return tl::make_unexpected(explained(std::move(session).error(), file.onnx));
}

Result<std::unique_ptr<TensorSession>> open_tensor_session(
    const OnnxSource& source, const EngineRequest& request,
    const std::map<std::string, std::int64_t>& sizes) {
  LATENT_CHECK(check_threads(request));
  if (request.precision == Precision::Int8) {
    return fail(ErrorCode::Unsupported,
                "this network has no file in 8-bit integers; use --precision auto");
  }
  for (const auto& [name, size] : sizes) {
    if (size < 1) {
      return fail(ErrorCode::Usage, "the size of '" + printable(name) + "' must be at least 1");
    }
  }
  LATENT_TRY(const OnnxSource whole, judged(source));
  LATENT_TRY(GraphPorts ports, ports_of(whole));
  fix_sizes(ports, sizes);
  auto session = [&]() -> Result<std::unique_ptr<TensorSession>> {
    if (engine_for(request) == EngineKind::OpenVino) {
      return open_openvino_tensors(whole, request, std::move(ports), sizes);
    }
    LATENT_TRY(auto host, host_of(request));
    if (host) return open_hosted_tensors(whole, request, std::move(ports), sizes, *std::move(host));
    return open_onnxruntime_tensors(whole, request, std::move(ports), sizes);
  }();
  if (session) return session;
  return tl::make_unexpected(explained(std::move(session).error(), whole.bytes));
}

}  // namespace latent::infer
