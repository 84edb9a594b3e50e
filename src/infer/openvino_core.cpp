// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/openvino_core.h"

#include <algorithm>
#include <new>
#include <openvino/openvino.hpp>
#include <sstream>

#include "base/log.h"
#include "base/path.h"
#include "base/processors.h"
#include "base/text.h"
#include "infer/openvino.h"

namespace latent::infer {
namespace {

std::string upper(std::string text) {
  for (char& letter : text) {
    letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return text;
}

ov::element::Type element_of(Precision precision) {
  if (precision == Precision::Bf16) return ov::element::bf16;
  return precision == Precision::F16 ? ov::element::f16 : ov::element::f32;
}

Result<Precision> choose_precision(Precision asked, const std::string& device,
                                   const std::vector<std::string>& found) {
  if (asked == Precision::Auto || asked == Precision::Best) {
    return openvino_automatic_precision(device, found);
  }
  const bool there =
      asked == Precision::F32 ||
      (asked == Precision::Int8 && openvino_can(found, ov::device::capability::INT8)) ||
      (asked == Precision::Bf16 && openvino_can(found, ov::device::capability::BF16)) ||
      (asked == Precision::F16 && openvino_can(found, ov::device::capability::FP16));
  if (there) return asked;
  return fail(ErrorCode::Unsupported, "the device '" + lower_case(device) + "' cannot compute in " +
                                          precision_name(asked) + "; use --precision auto or f32");
}

}  // namespace

/// The last line of an exception of OpenVINO says what happened; those before it say where.
std::string openvino_reason(const std::exception& error) {
  std::istringstream lines(error.what());
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return printable(last.substr(0, 300));
}

bool is_out_of_memory(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return true;
  return tells_of_memory(error.what());
}

std::vector<std::string> openvino_capabilities(ov::Core& core, const std::string& device) {
  const auto found = guarded(ErrorCode::Device, "capabilities",
                             [&] { return core.get_property(device, ov::device::capabilities); });
  return found ? *found : std::vector<std::string>{};
}

bool openvino_can(const std::vector<std::string>& found, const char* capability) {
  return std::ranges::count(found, capability) > 0;
}

Precision openvino_automatic_precision(const std::string& device,
                                       const std::vector<std::string>& found) {
  return device == "CPU" && openvino_can(found, ov::device::capability::BF16) ? Precision::Bf16
                                                                              : Precision::F32;
}

std::string openvino_version_of(ov::Core& core, const std::string& device) {
  std::string version = ov::get_openvino_version().buildNumber;
  if (device.starts_with("CPU")) return version;
  const auto driver = guarded(ErrorCode::Device, "driver", [&] {
    return core.get_property(device, "GPU_DRIVER_VERSION").as<std::string>();
  });
  return driver ? version + ", driver " + *driver : version;
}

std::string openvino_name_of(ov::Core& core, const std::string& device) {
  const auto name = guarded(ErrorCode::Device, "name",
                            [&] { return core.get_property(device, ov::device::full_name); });
  if (!name) return device;
  const std::size_t begin = name->find_first_not_of(' ');
  return begin == std::string::npos ? device : printable(name->substr(begin));
}

Result<OpenVinoDevice> choose_openvino_device(ov::Core& core, const EngineRequest& request) {
  if (!is_openvino_device(request.device)) {
    return fail(ErrorCode::NotFound, "OpenVINO knows the devices cpu, gpu, gpu.N and npu, not '" +
                                         printable(request.device) + "'");
  }
  OpenVinoDevice chosen;
  chosen.device = request.device == "auto" ? "CPU" : upper(request.device);
  LATENT_TRY(const auto devices, guarded(ErrorCode::Device, "OpenVINO cannot list devices",
                                         [&] { return core.get_available_devices(); }));
  const bool there = std::ranges::any_of(devices, [&](const std::string& device) {
    return device == chosen.device || device.starts_with(chosen.device + ".");
  });
  if (!there) {
    // The list leaves out what could not be loaded; asked by name, it says why.
    const auto why =
        guarded(ErrorCode::NotFound, "OpenVINO cannot use " + lower_case(chosen.device),
                [&] { return core.get_property(chosen.device, ov::device::full_name); });
    if (!why && why.error().code == ErrorCode::TooLarge) return tl::make_unexpected(why.error());
    return fail(ErrorCode::NotFound, "OpenVINO has no device '" + printable(request.device) +
                                         "' here; 'latent devices' lists what there is");
  }
  const auto found = openvino_capabilities(core, chosen.device);
  chosen.info.engine = EngineKind::OpenVino;
  LATENT_TRY(chosen.info.precision, choose_precision(request.precision, chosen.device, found));
  chosen.arithmetic = chosen.info.precision;
  if (chosen.arithmetic == Precision::Int8) {
    chosen.arithmetic = request.rest == Precision::F32
                            ? Precision::F32
                            : openvino_automatic_precision(chosen.device, found);
  }
  chosen.info.device = lower_case(chosen.device);
  chosen.info.device_name = openvino_name_of(core, chosen.device);
  chosen.info.engine_version = openvino_version_of(core, chosen.device);
  chosen.threads = request.threads;
  chosen.streams = std::max(1, request.streams);
  return chosen;
}

Result<std::shared_ptr<ov::Model>> read_openvino_model(ov::Core& core, const std::string& onnx) {
  auto model = guarded(ErrorCode::ModelMismatch, "OpenVINO cannot read the network",
                       [&] { return core.read_model(onnx, ov::Tensor()); });
  if (model || model.error().code != ErrorCode::ModelMismatch) return model;
  log_info(model.error().sentence);
  // The graph was judged before, so it is ONNX: what reads ONNX could not be loaded.
  if (model.error().sentence.find("Unable to read the model") != std::string::npos) {
    return out_of_memory("OpenVINO cannot load its ONNX reader");
  }
  return fail(
      ErrorCode::ModelMismatch,
      "the network cannot be read by OpenVINO: an operator of it, its version or its values "
      "are none that OpenVINO knows; --engine onnxruntime may take it");
}

Result<ov::Core> make_openvino_core() {
  return guarded(ErrorCode::Device, "OpenVINO cannot be started", [] { return ov::Core(); });
}

ov::AnyMap OpenVinoDevice::config() const {
  ov::AnyMap config{ov::hint::inference_precision(element_of(arithmetic))};
  if (device != "CPU") return config;
  config.insert(ov::num_streams(ov::streams::Num(streams)));
  config.insert(ov::hint::enable_cpu_pinning(false));
  if (const int most = threads_within_quota(threads); most > 0) {
    config.insert(ov::inference_num_threads(most));
  }
  return config;
}

}  // namespace latent::infer
