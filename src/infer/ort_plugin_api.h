// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

struct OrtApi;
struct OrtEnv;
struct OrtEpDevice;
struct OrtHardwareDevice;
struct OrtKeyValuePairs;
struct OrtSessionOptions;
struct OrtStatus;

// What plug-ins need of ONNX Runtime came with interface 22, and distributions still ship headers of
// 21. Its table of functions only ever grows at the end, so a function is known by its place in it.
// For the .cpp files that talk to ONNX Runtime only; ort_plugin.cpp holds it against their header.
namespace latent::infer {

/// The interface in which all of this stands.
inline constexpr std::uint32_t kPluginInterface = 22;

/// Places in OrtApi, counted in functions.
enum class OrtPlace : std::size_t {
  LastOf21 = 284,  ///< SetEpDynamicOptions
  CreatePairs = 295,
  AddPair = 296,
  PairOf = 297,
  ReleasePairs = 300,
  RegisterLibrary = 301,
  Devices = 303,
  AppendDevices = 304,
  HardwareKind = 307,
  HardwareVendor = 309,
  HardwareFacts = 311,
  ProviderName = 312,
  ProviderFacts = 314,
  Hardware = 316,
};

/// The functions at those places, with their types. Of a table that GetApi(kPluginInterface) gave.
struct OrtPluginApi {
  void (*create_pairs)(OrtKeyValuePairs** made);
  void (*add_pair)(OrtKeyValuePairs* pairs, const char* key, const char* value);
  const char* (*pair_of)(const OrtKeyValuePairs* pairs, const char* key);  ///< null: no such key
  void (*release_pairs)(OrtKeyValuePairs* pairs);
  OrtStatus* (*register_library)(OrtEnv* env, const char* name, const char* path);
  OrtStatus* (*devices)(const OrtEnv* env, const OrtEpDevice* const** list, std::size_t* count);
  OrtStatus* (*append_devices)(OrtSessionOptions* options, OrtEnv* env,
                               const OrtEpDevice* const* devices, std::size_t count,
                               const char* const* keys, const char* const* values,
                               std::size_t settings);
  int (*hardware_kind)(const OrtHardwareDevice* hardware);  ///< 0 processor, 1 GPU, 2 NPU
  const char* (*hardware_vendor)(const OrtHardwareDevice* hardware);
  const OrtKeyValuePairs* (*hardware_facts)(const OrtHardwareDevice* hardware);
  const char* (*provider_name)(const OrtEpDevice* device);
  const OrtKeyValuePairs* (*provider_facts)(const OrtEpDevice* device);
  const OrtHardwareDevice* (*hardware)(const OrtEpDevice* device);
};

/// Reads the table; the caller has asked for interface kPluginInterface.
[[nodiscard]] inline OrtPluginApi plugin_functions(const OrtApi& api) {
  using Any = void (*)();
  const auto* table = reinterpret_cast<const Any*>(&api);
  OrtPluginApi found{};
  const auto take = [table](auto& function, OrtPlace place) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(
        table[static_cast<std::size_t>(place)]);
  };
  take(found.create_pairs, OrtPlace::CreatePairs);
  take(found.add_pair, OrtPlace::AddPair);
  take(found.pair_of, OrtPlace::PairOf);
  take(found.release_pairs, OrtPlace::ReleasePairs);
  take(found.register_library, OrtPlace::RegisterLibrary);
  take(found.devices, OrtPlace::Devices);
  take(found.append_devices, OrtPlace::AppendDevices);
  take(found.hardware_kind, OrtPlace::HardwareKind);
  take(found.hardware_vendor, OrtPlace::HardwareVendor);
  take(found.hardware_facts, OrtPlace::HardwareFacts);
  take(found.provider_name, OrtPlace::ProviderName);
  take(found.provider_facts, OrtPlace::ProviderFacts);
  take(found.hardware, OrtPlace::Hardware);
  return found;
}

}  // namespace latent::infer
