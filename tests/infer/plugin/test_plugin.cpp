// SPDX-License-Identifier: GPL-3.0-or-later
// A plug-in of ONNX Runtime (interface 23) for tests: it takes a whole graph for itself, and halves
// what comes in, which is right for the network "half" and wrong for every other. LATENT_TEST_FAULT
// says how it is broken beside. Its tables are declared here, since the headers that distributions
// ship do not have them yet.
#include <onnxruntime_c_api.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

struct OrtEpDevice;
struct OrtHardwareDevice;
struct OrtKeyValuePairs;
struct OrtEpGraphSupportInfo;
struct OrtNodeComputeContext;
struct OrtGraph;
struct OrtNode;
struct OrtValueInfo;

namespace {

enum class Fault : std::uint8_t {
  None,
  HangsLoading,
  CrashesLoading,
  NoDevice,
  HangsCompiling,
  CrashesCompiling,
  WrongNumbers,
  Rounds,  ///< as arithmetic in 16 bits does
  HangsComputing,
  CrashesComputing,
  CrashesLater,  ///< in the fourth run: after its proof
};
constexpr Fault kFault = Fault::LATENT_TEST_FAULT;

constexpr std::uint32_t kInterface = 23;
constexpr std::size_t kTypeOfValue = 290;  // places in OrtApi: infer/ort_plugin_api.h
constexpr std::size_t kEpApi = 317;
constexpr std::size_t kNodeCount = 344;
constexpr std::size_t kNodes = 345;
constexpr std::size_t kGraphOutputs = 341;

const OrtApi* api = nullptr;

template <class Function>
Function at(const void* table, std::size_t place) {
  using Any = void (*)();
  return reinterpret_cast<Function>(static_cast<const Any*>(table)[place]);
}

void hang() {
  for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
}

struct Provider;

struct NodeCompute {
  std::uint32_t interface = kInterface;
  OrtStatus* (*create_state)(NodeCompute*, OrtNodeComputeContext*, void**);
  OrtStatus* (*compute)(NodeCompute*, void*, OrtKernelContext*);
  void (*release_state)(NodeCompute*, void*);
  std::int64_t channels = 0;  ///< ours: of the output
};

struct Factory {
  std::uint32_t interface = kInterface;
  const char* (*name)(const Factory*);
  const char* (*vendor)(const Factory*);
  OrtStatus* (*supported)(Factory*, const OrtHardwareDevice* const*, std::size_t, OrtEpDevice**,
                          std::size_t, std::size_t*);
  OrtStatus* (*create)(Factory*, const OrtHardwareDevice* const*, const OrtKeyValuePairs* const*,
                       std::size_t, const OrtSessionOptions*, const OrtLogger*, Provider**);
  void (*release)(Factory*, Provider*);
  std::uint32_t (*vendor_id)(const Factory*);
  const char* (*version)(const Factory*);
  OrtStatus* (*validate)(Factory*, const OrtHardwareDevice* const*, std::size_t, const char*, int*);
  OrtStatus* (*create_allocator)(Factory*, const OrtMemoryInfo*, const OrtKeyValuePairs*,
                                 OrtAllocator**);
  void (*release_allocator)(Factory*, OrtAllocator*);
  OrtStatus* (*create_transfer)(Factory*, void**);
  bool (*is_stream_aware)(const Factory*);
  OrtStatus* (*create_stream)(Factory*, const void*, const OrtKeyValuePairs*, void**);
  void* later = nullptr;
};

struct Provider {
  std::uint32_t interface = kInterface;
  const char* (*name)(const Provider*);
  OrtStatus* (*capability)(Provider*, const OrtGraph*, OrtEpGraphSupportInfo*);
  OrtStatus* (*compile)(Provider*, const OrtGraph**, const OrtNode**, std::size_t, NodeCompute**,
                        OrtNode**);
  void (*release_computes)(Provider*, NodeCompute**, std::size_t);
  std::array<void*, 12> not_given{};
};

struct Fusion {
  std::uint32_t interface = kInterface;
  bool drop_constants = true;
};

OrtStatus* halve(NodeCompute* self, void* /*state*/, OrtKernelContext* context) {
  static int runs = 0;
  ++runs;
  if (kFault == Fault::HangsComputing) hang();
  if (kFault == Fault::CrashesComputing) std::raise(SIGSEGV);
  if (kFault == Fault::CrashesLater && runs >= 4) std::raise(SIGSEGV);
  const OrtValue* input = nullptr;
  if (auto* failed = api->KernelContext_GetInput(context, 0, &input)) return failed;
  OrtTensorTypeAndShapeInfo* shape = nullptr;
  if (auto* failed = api->GetTensorTypeAndShape(input, &shape)) return failed;
  std::array<std::int64_t, 4> sides{};
  if (auto* failed = api->GetDimensions(shape, sides.data(), sides.size())) return failed;
  api->ReleaseTensorTypeAndShapeInfo(shape);
  const std::int64_t plane = sides[2] * sides[3];
  const std::int64_t has = sides[1];
  sides[1] = self->channels > 0 ? self->channels : has;
  OrtValue* output = nullptr;
  if (auto* failed = api->KernelContext_GetOutput(context, 0, sides.data(), 4, &output)) {
    return failed;
  }
  void* from = nullptr;
  void* to = nullptr;
  if (auto* failed = api->GetTensorMutableData(const_cast<OrtValue*>(input), &from)) return failed;
  if (auto* failed = api->GetTensorMutableData(output, &to)) return failed;
  const float factor = kFault == Fault::WrongNumbers ? 0.7F
                       : kFault == Fault::Rounds     ? 0.501F
                                                     : 0.5F;
  for (std::int64_t c = 0; c < sides[1]; ++c) {
    for (std::int64_t i = 0; i < plane; ++i) {
      static_cast<float*>(to)[c * plane + i] =
          factor * static_cast<const float*>(from)[(c % has) * plane + i];
    }
  }
  return nullptr;
}

OrtStatus* take_all(Provider* /*self*/, const OrtGraph* graph, OrtEpGraphSupportInfo* support) {
  std::size_t count = 0;
  using Count = OrtStatus* (*)(const OrtGraph*, std::size_t*);
  using Nodes = OrtStatus* (*)(const OrtGraph*, const OrtNode**, std::size_t);
  using Fuse =
      OrtStatus* (*)(OrtEpGraphSupportInfo*, const OrtNode* const*, std::size_t, const Fusion*);
  if (auto* failed = at<Count>(api, kNodeCount)(graph, &count)) return failed;
  if (count == 0) return nullptr;
  std::vector<const OrtNode*> nodes(count);
  if (auto* failed = at<Nodes>(api, kNodes)(graph, nodes.data(), count)) return failed;
  const Fusion fusion;
  const void* ep_api = at<const void* (*)()>(api, kEpApi)();
  return at<Fuse>(ep_api, 2)(support, nodes.data(), count, &fusion);
}

/// Channels of the graph's first output.
std::int64_t channels_of(const OrtGraph* graph) {
  using Outputs = OrtStatus* (*)(const OrtGraph*, const OrtValueInfo**, std::size_t);
  using TypeOf = OrtStatus* (*)(const OrtValueInfo*, const OrtTypeInfo**);
  const OrtValueInfo* output = nullptr;
  const OrtTypeInfo* type = nullptr;
  const OrtTensorTypeAndShapeInfo* tensor = nullptr;
  std::array<std::int64_t, 4> sides{};
  if (at<Outputs>(api, kGraphOutputs)(graph, &output, 1) != nullptr ||
      at<TypeOf>(api, kTypeOfValue)(output, &type) != nullptr ||
      api->CastTypeInfoToTensorInfo(type, &tensor) != nullptr || tensor == nullptr ||
      api->GetDimensions(tensor, sides.data(), sides.size()) != nullptr) {
    return 0;
  }
  return sides[1];
}

OrtStatus* compile(Provider* /*self*/, const OrtGraph** graphs, const OrtNode** /*fused*/,
                   std::size_t count, NodeCompute** computes, OrtNode** /*contexts*/) {
  if (kFault == Fault::HangsCompiling) hang();
  if (kFault == Fault::CrashesCompiling) std::raise(SIGSEGV);
  for (std::size_t i = 0; i < count; ++i) {
    computes[i] =
        new NodeCompute{kInterface,
                        [](NodeCompute*, OrtNodeComputeContext*, void** state) -> OrtStatus* {
                          *state = nullptr;
                          return nullptr;
                        },
                        halve, [](NodeCompute*, void*) {}, channels_of(graphs[i])};
  }
  return nullptr;
}

OrtStatus* offer(Factory* self, const OrtHardwareDevice* const* hardware, std::size_t count,
                 OrtEpDevice** offered, std::size_t most, std::size_t* offered_count) {
  *offered_count = 0;
  if (kFault == Fault::NoDevice || count == 0 || most == 0) return nullptr;
  using Create = OrtStatus* (*)(Factory*, const OrtHardwareDevice*, const OrtKeyValuePairs*,
                                const OrtKeyValuePairs*, OrtEpDevice**);
  const void* ep_api = at<const void* (*)()>(api, kEpApi)();
  if (auto* failed = at<Create>(ep_api, 0)(self, hardware[0], nullptr, nullptr, offered)) {
    return failed;
  }
  *offered_count = 1;
  return nullptr;
}

Factory make_factory() {
  Factory factory{};
  factory.interface = kInterface;
  factory.name = [](const Factory*) { return "LatentTestExecutionProvider"; };
  factory.vendor = [](const Factory*) { return "Latent"; };
  factory.supported = offer;
  factory.create = [](Factory*, const OrtHardwareDevice* const*, const OrtKeyValuePairs* const*,
                      std::size_t, const OrtSessionOptions*, const OrtLogger*,
                      Provider** made) -> OrtStatus* {
    auto* provider = new Provider{};
    provider->interface = kInterface;
    provider->name = [](const Provider*) { return "LatentTestExecutionProvider"; };
    provider->capability = take_all;
    provider->compile = compile;
    provider->release_computes = [](Provider*, NodeCompute** computes, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) delete computes[i];
    };
    *made = provider;
    return nullptr;
  };
  factory.release = [](Factory*, Provider* provider) { delete provider; };
  factory.vendor_id = [](const Factory*) -> std::uint32_t { return 0; };
  factory.version = [](const Factory*) { return "1.2.3"; };
  factory.validate = nullptr;
  factory.create_allocator = [](Factory*, const OrtMemoryInfo*, const OrtKeyValuePairs*,
                                OrtAllocator** made) -> OrtStatus* {
    *made = nullptr;
    return nullptr;
  };
  factory.release_allocator = [](Factory*, OrtAllocator*) {};
  factory.create_transfer = [](Factory*, void** made) -> OrtStatus* {
    *made = nullptr;
    return nullptr;
  };
  factory.is_stream_aware = [](const Factory*) { return false; };
  factory.create_stream = [](Factory*, const void*, const OrtKeyValuePairs*,
                             void** made) -> OrtStatus* {
    *made = nullptr;
    return nullptr;
  };
  return factory;
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) OrtStatus* CreateEpFactories(
    const char* /*registered*/, const OrtApiBase* base, const OrtLogger* /*logger*/,
    Factory** factories, std::size_t most, std::size_t* count) {
  if (kFault == Fault::HangsLoading) hang();
  if (kFault == Fault::CrashesLoading) std::raise(SIGSEGV);
  api = base->GetApi(kInterface);
  if (api == nullptr || most == 0) return nullptr;
  factories[0] = new Factory(make_factory());
  *count = 1;
  return nullptr;
}

__attribute__((visibility("default"))) OrtStatus* ReleaseEpFactory(Factory* factory) {
  delete factory;
  return nullptr;
}
}
