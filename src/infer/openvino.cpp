// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/openvino.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <openvino/core/preprocess/pre_post_process.hpp>
#include <openvino/openvino.hpp>
#include <optional>
#include <span>
#include <sstream>
#include <vector>

#include "base/hash.h"
#include "base/log.h"
#include "base/path.h"
#include "base/text.h"
#include "infer/blob_cache.h"
#include "infer/openvino_core.h"
#include "infer/verdict_cache.h"

namespace latent::infer {
namespace {

constexpr int kSlots = 2;

/// What is asked of the device, settled: no Auto is left in it.
struct Plan : OpenVinoDevice {
  TensorShape input;
  TensorShape output;
  std::string file_sha256;  ///< of the ONNX

  /// Everything that a compiled model hangs on.
  [[nodiscard]] std::string key() const {
    std::ostringstream text;
    text << info.engine_version << '|' << device << '|' << info.device_name << '|'
         << precision_name(info.precision) << '|' << precision_name(arithmetic) << '|' << threads
         << '|' << streams << '|' << file_sha256 << '|' << input.channels << 'x' << input.height
         << 'x' << input.width;
    return text.str();
  }
};

Result<Plan> make_plan(ov::Core& core, const models::Network& network, Size tile,
                       const EngineRequest& request) {
  Plan plan;
  LATENT_TRY(static_cast<OpenVinoDevice&>(plan), choose_openvino_device(core, request));
  LATENT_TRY(plan.input, input_shape(network.spec, tile));
  LATENT_TRY(plan.output, output_shape(network.spec, tile));
  LATENT_TRY(const NetworkFile file, file_for(network, plan.info.precision));
  plan.file_sha256 = file.sha256;
  return plan;
}

ov::Shape shape_of(const TensorShape& shape) {
  return {static_cast<std::size_t>(shape.n), static_cast<std::size_t>(shape.channels),
          static_cast<std::size_t>(shape.height), static_cast<std::size_t>(shape.width)};
}

Status mismatch(const std::string& what) {
  return fail(ErrorCode::ModelMismatch, "the network is not what its manifest says: " + what);
}

/// Names, types and channels of the ONNX against the manifest.
Status hold_to_manifest(const ov::Model& model, const models::NetworkSpec& spec) {
  if (model.inputs().size() != 1 || model.outputs().size() != 1) {
    return mismatch("it has not one input and one output");
  }
  const auto agrees = [](const ov::Output<const ov::Node>& port, const models::TensorSpec& tensor) {
    const ov::PartialShape& shape = port.get_partial_shape();
    const bool floats =
        port.get_element_type() == ov::element::f32 || port.get_element_type() == ov::element::f16;
    return port.get_names().contains(tensor.name) && floats && shape.rank().compatible(4) &&
           shape.rank().is_static() && shape[1].compatible(tensor.channels);
  };
  if (!agrees(model.input(), spec.input)) return mismatch("its input is another");
  if (!agrees(model.output(), spec.output)) return mismatch("its output is another");
  return {};
}

/// The same model with float32 at its doors; what it has in float16 it converts itself.
std::shared_ptr<ov::Model> with_float_doors(const std::shared_ptr<ov::Model>& model) {
  if (model->input().get_element_type() == ov::element::f32 &&
      model->output().get_element_type() == ov::element::f32) {
    return model;
  }
  ov::preprocess::PrePostProcessor doors(model);
  doors.input().tensor().set_element_type(ov::element::f32);
  doors.output().tensor().set_element_type(ov::element::f32);
  return doors.build();
}

/// A network ready to run, and what made it: what was compiled goes before the core does.
struct Compiled {
  ov::Core core;
  ov::CompiledModel model;
  std::string sha256;  ///< of the bytes that the cache keeps; empty where none are kept
  bool from_cache = false;
};

/// All that compiling needs, owned, since it may outlive whoever waits for it.
struct Order {
  ov::Core core;
  Plan plan;
  models::NetworkSpec spec;
  std::string onnx;
};

Result<Compiled> compile(Order& order) {
  const Plan& plan = order.plan;
  LATENT_TRY(const auto model, read_openvino_model(order.core, order.onnx));
  LATENT_CHECK(hold_to_manifest(*model, order.spec));
  LATENT_TRY(const bool reshaped,
             guarded(ErrorCode::ModelMismatch, "the network cannot take this tile", [&] {
               model->reshape(ov::PartialShape(shape_of(plan.input)));
               return model->output().get_partial_shape().compatible(shape_of(plan.output));
             }));
  if (!reshaped) return tl::make_unexpected(mismatch("its output has another size").error());
  return guarded(ErrorCode::Device, "OpenVINO cannot compile the network", [&] {
    return Compiled{order.core,
                    order.core.compile_model(with_float_doors(model), plan.device, plan.config()),
                    {},
                    false};
  });
}

/// Whether a compiled network takes and gives what the plan says.
bool has_doors_of(const ov::CompiledModel& model, const Plan& plan) {
  const auto agrees = [](const ov::Output<const ov::Node>& port, const TensorShape& shape) {
    return port.get_element_type() == ov::element::f32 &&
           port.get_partial_shape().compatible(shape_of(shape));
  };
  return model.inputs().size() == 1 && model.outputs().size() == 1 &&
         agrees(model.input(), plan.input) && agrees(model.output(), plan.output);
}

Result<Compiled> import(Order& order, const std::vector<char>& blob) {
  LATENT_TRY(auto model, guarded(ErrorCode::Device, "the cached network cannot be used", [&] {
               ov::Tensor tensor(ov::element::u8, {blob.size()});
               std::memcpy(tensor.data(), blob.data(), blob.size());
               return order.core.import_model(tensor, order.plan.device, order.plan.config());
             }));
  LATENT_TRY(const bool fits, guarded(ErrorCode::Device, "the cached network cannot be asked",
                                      [&] { return has_doors_of(model, order.plan); }));
  if (!fits) return fail(ErrorCode::Device, "the cached network is another one");
  return Compiled{order.core, std::move(model), {}, true};
}

/// Compiled networks as files, each with a record of what it was when it was made here.
class Kept {
 public:
  Kept(const EngineRequest& request, std::string key)
      : blobs_(request.cache_dir.empty() ? std::filesystem::path{}
                                         : request.cache_dir / "compiled"),
        records_(request.cache_dir),
        key_(std::move(key)) {}

