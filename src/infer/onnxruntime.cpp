// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/onnxruntime.h"

#include <onnxruntime_c_api.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/path.h"
#include "base/processors.h"
#include "infer/half.h"
#include "infer/ort_library.h"
#include "infer/ort_providers.h"
#include "infer/ort_session.h"
#include "infer/tile_queue.h"

namespace latent::infer {
namespace {

Status fix_dimensions(const OrtApi& api, OrtSessionOptions* options, const models::Network& network,
                      const TensorShape& input) {
  const auto fix = [&](const std::string& name, int value) {
    return ort_check(api, api.AddFreeDimensionOverrideByName(options, name.c_str(), value),
                     "a dimension cannot be fixed");
  };
  LATENT_CHECK(fix("batch", input.n));
  if (network.spatial_dims.size() == 2) {
    LATENT_CHECK(fix(network.spatial_dims[0], input.height));
    LATENT_CHECK(fix(network.spatial_dims[1], input.width));
  }
  return {};
}

std::array<std::int64_t, 4> dimensions(const TensorShape& shape) {
  return {shape.n, shape.channels, shape.height, shape.width};
}

enum class Side { Input, Output };

/// Name, type and shape of the one input or output against the manifest; what the manifest's names
/// did not fix may be free. Gives whether it is float16.
Result<bool> hold_to_manifest(const OrtApi& api, const OrtSession* session, Side side,
                              const models::TensorSpec& tensor, const TensorShape& expected) {
  const bool input = side == Side::Input;
  const char* what = "the network cannot be asked for its tensors";
  std::size_t count = 0;
  LATENT_CHECK(ort_check(api,
                         input ? api.SessionGetInputCount(session, &count)
                               : api.SessionGetOutputCount(session, &count),
                         what));
  OrtAllocator* allocator = nullptr;
  LATENT_CHECK(ort_check(api, api.GetAllocatorWithDefaultOptions(&allocator), what));
  char* raw_name = nullptr;
  LATENT_CHECK(ort_check(api,
                         input ? api.SessionGetInputName(session, 0, allocator, &raw_name)
                               : api.SessionGetOutputName(session, 0, allocator, &raw_name),
                         what));
  const std::string name = raw_name;
  (void)ort_check(api, api.AllocatorFree(allocator, raw_name), what);
  OrtHandle<OrtTypeInfo> type(api.ReleaseTypeInfo);
  LATENT_CHECK(ort_check(api,
                         input ? api.SessionGetInputTypeInfo(session, 0, type.put())
                               : api.SessionGetOutputTypeInfo(session, 0, type.put()),
                         what));
  const OrtTensorTypeAndShapeInfo* info = nullptr;
  LATENT_CHECK(ort_check(api, api.CastTypeInfoToTensorInfo(type.get(), &info), what));
  ONNXTensorElementDataType element = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  std::size_t rank = 0;
  if (info != nullptr) {
    LATENT_CHECK(ort_check(api, api.GetTensorElementType(info, &element), what));
    LATENT_CHECK(ort_check(api, api.GetDimensionsCount(info, &rank), what));
  }
  std::array<std::int64_t, 4> found{};
  if (rank == 4) LATENT_CHECK(ort_check(api, api.GetDimensions(info, found.data(), 4), what));
  const auto wanted = dimensions(expected);
  const auto agrees = [&](std::size_t i) { return found[i] == wanted[i] || found[i] == -1; };
  const bool sizes_agree = agrees(0) && agrees(1) && (!input || (agrees(2) && agrees(3)));
  const bool half = element == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16;
  if (count == 1 && name == tensor.name &&
      (half || element == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) && rank == 4 && sizes_agree) {
    return half;
  }
  return fail(ErrorCode::ModelMismatch,
              std::string("the network is not what its manifest says: its ") +
                  (input ? "input" : "output") + " is another");
}

class OrtSessionImpl : public Session {
 public:
  static Result<std::unique_ptr<Session>> create(const models::Network& network, Size tile,
                                                 const EngineRequest& request);

  const SessionInfo& info() const override { return network_.setup.info; }
  TensorShape input_shape() const override { return input_; }
  TensorShape output_shape() const override { return output_; }
  int slots() const override { return TileQueue::kSlots; }

  Status start(int slot, ConstTensorView input, TensorView output) override {
    LATENT_ENSURE(input.shape == input_ && output.shape == output_);
    return queue_->start(slot, input, output);
  }
  Status wait(int slot) override { return queue_->wait(slot); }

  void cancel() override {
    queue_->cancel();
    (void)ort_check(*api_, api_->RunOptionsSetTerminate(run_options_.get()), "cancel");
  }

  void resume() override {
    queue_->resume();
    (void)ort_check(*api_, api_->RunOptionsUnsetTerminate(run_options_.get()), "resume");
  }

 private:
  OrtSessionImpl() = default;

