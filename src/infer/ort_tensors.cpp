// SPDX-License-Identifier: GPL-3.0-or-later
#include <onnxruntime_c_api.h>

#include <array>
#include <atomic>
#include <memory>
#include <utility>

#include "infer/ort_library.h"
#include "infer/ort_providers.h"
#include "infer/ort_session.h"
#include "infer/tensor_ports.h"

namespace latent::infer {
namespace {

ONNXTensorElementDataType element_of(const std::string& type) {
  constexpr std::array kElements{std::pair{"f32", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT},
                                 std::pair{"f16", ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16},
                                 std::pair{"bf16", ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16},
                                 std::pair{"f64", ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE},
                                 std::pair{"i8", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8},
                                 std::pair{"u8", ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8},
                                 std::pair{"i16", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16},
                                 std::pair{"u16", ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16},
                                 std::pair{"i32", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32},
                                 std::pair{"u32", ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32},
                                 std::pair{"i64", ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64},
                                 std::pair{"u64", ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64},
                                 std::pair{"bool", ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL}};
  for (const auto& [word, element] : kElements) {
    if (type == word) return element;
  }
  return ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
}

class OrtTensors : public TensorSession {
 public:
  OrtTensors(OrtNetwork network, OrtHandle<OrtMemoryInfo> memory,
             OrtHandle<OrtRunOptions> run_options, GraphPorts ports)
      : network_(std::move(network)),
        memory_(std::move(memory)),
        run_options_(std::move(run_options)),
        ports_(std::move(ports)) {}

  const std::vector<TensorPort>& inputs() const override { return ports_.inputs; }
  const std::vector<TensorPort>& outputs() const override { return ports_.outputs; }
  const SessionInfo& info() const override { return network_.setup.info; }

  Result<std::vector<NamedTensor>> run(const std::vector<NamedTensor>& given) override {
    if (cancelled_) return fail(ErrorCode::Cancelled, "cancelled");
    LATENT_TRY(const auto ordered, in_order_of(ports_.inputs, given));
    const OrtApi& api = *network_.setup.api;
    std::vector<std::vector<std::byte>> samples;
    std::vector<OrtHandle<OrtValue>> values;
    std::vector<const char*> names;
    std::vector<const OrtValue*> inputs;
    for (std::size_t i = 0; i < ordered.size(); ++i) {
      const TensorPort& port = ports_.inputs[i];
      LATENT_TRY(auto bytes, converted_to(port, ordered[i]->values));
      samples.push_back(std::move(bytes));
      OrtHandle<OrtValue> value(api.ReleaseValue);
      const auto& dims = ordered[i]->dims;
      LATENT_CHECK(ort_check(api,
                             api.CreateTensorWithDataAsOrtValue(
                                 memory_.get(), samples.back().data(), samples.back().size(),
                                 dims.data(), dims.size(), element_of(port.type), value.put()),
                             "an input cannot be handed to ONNX Runtime"));
      values.push_back(std::move(value));
      inputs.push_back(values.back().get());
      names.push_back(port.name.c_str());
    }
    std::vector<const char*> output_names;
    for (const TensorPort& port : ports_.outputs) output_names.push_back(port.name.c_str());
    std::vector<OrtValue*> outputs(output_names.size(), nullptr);
    const Status ran =
        ort_check(api,
                  api.Run(network_.session.get(), run_options_.get(), names.data(), inputs.data(),
                          inputs.size(), output_names.data(), output_names.size(), outputs.data()),
                  "ONNX Runtime failed while computing");
    std::vector<OrtHandle<OrtValue>> owned;
    for (OrtValue* output : outputs) {
      owned.emplace_back(api.ReleaseValue);
      *owned.back().put() = output;
    }
    if (cancelled_) return fail(ErrorCode::Cancelled, "cancelled");
    LATENT_CHECK(ran);
    std::vector<NamedTensor> answers;
    for (std::size_t i = 0; i < owned.size(); ++i) {
      LATENT_TRY(auto answer, answer_of(ports_.outputs[i], owned[i].get()));
      answers.push_back(std::move(answer));
    }
    return answers;
  }

