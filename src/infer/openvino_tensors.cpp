// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <openvino/openvino.hpp>
#include <utility>

#include "infer/openvino_core.h"
#include "infer/tensor_ports.h"

namespace latent::infer {
namespace {

Status mismatch(const std::string& what) {
  return fail(ErrorCode::ModelMismatch, "the network cannot be used: " + what);
}

ov::PartialShape partial_shape(const TensorPort& port) {
  std::vector<ov::Dimension> dims;
  for (const std::int64_t side : port.dims) {
    dims.push_back(side < 0 ? ov::Dimension::dynamic() : ov::Dimension(side));
  }
  return {std::move(dims)};
}

ov::Shape shape_of(const std::vector<std::int64_t>& dims) { return {dims.begin(), dims.end()}; }

/// Which of the model's ports has that name; none of them: -1.
int index_of(const std::vector<ov::Output<const ov::Node>>& ports, const std::string& name) {
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (ports[i].get_names().contains(name)) return static_cast<int>(i);
  }
  return -1;
}

/// A graph ready to run, and what made it: what was compiled goes before the core does.
struct Compiled {
  ov::Core core;
  ov::CompiledModel model;
};

class OpenVinoTensors : public TensorSession {
 public:
  OpenVinoTensors(Compiled compiled, SessionInfo info, GraphPorts ports)
      : core_(std::move(compiled.core)),
        compiled_(std::move(compiled.model)),
        request_(compiled_.create_infer_request()),
        info_(std::move(info)),
        ports_(std::move(ports)) {}

  /// Finds the graph's ports among the model's.
  Status match() {
    for (const TensorPort& port : ports_.inputs) {
      inputs_.push_back(index_of(compiled_.inputs(), port.name));
      if (inputs_.back() < 0) return mismatch("OpenVINO does not know its input " + port.name);
    }
    for (const TensorPort& port : ports_.outputs) {
      outputs_.push_back(index_of(compiled_.outputs(), port.name));
      if (outputs_.back() < 0) return mismatch("OpenVINO does not know its output " + port.name);
    }
    return {};
  }

  const std::vector<TensorPort>& inputs() const override { return ports_.inputs; }
  const std::vector<TensorPort>& outputs() const override { return ports_.outputs; }
  const SessionInfo& info() const override { return info_; }

  Result<std::vector<NamedTensor>> run(const std::vector<NamedTensor>& given) override {
    LATENT_TRY(const auto ordered, in_order_of(ports_.inputs, given));
    for (std::size_t i = 0; i < ordered.size(); ++i) LATENT_CHECK(set_input(i, *ordered[i]));
    LATENT_CHECK(compute());
    std::vector<NamedTensor> answers;
    for (std::size_t i = 0; i < ports_.outputs.size(); ++i) {
      LATENT_TRY(auto answer, output(i));
      answers.push_back(std::move(answer));
    }
    return answers;
  }

  void cancel() override {
    cancelled_ = true;
    (void)guarded(ErrorCode::Device, "cancel", [&] {
      request_.cancel();
      return true;
    });
  }

  void resume() override { cancelled_ = false; }

 private:
  Status compute() {
    if (cancelled_) return fail(ErrorCode::Cancelled, "cancelled");
    const auto ran = guarded(ErrorCode::Device, "OpenVINO failed while computing", [&] {
      request_.start_async();
      if (cancelled_) request_.cancel();  // that came before there was anything to cancel
      request_.wait();
      return true;
    });
    if (cancelled_) return fail(ErrorCode::Cancelled, "cancelled");
    return ran ? Status{} : tl::make_unexpected(ran.error());
  }