  /// The network of the cache, if it is the one that was put there and can be used. One that is
  /// not is dropped.
  std::optional<Compiled> load(const std::shared_ptr<Order>& order,
                               const Patience& patience) const {
    auto blob = std::make_shared<const std::vector<char>>(blobs_.load(key_));
    if (blob->empty()) return std::nullopt;
    const std::string sha256 = sha256_hex(std::as_bytes(std::span(*blob)));
    Result<Compiled> compiled = fail(ErrorCode::Corrupt, "it is not the one that was kept");
    if (records_.blob_of(key_) == sha256) {
      compiled = with_patience<Compiled>([order, blob] { return import(*order, *blob); }, patience);
    }
    if (compiled) {
      compiled->sha256 = sha256;
      return *std::move(compiled);
    }
    if (compiled.error().code != ErrorCode::Cancelled) {
      log_warning("a compiled network is made anew: " + compiled.error().sentence);
      blobs_.drop(key_);
    }
    return std::nullopt;
  }

  void store(Compiled& compiled) const {
    if (blobs_.keeps_nothing()) return;
    const auto blob = guarded(ErrorCode::Device, "the compiled network cannot be kept", [&] {
      std::ostringstream stream;
      compiled.model.export_model(stream);
      return std::move(stream).str();
    });
    if (!blob) return;
    compiled.sha256 = sha256_hex(std::as_bytes(std::span(*blob)));
    blobs_.store(key_, *blob);
    records_.keep_blob(key_, compiled.sha256);
  }

 private:
  BlobCache blobs_;
  VerdictCache records_;
  std::string key_;
};

/// A compiled network from the cache, or a new one that is put there.
Result<Compiled> obtain(ov::Core core, const models::Network& network, const Plan& plan,
                        const EngineRequest& request) {
  const Kept kept(request, plan.key());
  const Patience patience = patience_of(request);
  const auto order =
      std::make_shared<Order>(Order{std::move(core), plan, network.spec, std::string()});
  if (!request.anew) {
    if (auto compiled = kept.load(order, patience)) return *std::move(compiled);
  }
  LATENT_TRY(const NetworkFile file, file_for(network, plan.info.precision));
  order->onnx.assign(reinterpret_cast<const char*>(file.onnx.data()), file.onnx.size());
  LATENT_TRY(auto compiled, with_patience<Compiled>([order] { return compile(*order); }, patience));
  kept.store(compiled);
  return compiled;
}

class OpenVinoSession : public Session {
 public:
  OpenVinoSession(Compiled compiled, Plan plan)
      : compiled_(std::move(compiled)), plan_(std::move(plan)) {
    plan_.info.compiled_sha256 = compiled_.sha256;
    plan_.info.from_cache = compiled_.from_cache;
    const int slots = std::max(kSlots, plan_.streams + 1);
    for (int i = 0; i < slots; ++i) requests_.push_back({compiled_.model.create_infer_request()});
  }

