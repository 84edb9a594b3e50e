// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/ort_library.h"

#include <dlfcn.h>
#include <onnxruntime_c_api.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>

#include "base/path.h"
#include "infer/ort_plugin_api.h"

namespace latent::infer {
namespace {

/// Interface 18 is ONNX Runtime 1.18, the oldest in which all that we call works alike.
constexpr std::uint32_t kOldestInterface = 18;

/// The builds that Microsoft publishes send events to it unless this is set before they start
/// (ONNX Runtime's Privacy.md); Latent sends nothing to anybody. Whatever the user has set is
/// overwritten: this is a promise of ours.
void forbid_telemetry() {
  static std::once_flag once;
  std::call_once(once, [] { ::setenv("ORT_DISABLE_TELEMETRY", "1", 1); });
}

}  // namespace

Result<OrtLibrary> load_ort_library(const std::filesystem::path& asked) {
  OrtLibrary library;
  LATENT_TRY(library.path, find_ort_library(asked));
  forbid_telemetry();
  void* handle = dlopen(library.path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) {
    const char* why = dlerror();
    return fail(ErrorCode::Device, library.path,
                quoted(library.path) +
                    " cannot be loaded: " + printable(why == nullptr ? "unknown fault" : why));
  }
  using GetBase = const OrtApiBase* (*)();
  const auto get_base = reinterpret_cast<GetBase>(dlsym(handle, "OrtGetApiBase"));
  const OrtApiBase* base = get_base == nullptr ? nullptr : get_base();
  if (base == nullptr) {
    return fail(ErrorCode::Device, library.path,
                quoted(library.path) + " is no ONNX Runtime library");
  }
  library.version = printable(base->GetVersionString());
  // The library prints a line of its own for each interface it does not know: begin where it can.
  std::uint32_t newest = ORT_API_VERSION;
  long minor = 0;
  if (library.version.starts_with("1.")) {
    minor = std::strtol(library.version.c_str() + 2, nullptr, 10);
    if (minor > 0) newest = std::min(newest, static_cast<std::uint32_t>(minor));
  }
  for (std::uint32_t interface = newest; interface >= kOldestInterface; --interface) {
    library.api = base->GetApi(interface);
    if (library.api == nullptr) continue;
    if (minor >= kPluginInterface) library.plugin_api = base->GetApi(kPluginInterface);
    return library;
  }
  return fail(ErrorCode::Device, library.path,
              quoted(library.path) + " is ONNX Runtime " + library.version +
                  "; Latent needs 1.18 or newer");
}

}  // namespace latent::infer