  void cancel() override {
    cancelled_ = true;
    const OrtApi& api = *network_.setup.api;
    (void)ort_check(api, api.RunOptionsSetTerminate(run_options_.get()), "cancel");
  }

  void resume() override {
    cancelled_ = false;
    const OrtApi& api = *network_.setup.api;
    (void)ort_check(api, api.RunOptionsUnsetTerminate(run_options_.get()), "resume");
  }

 private:
  Result<NamedTensor> answer_of(const TensorPort& port, OrtValue* value) {
    const OrtApi& api = *network_.setup.api;
    const char* what = "ONNX Runtime gives no answer";
    int is_tensor = 0;
    if (value != nullptr) LATENT_CHECK(ort_check(api, api.IsTensor(value, &is_tensor), what));
    if (is_tensor == 0) {
      return fail(ErrorCode::ModelMismatch,
                  "the network cannot be used: its output '" + port.name + "' is no tensor");
    }
    OrtHandle<OrtTensorTypeAndShapeInfo> shape(api.ReleaseTensorTypeAndShapeInfo);
    LATENT_CHECK(ort_check(api, api.GetTensorTypeAndShape(value, shape.put()), what));
    std::size_t rank = 0;
    std::size_t count = 0;
    ONNXTensorElementDataType element = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
    LATENT_CHECK(ort_check(api, api.GetDimensionsCount(shape.get(), &rank), what));
    LATENT_CHECK(ort_check(api, api.GetTensorShapeElementCount(shape.get(), &count), what));
    LATENT_CHECK(ort_check(api, api.GetTensorElementType(shape.get(), &element), what));
    if (element == ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED || element != element_of(port.type)) {
      return fail(ErrorCode::ModelMismatch, "the network cannot be used: its output '" + port.name +
                                                "' is of another type than it declares, or of " +
                                                port.type);
    }
    NamedTensor answer;
    answer.name = port.name;
    answer.dims.resize(rank);
    LATENT_CHECK(ort_check(api, api.GetDimensions(shape.get(), answer.dims.data(), rank), what));
    void* data = nullptr;
    LATENT_CHECK(ort_check(api, api.GetTensorMutableData(value, &data), what));
    LATENT_TRY(answer.values, converted_from(port, {static_cast<const std::byte*>(data),
                                                    count * element_bytes(port.type)}));
    return answer;
  }

  OrtNetwork network_;
  OrtHandle<OrtMemoryInfo> memory_;
  OrtHandle<OrtRunOptions> run_options_;
  GraphPorts ports_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace

Result<std::unique_ptr<TensorSession>> open_onnxruntime_tensors(
    const OnnxSource& source, const EngineRequest& request, GraphPorts ports,
    const std::map<std::string, std::int64_t>& sizes, const OrtPluginTarget& target) {
  LATENT_TRY(OrtSetup setup, set_up_ort(request, source.optimization, target));
  const OrtApi& api = *setup.api;
  for (const auto& [name, size] : sizes) {
    LATENT_CHECK(
        ort_check(api, api.AddFreeDimensionOverrideByName(setup.options.get(), name.c_str(), size),
                  "a dimension cannot be fixed"));
  }
  LATENT_TRY(OrtNetwork network, open_ort_network(std::move(setup), source.bytes, request));
  OrtHandle<OrtMemoryInfo> memory(api.ReleaseMemoryInfo);
  LATENT_CHECK(
      ort_check(api, api.CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, memory.put()),
                "ONNX Runtime cannot be set up"));
  OrtHandle<OrtRunOptions> run_options(api.ReleaseRunOptions);
  LATENT_CHECK(
      ort_check(api, api.CreateRunOptions(run_options.put()), "ONNX Runtime cannot be set up"));
  return std::unique_ptr<TensorSession>(std::make_unique<OrtTensors>(
      std::move(network), std::move(memory), std::move(run_options), std::move(ports)));
}

}  // namespace latent::infer
