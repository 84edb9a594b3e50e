// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/ort_plugin.h"

#include <onnxruntime_c_api.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <system_error>

#include <fmt/format.h>

#include "base/path.h"
#include "infer/ort_plugin_api.h"

namespace latent::infer {

#if ORT_API_VERSION >= 21
static_assert(offsetof(OrtApi, SetEpDynamicOptions) ==
              static_cast<std::size_t>(OrtPlace::LastOf21) * sizeof(void*));
#endif
#if ORT_API_VERSION >= 22
static_assert(offsetof(OrtApi, RegisterExecutionProviderLibrary) ==
              static_cast<std::size_t>(OrtPlace::RegisterLibrary) * sizeof(void*));
static_assert(offsetof(OrtApi, EpDevice_Device) ==
              static_cast<std::size_t>(OrtPlace::Hardware) * sizeof(void*));
#endif

namespace {

constexpr std::array kKinds{"cpu", "gpu", "npu"};

std::string text_or(const char* text, const char* other) {
  return text == nullptr || *text == '\0' ? other : printable(text);
}

std::string fact(const OrtPluginApi& plugins, const OrtKeyValuePairs* facts, const char* key) {
  return facts == nullptr ? std::string() : text_or(plugins.pair_of(facts, key), "");
}

std::string in_capitals(std::string_view kind) {
  std::string text(kind);
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

OrtPluginDevice described(const OrtPluginApi& plugins, const OrtEpDevice* device) {
  const OrtHardwareDevice* hardware = plugins.hardware(device);
  const int number = hardware == nullptr ? 0 : plugins.hardware_kind(hardware);
  const char* kind = number >= 0 && number < static_cast<int>(kKinds.size())
                         ? kKinds[static_cast<std::size_t>(number)]
                         : "other";
  const std::string provider = text_or(plugins.provider_name(device), "unnamed");
  const std::string version = fact(plugins, plugins.provider_facts(device), "version");
  std::string vendor;
  std::string model;
  if (hardware != nullptr) {
    vendor = text_or(plugins.hardware_vendor(hardware), "");
    model = fact(plugins, plugins.hardware_facts(hardware), "Description");
  }
  OrtPluginDevice found;
  found.device = device;
  found.word = plugin_word(provider, kind);
  found.name = fmt::format("{}{}{}, by {}", vendor, vendor.empty() ? "" : " ",
                           model.empty() ? in_capitals(kind) : model, provider);
  found.provider = version.empty() ? provider : provider + " " + version;
  return found;
}

/// Where several devices have the same word, the second gets ".1", the third ".2".
void number_words(std::vector<OrtPluginDevice>& devices) {
  std::vector<std::string> words;
  for (OrtPluginDevice& device : devices) {
    const auto before = std::ranges::count(words, device.word);
    words.push_back(device.word);
    if (before > 0) device.word += "." + std::to_string(before);
  }
}

Result<std::span<const OrtEpDevice* const>> all_devices(const OrtApi& api,
                                                        const OrtPluginApi& plugins,
                                                        const OrtEnv* env) {
  const OrtEpDevice* const* list = nullptr;
  std::size_t count = 0;
  LATENT_CHECK(ort_check(api, plugins.devices(env, &list, &count),
                         "ONNX Runtime cannot list the devices of its plug-ins"));
  return std::span(list, count);
}

}  // namespace

std::string plugin_word(std::string_view provider, std::string_view kind) {
  constexpr std::string_view kUsual = "ExecutionProvider";
  std::string name(provider);
  if (const auto at = name.find(kUsual); at != std::string::npos) name.erase(at, kUsual.size());
  std::string word;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      word += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      word += c;
    } else if (!word.empty() && word.back() != '-') {
      word += '-';
    }
  }
  if (word.ends_with('-')) word.pop_back();
  constexpr std::size_t kLongest = 40;  // of the 64 characters that a device's word may have
  word.resize(std::min(word.size(), kLongest));
  return (word.empty() ? "plugin" : word) + "." + std::string(kind);
}

std::string plugin_refusal(std::string_view message) {
  if (message.find("fallback to CPU EP has been explicitly disabled") != std::string_view::npos) {
    return "the plug-in cannot run this network: it lacks an operator of it, or refuses its sizes";
  }
  constexpr std::size_t kMost = 200;
  constexpr std::string_view kCode = "[ONNXRuntimeError] : ";
  constexpr std::string_view kCondition = " was false. ";
  if (const auto at = message.rfind(kCode); at != std::string_view::npos) {
    message.remove_prefix(at + kCode.size());
    for (int field = 0; field < 2; ++field) {  // a number and its name
      if (const auto end = message.find(" : "); end != std::string_view::npos) {
        message.remove_prefix(end + 3);
      }
    }
  }
  if (const auto at = message.rfind(kCondition); at != std::string_view::npos) {
    message.remove_prefix(at + kCondition.size());
  }
  while (!message.empty() && message.back() <= ' ') message.remove_suffix(1);
  return "the plug-in cannot run this network: " + printable(message.substr(0, kMost));
}

Result<OrtPlugin> OrtPlugin::load(const OrtLibrary& library, const std::filesystem::path& file) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(file, code)) {
    return fail(
        ErrorCode::NotFound, file,
        "the plug-in " + quoted(file) +
            " is not there; --ort-plugin takes the library of "
            "an execution provider, such as libonnxruntime_providers_webgpu.so of its wheel");
  }
  if (library.plugin_api == nullptr) {
    return fail(ErrorCode::Unsupported, file,
                "ONNX Runtime " + library.version +
                    " takes no plug-ins; 1.22 is the first that does, and --ort-library names it");
  }
  OrtPlugin loaded;
  loaded.api_ = library.plugin_api;
  const OrtApi& api = *loaded.api_;
  const OrtPluginApi plugins = plugin_functions(api);
  LATENT_CHECK(ort_check(api, api.CreateEnv(ORT_LOGGING_LEVEL_FATAL, "latent", &loaded.env_),
                         "ONNX Runtime cannot be started"));
  LATENT_CHECK(ort_check(api, api.DisableTelemetryEvents(loaded.env_),
                         "the telemetry of ONNX Runtime cannot be switched off"));
  LATENT_TRY(const auto before, all_devices(api, plugins, loaded.env_));
  const std::vector<const OrtEpDevice*> own(before.begin(), before.end());
  const std::string what =
      quoted(file) + " is no plug-in that ONNX Runtime " + library.version + " can use";
  LATENT_CHECK(
      ort_check(api, plugins.register_library(loaded.env_, "latent", file.c_str()), what.c_str()));
  LATENT_TRY(const auto after, all_devices(api, plugins, loaded.env_));
  for (const OrtEpDevice* device : after) {
    if (std::ranges::find(own, device) != own.end()) continue;
    loaded.devices_.push_back(described(plugins, device));
  }
  number_words(loaded.devices_);
  return loaded;
}

Status OrtPlugin::append(OrtSessionOptions* options, std::size_t device) const {
  LATENT_ENSURE(device < devices_.size());
  LATENT_CHECK(forbid_fallback(*api_, options));
  const std::array chosen{devices_[device].device};
  return ort_check(*api_,
                   plugin_functions(*api_).append_devices(options, env_, chosen.data(),
                                                          chosen.size(), nullptr, nullptr, 0),
                   "the device cannot be started");
}

}  // namespace latent::infer
