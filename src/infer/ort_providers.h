// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

struct OrtApi;
struct OrtSessionOptions;
struct OrtStatus;

namespace latent::infer {

/// What ONNX Runtime calls an execution provider, and what we call it.
struct OrtProvider {
  const char* word;       ///< on our command line
  const char* available;  ///< in GetAvailableProviders()
  const char* appended;   ///< in SessionOptionsAppendExecutionProvider(); empty: nothing to append
};

/// A device word taken apart: "cuda.1" is provider cuda, index 1.
struct OrtDevice {
  const OrtProvider* provider = nullptr;
  int index = 0;
};

/// Owns one object of the C interface.
template <class T>
class OrtHandle {
 public:
  using Release = void (*)(T*);
  OrtHandle() = default;
  explicit OrtHandle(Release release) : release_(release) {}
  OrtHandle(OrtHandle&& other) noexcept
      : object_(std::exchange(other.object_, nullptr)), release_(other.release_) {}
  OrtHandle& operator=(OrtHandle&& other) noexcept {
    std::swap(object_, other.object_);
    std::swap(release_, other.release_);
    return *this;
  }
  ~OrtHandle() {
    if (object_ != nullptr) release_(object_);
  }
  [[nodiscard]] T* get() const { return object_; }
  [[nodiscard]] T** put() { return &object_; }

 private:
  T* object_ = nullptr;
  Release release_ = nullptr;
};

/// An OrtStatus, freed, as one of ours; the sentence begins with `what`.
[[nodiscard]] Status ort_check(const OrtApi& api, OrtStatus* status, const char* what,
                               ErrorCode code = ErrorCode::Device);

/// The devices that the loaded library offers, of those that we have a word for.
[[nodiscard]] std::vector<const OrtProvider*> ort_providers(const OrtApi& api);

/// Errors   NotFound  a word that is none, or a device that the library does not offer.
[[nodiscard]] Result<OrtDevice> ort_device(const OrtApi& api, const std::string& word);

/// Makes an error of what a device cannot do: ONNX Runtime would run it on the processor silently.
[[nodiscard]] Status forbid_fallback(const OrtApi& api, OrtSessionOptions* options);

/// Whether a word before the dot is that of a device that ONNX Runtime itself may have.
[[nodiscard]] bool is_ort_device(std::string_view word);

/// Sets a session up for that device, and only for it: what the device cannot do is an error.
[[nodiscard]] Status append_ort_provider(const OrtApi& api, OrtSessionOptions* options,
                                         const OrtDevice& device);

}  // namespace latent::infer