  ~OpenVinoSession() override {
    for (int slot = 0; slot < slots(); ++slot) (void)wait(slot);
  }

  const SessionInfo& info() const override { return plan_.info; }
  TensorShape input_shape() const override { return plan_.input; }
  TensorShape output_shape() const override { return plan_.output; }
  int slots() const override { return static_cast<int>(requests_.size()); }

  Status start(int slot, ConstTensorView input, TensorView output) override {
    LATENT_ENSURE(slot >= 0 && slot < slots());
    LATENT_ENSURE(input.shape == plan_.input && output.shape == plan_.output);
    Request& request = requests_[static_cast<std::size_t>(slot)];
    LATENT_ENSURE(!request.busy);
    if (cancelled_) return fail(ErrorCode::Cancelled, "cancelled");
    const auto started = guarded(ErrorCode::Device, "OpenVINO cannot start", [&] {
      // OpenVINO reads from an input tensor only.
      auto* samples =
          const_cast<float*>(input.data);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
      request.infer.set_input_tensor({ov::element::f32, shape_of(plan_.input), samples});
      request.infer.set_output_tensor({ov::element::f32, shape_of(plan_.output), output.data});
      request.infer.start_async();
      return true;
    });
    if (!started) return tl::make_unexpected(started.error());
    request.busy = true;
    return {};
  }

  Status wait(int slot) override {
    LATENT_ENSURE(slot >= 0 && slot < slots());
    Request& request = requests_[static_cast<std::size_t>(slot)];
    if (!request.busy) return {};
    request.busy = false;
    const auto done = guarded(ErrorCode::Device, "OpenVINO failed while computing", [&] {
      request.infer.wait();
      return true;
    });
    if (cancelled_) return fail(ErrorCode::Cancelled, "cancelled");
    if (!done) return tl::make_unexpected(done.error());
    return {};
  }

  void cancel() override {
    cancelled_ = true;
    for (Request& request : requests_) {
      (void)guarded(ErrorCode::Device, "cancel", [&] {
        request.infer.cancel();
        return true;
      });
    }
  }

  void resume() override { cancelled_ = false; }

 private:
  struct Request {
    ov::InferRequest infer;
    bool busy = false;
  };

  Compiled compiled_;
  Plan plan_;
  std::vector<Request> requests_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace

bool is_openvino_device(const std::string& device) {
  return device == "auto" || device == "cpu" || device == "gpu" || device.starts_with("gpu.") ||
         device == "npu";
}

Result<std::unique_ptr<Session>> create_openvino_session(const models::Network& network, Size tile,
                                                         const EngineRequest& request) {
  LATENT_TRY(auto core, make_openvino_core());
  LATENT_TRY(auto plan, make_plan(core, network, tile, request));
  LATENT_TRY(auto compiled, obtain(std::move(core), network, plan, request));
  const bool from_cache = compiled.from_cache;
  auto session = guarded(ErrorCode::Device, "OpenVINO cannot start a session", [&] {
    return std::unique_ptr<Session>(
        std::make_unique<OpenVinoSession>(std::move(compiled), std::move(plan)));
  });
  if (session || !from_cache) return session;
  log_warning("a compiled network is made anew: " + session.error().sentence);
  EngineRequest once_more = request;
  once_more.anew = true;
  return create_openvino_session(network, tile, once_more);
}

void list_openvino(Inventory& inventory) {
  EngineFacts engine;
  engine.engine = EngineKind::OpenVino;
  auto core = make_openvino_core();
  if (!core) {
    engine.problem = core.error().sentence;
    inventory.engines.push_back(std::move(engine));
    return;
  }
  engine.usable = true;
  engine.version = ov::get_openvino_version().buildNumber;
  inventory.engines.push_back(std::move(engine));
  const auto devices =
      guarded(ErrorCode::Device, "devices", [&] { return core->get_available_devices(); });
  for (const std::string& device : devices ? *devices : std::vector<std::string>{}) {
    const auto found = openvino_capabilities(*core, device);
    DeviceFacts facts;
    facts.engine = EngineKind::OpenVino;
    facts.device = lower_case(device);
    facts.name = openvino_name_of(*core, device);
    facts.driver = openvino_version_of(*core, device);
    facts.precisions = {Precision::F32};
    if (openvino_can(found, ov::device::capability::BF16))
      facts.precisions.push_back(Precision::Bf16);
    if (openvino_can(found, ov::device::capability::FP16))
      facts.precisions.push_back(Precision::F16);
    if (openvino_can(found, ov::device::capability::INT8))
      facts.precisions.push_back(Precision::Int8);
    facts.automatic = openvino_automatic_precision(device, found);
    inventory.devices.push_back(std::move(facts));
  }
}

}  // namespace latent::infer