  Status wrap(void* samples, bool half, const TensorShape& shape, OrtHandle<OrtValue>& value) {
    const auto sides = dimensions(shape);
    return ort_check(
        *api_,
        api_->CreateTensorWithDataAsOrtValue(
            memory_.get(), samples, shape.count() * (half ? sizeof(std::uint16_t) : sizeof(float)),
            sides.data(), 4,
            half ? ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 : ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT,
            value.put()),
        "a tile cannot be handed to ONNX Runtime");
  }

  Status compute(ConstTensorView input, TensorView output) {
    OrtHandle<OrtValue> in(api_->ReleaseValue);
    OrtHandle<OrtValue> out(api_->ReleaseValue);
    // ONNX Runtime reads from an input only.
    void* samples =
        const_cast<float*>(input.data);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    if (input_half_) {
      half_in_.resize(input.shape.count());
      std::transform(input.data, input.data + half_in_.size(), half_in_.begin(), half_of);
      samples = half_in_.data();
    }
    if (output_half_) half_out_.resize(output.shape.count());
    void* answers = output_half_ ? static_cast<void*>(half_out_.data()) : output.data;
    LATENT_CHECK(wrap(samples, input_half_, input.shape, in));
    LATENT_CHECK(wrap(answers, output_half_, output.shape, out));
    const char* input_name = input_name_.c_str();
    const char* output_name = output_name_.c_str();
    const OrtValue* given = in.get();
    OrtValue* taken = out.get();
    LATENT_CHECK(ort_check(*api_,
                           api_->Run(network_.session.get(), run_options_.get(), &input_name,
                                     &given, 1, &output_name, 1, &taken),
                           "ONNX Runtime failed while computing"));
    if (output_half_) {
      std::transform(half_out_.begin(), half_out_.end(), output.data, float_of_half);
    }
    return {};
  }

  OrtNetwork network_;
  const OrtApi* api_ = nullptr;
  OrtHandle<OrtMemoryInfo> memory_;
  OrtHandle<OrtRunOptions> run_options_;
  TensorShape input_;
  TensorShape output_;
  bool input_half_ = false;  ///< the graph takes float16
  bool output_half_ = false;
  std::string input_name_;
  std::string output_name_;
  std::vector<std::uint16_t> half_in_;  ///< of the worker
  std::vector<std::uint16_t> half_out_;

  std::optional<TileQueue> queue_;  ///< last: its thread uses the others
};

Result<std::unique_ptr<Session>> OrtSessionImpl::create(const models::Network& network, Size tile,
                                                        const EngineRequest& request) {
  std::unique_ptr<OrtSessionImpl> made(new OrtSessionImpl);
  LATENT_TRY(OrtSetup setup, set_up_ort(request, network.optimization));
  const OrtApi& api = *setup.api;
  made->api_ = &api;
  LATENT_TRY(made->input_, infer::input_shape(network.spec, tile));
  LATENT_TRY(made->output_, infer::output_shape(network.spec, tile));
  made->input_name_ = network.spec.input.name;
  made->output_name_ = network.spec.output.name;
  LATENT_CHECK(fix_dimensions(api, setup.options.get(), network, made->input_));
  LATENT_TRY(const NetworkFile file, file_for(network, request.precision));
  LATENT_TRY(made->network_, open_ort_network(std::move(setup), file.onnx, request));
  OrtSession* session = made->network_.session.get();
  LATENT_TRY(made->input_half_,
             hold_to_manifest(api, session, Side::Input, network.spec.input, made->input_));
  LATENT_TRY(made->output_half_,
             hold_to_manifest(api, session, Side::Output, network.spec.output, made->output_));
  made->memory_ = OrtHandle<OrtMemoryInfo>(api.ReleaseMemoryInfo);
  LATENT_CHECK(ort_check(
      api, api.CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, made->memory_.put()),
      "ONNX Runtime cannot be set up"));
  made->run_options_ = OrtHandle<OrtRunOptions>(api.ReleaseRunOptions);
  LATENT_CHECK(ort_check(api, api.CreateRunOptions(made->run_options_.put()),
                         "ONNX Runtime cannot be set up"));
  made->queue_.emplace([owner = made.get()](ConstTensorView input, TensorView output) {
    return owner->compute(input, output);
  });
  return std::unique_ptr<Session>(std::move(made));
}

constexpr const char* kCannotTake = "ONNX Runtime cannot take the network";

/// What ONNX Runtime says of a network that it cannot take is for programmers, and goes to the log.
Error in_our_words(Error error) {
  if (error.code != ErrorCode::ModelMismatch) return error;
  log_info(error.sentence);
  error.sentence = std::string(kCannotTake) +
                   ": an operator of it, its version or its values are none that it knows; "
                   "--engine openvino may take it";
  return error;
}

GraphOptimizationLevel level_of(models::GraphOptimization optimization) {
  switch (optimization) {
    case models::GraphOptimization::Basic:
      return ORT_ENABLE_BASIC;
    case models::GraphOptimization::Disabled:
      return ORT_DISABLE_ALL;
    case models::GraphOptimization::All:
      break;
  }
  return ORT_ENABLE_ALL;
}

}  // namespace