  Status set_input(std::size_t i, const NamedTensor& tensor) {
    LATENT_TRY(const auto bytes, converted_to(ports_.inputs[i], tensor.values));
    const auto index = static_cast<std::size_t>(inputs_[i]);
    const auto set = guarded(ErrorCode::Device, "OpenVINO refuses an input", [&] {
      ov::Tensor copy(compiled_.input(index).get_element_type(), shape_of(tensor.dims));
      if (copy.get_byte_size() != bytes.size()) throw std::runtime_error("another type");
      if (!bytes.empty()) std::memcpy(copy.data(), bytes.data(), bytes.size());
      request_.set_input_tensor(index, copy);
      return true;
    });
    return set ? Status{} : tl::make_unexpected(set.error());
  }

  Result<NamedTensor> output(std::size_t i) {
    const auto index = static_cast<std::size_t>(outputs_[i]);
    LATENT_TRY(const ov::Tensor tensor, guarded(ErrorCode::Device, "OpenVINO gives no answer",
                                                [&] { return request_.get_output_tensor(index); }));
    NamedTensor answer;
    answer.name = ports_.outputs[i].name;
    for (const std::size_t side : tensor.get_shape()) {
      answer.dims.push_back(static_cast<std::int64_t>(side));
    }
    const auto* data = static_cast<const std::byte*>(tensor.data());
    LATENT_TRY(answer.values, converted_from(ports_.outputs[i], {data, tensor.get_byte_size()}));
    if (answer.values.size() != tensor.get_size()) {
      return tl::make_unexpected(mismatch("its output is of another type than declared").error());
    }
    return answer;
  }

  ov::Core core_;  // outlives what it compiled
  ov::CompiledModel compiled_;
  ov::InferRequest request_;
  SessionInfo info_;
  GraphPorts ports_;
  std::vector<int> inputs_;
  std::vector<int> outputs_;
  std::atomic<bool> cancelled_ = false;
};

/// Gives the inputs the sizes that were fixed.
void fix(ov::Model& model, const GraphPorts& ports) {
  std::map<ov::Output<ov::Node>, ov::PartialShape> shapes;
  for (const auto& input : model.inputs()) {
    for (const TensorPort& port : ports.inputs) {
      if (port.ranked && input.get_names().contains(port.name)) {
        shapes[input] = partial_shape(port);
      }
    }
  }
  model.reshape(shapes);
}

/// All that compiling needs, owned, since it may outlive whoever waits for it.
struct Order {
  ov::Core core;
  OpenVinoDevice device;
  std::string onnx;
  GraphPorts ports;
  bool fixed = false;
};

Result<Compiled> compile(Order& order) {
  LATENT_TRY(const auto model, read_openvino_model(order.core, order.onnx));
  if (order.fixed) {
    LATENT_TRY(const bool fixed,
               guarded(ErrorCode::ModelMismatch, "the network cannot take these sizes", [&] {
                 fix(*model, order.ports);
                 return true;
               }));
    (void)fixed;
  }
  return guarded(ErrorCode::Device, "OpenVINO cannot compile the network", [&] {
    return Compiled{order.core,
                    order.core.compile_model(model, order.device.device, order.device.config())};
  });
}

}  // namespace

Result<std::unique_ptr<TensorSession>> open_openvino_tensors(
    const OnnxSource& source, const EngineRequest& request, GraphPorts ports,
    const std::map<std::string, std::int64_t>& sizes) {
  LATENT_TRY(auto core, make_openvino_core());
  LATENT_TRY(const OpenVinoDevice device, choose_openvino_device(core, request));
  const auto order = std::make_shared<Order>(
      Order{std::move(core), device,
            std::string(reinterpret_cast<const char*>(source.bytes.data()), source.bytes.size()),
            ports, !sizes.empty()});
  LATENT_TRY(auto compiled,
             with_patience<Compiled>([order] { return compile(*order); }, patience_of(request)));
  LATENT_TRY(auto session, guarded(ErrorCode::Device, "OpenVINO cannot start a session", [&] {
               return std::make_unique<OpenVinoTensors>(std::move(compiled), device.info,
                                                        std::move(ports));
             }));
  LATENT_CHECK(session->match());
  return std::unique_ptr<TensorSession>(std::move(session));
}

}  // namespace latent::infer
