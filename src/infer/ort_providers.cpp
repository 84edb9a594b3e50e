// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/ort_providers.h"

#include <onnxruntime_c_api.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "base/path.h"
#include "infer/memory.h"

namespace latent::infer {
namespace {

constexpr std::array kProviders{OrtProvider{"cpu", "CPUExecutionProvider", ""},
                                OrtProvider{"cuda", "CUDAExecutionProvider", "CUDA"},
                                OrtProvider{"migraphx", "MIGraphXExecutionProvider", "MIGraphX"},
                                OrtProvider{"coreml", "CoreMLExecutionProvider", "CoreML"},
                                OrtProvider{"directml", "DmlExecutionProvider", "DML"},
                                OrtProvider{"openvino", "OpenVINOExecutionProvider", "OpenVINO"}};

std::vector<std::string> available_providers(const OrtApi& api) {
  std::vector<std::string> names;
  char** list = nullptr;
  int count = 0;
  if (!ort_check(api, api.GetAvailableProviders(&list, &count), "providers")) return names;
  for (int i = 0; i < count; ++i) names.emplace_back(list[i]);
  (void)ort_check(api, api.ReleaseAvailableProviders(list, count), "providers");
  return names;
}

Status append_cuda(const OrtApi& api, OrtSessionOptions* options, int index) {
  OrtHandle<OrtCUDAProviderOptionsV2> cuda(api.ReleaseCUDAProviderOptions);
  LATENT_CHECK(ort_check(api, api.CreateCUDAProviderOptions(cuda.put()), "CUDA cannot be set up"));
  const std::string id = std::to_string(index);
  // TensorFloat-32 has ten bits of mantissa: not what is meant by f32.
  const std::array keys{"device_id", "use_tf32", "cudnn_conv_algo_search"};
  const std::array values{id.c_str(), "0", "HEURISTIC"};
  LATENT_CHECK(ort_check(
      api, api.UpdateCUDAProviderOptions(cuda.get(), keys.data(), values.data(), keys.size()),
      "CUDA cannot be set up"));
  return ort_check(api, api.SessionOptionsAppendExecutionProvider_CUDA_V2(options, cuda.get()),
                   "CUDA cannot be started");
}

}  // namespace

Status ort_check(const OrtApi& api, OrtStatus* status, const char* what, ErrorCode code) {
  if (status == nullptr) return {};
  const std::string message =
      printable(std::string_view(api.GetErrorMessage(status)).substr(0, 300));
  api.ReleaseStatus(status);
  if (tells_of_memory(message)) return out_of_memory(what);
  return fail(code, std::string(what) + ": " + message);
}

std::vector<const OrtProvider*> ort_providers(const OrtApi& api) {
  const auto available = available_providers(api);
  std::vector<const OrtProvider*> providers;
  for (const OrtProvider& provider : kProviders) {
    if (std::ranges::count(available, provider.available) > 0) providers.push_back(&provider);
  }
  return providers;
}

Result<OrtDevice> ort_device(const OrtApi& api, const std::string& word) {
  const std::string name = word == "auto" ? "cpu" : word.substr(0, word.find('.'));
  OrtDevice device;
  for (const OrtProvider* provider : ort_providers(api)) {
    if (name == provider->word) device.provider = provider;
  }
  if (const std::size_t dot = word.find('.'); dot != std::string::npos) {
    const char* end = word.data() + word.size();
    const auto read = std::from_chars(word.data() + dot + 1, end, device.index);
    if (read.ec != std::errc{} || read.ptr != end || device.index < 0) device.provider = nullptr;
  }
  if (device.provider == nullptr || (device.index > 0 && name == "cpu")) {
    return fail(ErrorCode::NotFound,
                "the loaded ONNX Runtime has no device '" + printable(word) +
                    "'; 'latent devices' lists what there is, ort_library names another library");
  }
  return device;
}

bool is_ort_device(std::string_view word) {
  return std::ranges::any_of(kProviders, [&](const OrtProvider& known) {
    return word.substr(0, word.find('.')) == known.word;
  });
}

Status forbid_fallback(const OrtApi& api, OrtSessionOptions* options) {
  return ort_check(api, api.AddSessionConfigEntry(options, "session.disable_cpu_ep_fallback", "1"),
                   "ONNX Runtime refuses a setting");
}

Status append_ort_provider(const OrtApi& api, OrtSessionOptions* options, const OrtDevice& device) {
  const std::string_view name = device.provider->appended;
  if (name.empty()) return {};
  LATENT_CHECK(forbid_fallback(api, options));
  if (name == "CUDA") return append_cuda(api, options, device.index);
  if (name == "DML") {
    LATENT_CHECK(ort_check(api, api.DisableMemPattern(options), "DirectML cannot be set up"));
  }
  const std::string id = std::to_string(device.index);
  const std::array keys{"device_id"};
  const std::array values{id.c_str()};
  const bool by_index = name == "MIGraphX" || name == "DML";
  return ort_check(
      api,
      api.SessionOptionsAppendExecutionProvider(options, device.provider->appended, keys.data(),
                                                values.data(), by_index ? keys.size() : 0),
      "the device cannot be started");
}

}  // namespace latent::infer