Result<Precision> ort_precision(Precision asked) {
  if (asked == Precision::Bf16 || asked == Precision::F16) {
    return fail(ErrorCode::Unsupported,
                std::string("ONNX Runtime computes this network in f32 or int8, not ") +
                    precision_name(asked) + "; use --engine openvino or --precision auto");
  }
  return asked == Precision::Int8 ? Precision::Int8 : Precision::F32;
}

Result<OrtSetup> set_up_ort(const EngineRequest& request,
                            const models::OptimizationRule& optimization,
                            const OrtPluginTarget& target) {
  LATENT_TRY(const auto library, load_ort_library(request.ort_library));
  const OrtApi& api = *library.api;
  OrtSetup setup;
  setup.api = &api;
  setup.on_plugin = target.plugin != nullptr;
  LATENT_TRY(const Precision precision, ort_precision(request.precision));
  std::string word;
  OrtDevice device;
  if (target.plugin == nullptr) {
    LATENT_TRY(device, ort_device(api, request.device));
    word = device.provider->word;
    setup.info = {EngineKind::OnnxRuntime, precision,
                  device.index > 0 ? word + "." + std::to_string(device.index) : word,
                  device.provider->available, "ONNX Runtime " + library.version};
  }
  setup.env = OrtHandle<OrtEnv>(api.ReleaseEnv);
  LATENT_CHECK(ort_check(api, api.CreateEnv(ORT_LOGGING_LEVEL_FATAL, "latent", setup.env.put()),
                         "ONNX Runtime cannot be started"));
  // Beside what load_ort_library() sets, for builds that do not look at it.
  LATENT_CHECK(ort_check(api, api.DisableTelemetryEvents(setup.env.get()),
                         "the telemetry of ONNX Runtime cannot be switched off"));
  setup.options = OrtHandle<OrtSessionOptions>(api.ReleaseSessionOptions);
  LATENT_CHECK(ort_check(api, api.CreateSessionOptions(setup.options.put()),
                         "ONNX Runtime cannot be set up"));
  OrtSessionOptions* options = setup.options.get();
  const char* what = "ONNX Runtime refuses a setting";
  LATENT_CHECK(ort_check(
      api, api.SetIntraOpNumThreads(options, threads_within_quota(request.threads)), what));
  LATENT_CHECK(ort_check(
      api, api.SetSessionGraphOptimizationLevel(options, level_of(optimization.at(word))), what));
  // Waiting threads sleep: the cores are wanted for packing and writing.
  LATENT_CHECK(ort_check(
      api, api.AddSessionConfigEntry(options, "session.intra_op.allow_spinning", "0"), what));
  LATENT_CHECK(target.plugin == nullptr ? append_ort_provider(api, options, device)
                                        : target.plugin->append(options, target.device));
  return setup;
}

Result<OrtNetwork> open_ort_network(OrtSetup setup, std::span<const std::byte> onnx,
                                    const EngineRequest& request) {
  // Owned by the work, which may outlive whoever waits for it.
  const auto opened = std::make_shared<OrtNetwork>();
  opened->setup = std::move(setup);
  opened->session = OrtHandle<OrtSession>(opened->setup.api->ReleaseSession);
  const auto bytes = std::make_shared<const std::vector<std::byte>>(onnx.begin(), onnx.end());
  return with_patience<OrtNetwork>(
      [opened, bytes]() -> Result<OrtNetwork> {
        const OrtApi& api = *opened->setup.api;
        OrtStatus* status =
            api.CreateSessionFromArray(opened->setup.env.get(), bytes->data(), bytes->size(),
                                       opened->setup.options.get(), opened->session.put());
        if (status != nullptr && opened->setup.on_plugin) {
          const std::string refusal = plugin_refusal(api.GetErrorMessage(status));
          (void)ort_check(api, status, kCannotTake);
          return fail(ErrorCode::Device, refusal);
        }
        auto created = ort_check(api, status, kCannotTake, ErrorCode::ModelMismatch);
        if (!created) return tl::make_unexpected(in_our_words(std::move(created).error()));
        return std::move(*opened);
      },
      patience_of(request));
}

Result<std::unique_ptr<Session>> create_onnxruntime_session(const models::Network& network,
                                                            Size tile,
                                                            const EngineRequest& request) {
  return OrtSessionImpl::create(network, tile, request);
}

void list_onnxruntime(Inventory& inventory, const EngineRequest& request) {
  EngineFacts engine;
  engine.engine = EngineKind::OnnxRuntime;
  const auto library = load_ort_library(request.ort_library);
  if (!library) {
    engine.problem = library.error().sentence;
    inventory.engines.push_back(std::move(engine));
    return;
  }
  engine.usable = true;
  engine.version = library->version;
  engine.library = displayed(library->path);
  inventory.engines.push_back(std::move(engine));
  for (const OrtProvider* provider : ort_providers(*library->api)) {
    DeviceFacts facts;
    facts.engine = EngineKind::OnnxRuntime;
    facts.device = provider->word;
    facts.name = provider->available;
    facts.driver = "ONNX Runtime " + library->version;
    facts.precisions = {Precision::F32, Precision::Int8};
    inventory.devices.push_back(std::move(facts));
  }
}

}  // namespace latent::infer
