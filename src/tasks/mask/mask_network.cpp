// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/mask/mask_network.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "infer/deadline.h"
#include "infer/onnx_graph.h"
#include "infer/onnx_split.h"
#include "infer/tensor_ports.h"
#include "infer/tensor_proof.h"
#include "mask/click_finder.h"
#include "models/manifest/task_contract.h"
#include "tasks/mask/encoding_file.h"

namespace latent::tasks {

using mask::NetTensor;

namespace {

/// Free dimensions of darktable's packages that stand for one.
const std::map<std::string, std::int64_t>& sizes() {
  static const std::map<std::string, std::int64_t> kSizes{{"num_labels", 1}, {"batch_size", 1}};
  return kSizes;
}

std::vector<infer::NamedTensor> named(std::vector<NetTensor> tensors) {
  std::vector<infer::NamedTensor> result;
  for (NetTensor& tensor : tensors) {
    result.push_back({std::move(tensor.name), std::move(tensor.dims), std::move(tensor.values)});
  }
  return result;
}

std::vector<NetTensor> unnamed(std::vector<infer::NamedTensor> tensors) {
  std::vector<NetTensor> result;
  for (infer::NamedTensor& tensor : tensors) {
    result.push_back({std::move(tensor.name), std::move(tensor.dims), std::move(tensor.values)});
  }
  return result;
}

Status hold(const models::Manifest& manifest, const std::string& stem,
            const std::vector<infer::TensorPort>& inputs,
            const std::vector<infer::TensorPort>& outputs) {
  models::GraphFacts facts;
  for (const infer::TensorPort& port : inputs) {
    facts.inputs.push_back({port.name, port.type, port.dims});
  }
  for (const infer::TensorPort& port : outputs) {
    facts.outputs.push_back({port.name, port.type, port.dims});
  }
  return models::hold_to_task_ports(manifest, stem, facts);
}

Status hold(const models::Manifest& manifest, const std::string& stem,
            const infer::TensorSession& session) {
  return hold(manifest, stem, session.inputs(), session.outputs());
}

/// Runs a session so that a stop ends it, and it can be asked again.
Result<std::vector<NetTensor>> run_stoppable(infer::TensorSession& session,
                                             std::vector<NetTensor> inputs,
                                             const infer::EngineRequest& engine,
                                             const RunControl& control) {
  LATENT_CHECK(control.check());
  infer::EngineRequest request = engine;
  request.stop = control.stop;
  auto outputs = infer::run_within(session, named(std::move(inputs)), request);
  if (control.stop_requested()) {
    session.resume();
    return fail(ErrorCode::Cancelled, "cancelled");
  }
  if (!outputs) return tl::make_unexpected(std::move(outputs).error());
  return unnamed(*std::move(outputs));
}

/// A graph that is compiled at its first run, proved on what it is first asked.
struct Lazy {
  models::Manifest manifest;
  std::string stem;
  infer::OnnxSource source;
  infer::EngineRequest engine;
  std::shared_ptr<std::vector<std::string>> notices;
  std::unique_ptr<infer::TensorSession> session;

  Result<std::vector<NetTensor>> run(std::vector<NetTensor> inputs, const RunControl& control) {
    if (!session) {
      infer::TensorProbe probe;
      probe.inputs = named(inputs);
      infer::EngineRequest request = engine;
      request.stop = control.stop;
      LATENT_TRY(auto proved, infer::open_proved_tensor_session(source, request, sizes(), probe));
      LATENT_CHECK(hold(manifest, stem, *proved.session));
      notices->insert(notices->end(), proved.notices.begin(), proved.notices.end());
      session = std::move(proved.session);
    }
    return run_stoppable(*session, std::move(inputs), engine, control);
  }
};

Result<std::shared_ptr<Lazy>> lazy(const models::Package& package, const std::string& stem,
                                   const infer::EngineRequest& engine,
                                   std::shared_ptr<std::vector<std::string>> notices) {
  auto made = std::make_shared<Lazy>();
  made->manifest = package.manifest();
  made->stem = stem;
  LATENT_TRY(made->source.bytes, package.file(stem + ".onnx"));
  made->source.optimization = package.manifest().hints.optimization_of(stem);
  made->engine = engine;
  made->notices = std::move(notices);
  return made;
}

/// A decoder in two parts (infer/onnx_split.h). Where an engine does not take them, the whole is run.
class SplitDecoder {
 public:
  SplitDecoder(std::shared_ptr<Lazy> whole, infer::OnnxSplit split)
      : whole_(std::move(whole)), split_(std::move(split)) {}

  /// The encoder's outputs as run() takes them.
  Result<std::vector<NetTensor>> prepare(std::vector<NetTensor> features,
                                         const RunControl& control) {
    const std::scoped_lock lock(preparing_);
    if (refused_) return features;
    auto prepared = computed(features, control);
    if (prepared) return prepared;
    if (prepared.error().code == ErrorCode::Cancelled) return prepared;
    refused_ = true;
    return features;
  }

  Result<std::vector<NetTensor>> run(std::vector<NetTensor> inputs, const RunControl& control) {
    const bool prepared = std::ranges::any_of(
        inputs, [&](const NetTensor& input) { return input.name == split_.carried.front(); });
    if (!prepared) return whole_->run(std::move(inputs), control);
    LATENT_TRY(const auto rest, rest_for(inputs, control));
    return run_stoppable(*rest, std::move(inputs), whole_->engine, control);
  }

 private:
  Result<std::vector<NetTensor>> computed(const std::vector<NetTensor>& features,
                                          const RunControl& control) {
    if (!once_) {
      LATENT_TRY(once_, open(split_.once, control));
    }
    std::vector<NetTensor> inputs;
    std::vector<NetTensor> prepared;
    for (const NetTensor& feature : features) {
      const auto is_it = [&](const auto& other) { return other == feature.name; };
      if (std::ranges::any_of(once_->inputs(), is_it, &infer::TensorPort::name)) {
        inputs.push_back(feature);
      }
      if (std::ranges::any_of(split_.fixed, is_it)) prepared.push_back(feature);
    }
    LATENT_TRY(auto carried, run_stoppable(*once_, std::move(inputs), whole_->engine, control));
    LATENT_CHECK(rest_for(carried, control));
    std::ranges::move(carried, std::back_inserter(prepared));
    return prepared;
  }

  /// The part of each click, for tensors of these sizes: a photograph of another network size may
  /// have been prepared since.
  Result<std::shared_ptr<infer::TensorSession>> rest_for(const std::vector<NetTensor>& tensors,
                                                         const RunControl& control) {
    std::vector<std::vector<std::int64_t>> sizes;
    for (const std::string& name : split_.carried) {
      const auto found = std::ranges::find(tensors, name, &NetTensor::name);
      if (found == tensors.end()) {
        return fail(ErrorCode::Internal, "a part of a decoder is missing");
      }
      sizes.push_back(found->dims);
    }
    const std::scoped_lock lock(mutex_);
    if (each_ && sizes == sizes_) return each_;
    LATENT_TRY(const auto graph, split_.each(sizes));
    LATENT_TRY(each_, open(graph, control));
    sizes_ = std::move(sizes);
    return each_;
  }

  [[nodiscard]] Result<std::unique_ptr<infer::TensorSession>> open(
      const std::vector<std::byte>& graph, const RunControl& control) const {
    infer::OnnxSource source = whole_->source;
    source.bytes = graph;
    infer::EngineRequest request = whole_->engine;
    request.stop = control.stop;
    return infer::open_tensor_session(source, request, sizes());
  }

  std::shared_ptr<Lazy> whole_;
  infer::OnnxSplit split_;
  std::mutex preparing_;  ///< of what follows
  bool refused_ = false;
  std::unique_ptr<infer::TensorSession> once_;
  std::mutex mutex_;  ///< of what follows: a photograph may be prepared while one is asked about
  std::shared_ptr<infer::TensorSession> each_;
  std::vector<std::vector<std::int64_t>> sizes_;
};

/// Opens the decoder, whole or in two parts.
Status open_decoder(const models::Manifest& manifest, const std::shared_ptr<Lazy>& decoder,
                    mask::NetModel& model) {
  LATENT_CHECK(infer::check_graph(decoder->source.bytes));
  std::optional<infer::OnnxSplit> split;
  if (auto ports = infer::read_graph_ports(decoder->source.bytes)) {
    infer::fix_sizes(*ports, sizes());
    std::set<std::string> features;
    for (const infer::TensorPort& port : ports->inputs) {
      model.decoder_inputs.push_back(port.name);
      if (!mask::is_of_prompts(port.name)) features.insert(port.name);
    }
    LATENT_CHECK(hold(manifest, "decoder", ports->inputs, ports->outputs));
    auto tried = infer::split_onnx(decoder->source.bytes, features);
    if (tried) split = *std::move(tried);
  }
  if (split) {
    const auto parts = std::make_shared<SplitDecoder>(decoder, *std::move(split));
    model.prepare = [parts](std::vector<NetTensor> features, const RunControl& control) {
      return parts->prepare(std::move(features), control);
    };
    model.decode = [parts](std::vector<NetTensor> inputs, const RunControl& control) {
      return parts->run(std::move(inputs), control);
    };
    return {};
  }
  LATENT_TRY(decoder->session,
             infer::open_tensor_session(decoder->source, decoder->engine, sizes()));
  LATENT_CHECK(hold(manifest, "decoder", *decoder->session));
  model.decode = [decoder](std::vector<NetTensor> inputs, const RunControl& control) {
    return decoder->run(std::move(inputs), control);
  };
  return {};
}

std::vector<std::string> names_of(const models::Package& package) {
  std::vector<std::string> names;
  for (const auto& [name, facts] : package.files()) names.push_back(name);
  return names;
}

/// The name of the one input of a graph, without running it.
Result<std::string> input_name(const models::Package& package, const std::string& stem,
                               const Lazy& graph) {
  if (package.manifest().latent) {
    for (const models::GraphSpec& spec : package.manifest().latent->graphs) {
      if (spec.id == stem && !spec.inputs.empty()) return spec.inputs.front().name;
    }
  }
  if (stem == "encoder" &&
      (package.manifest().arch == "sam2" || package.manifest().arch == "segnext")) {
    return std::string("image");
  }
  infer::EngineRequest plain = graph.engine;
  plain.device = "cpu";
  plain.precision = infer::Precision::F32;
  LATENT_TRY(const auto session, infer::open_tensor_session(graph.source, plain, sizes()));
  LATENT_CHECK(hold(package.manifest(), stem, *session));
  return session->inputs().front().name;
}

/// The encoder, with what it gave for pictures that it saw before.
mask::NetGraph remembered(std::shared_ptr<Lazy> encoder, EncodingCache cache, std::string model) {
  return [encoder = std::move(encoder), cache = std::move(cache), model = std::move(model)](
             std::vector<NetTensor> inputs,
             const RunControl& control) -> Result<std::vector<NetTensor>> {
    const std::string key = encoding_key(inputs.front(), model);
    if (auto kept = cache.load(key)) return *std::move(kept);
    LATENT_TRY(auto outputs, encoder->run(std::move(inputs), control));
    const bool finite = std::ranges::all_of(outputs, [](const NetTensor& tensor) {
      return std::ranges::all_of(tensor.values, [](float v) { return std::isfinite(v); });
    });
    if (cache.keeps_nothing()) return outputs;
    round_to_half(outputs);
    if (finite) cache.store(key, outputs);
    return outputs;
  };
}

}  // namespace

Result<MaskNetwork> open_mask_network(const models::Package& package,
                                      const MaskNetworkOptions& options) {
  MaskNetwork network;
  LATENT_TRY(network.contract, mask::net_contract(package.manifest(), options.compat));
  LATENT_CHECK(models::hold_to_task_files(package.manifest(), names_of(package)));
  network.notices = std::make_shared<std::vector<std::string>>();
  infer::EngineRequest engine = options.engine;
  const bool clicks = network.contract.family == mask::NetFamily::Clicks;
  if (clicks) {  // small and asked at every click, as decoders are
    engine.device = "cpu";
    engine.precision = infer::Precision::F32;
  }
  if (clicks || network.contract.family == mask::NetFamily::Automatic) {
    LATENT_TRY(auto graph, lazy(package, "model", engine, network.notices));
    LATENT_TRY(network.input, input_name(package, "model", *graph));
    network.graph = [graph](std::vector<NetTensor> inputs, const RunControl& control) {
      return graph->run(std::move(inputs), control);
    };
    return network;
  }
  auto model = std::make_shared<mask::NetModel>();
  model->contract = network.contract;
  LATENT_TRY(auto encoder, lazy(package, "encoder", engine, network.notices));
  LATENT_TRY(model->encoder_input, input_name(package, "encoder", *encoder));
  // Small and asked at every click: the way to another device would take longer.
  engine.device = "cpu";
  engine.precision = infer::Precision::F32;
  LATENT_TRY(auto decoder, lazy(package, "decoder", engine, network.notices));
  LATENT_CHECK(open_decoder(package.manifest(), decoder, *model));
  model->encode =
      remembered(std::move(encoder), EncodingCache(options.encodings, options.most_bytes),
                 package.sha256() + std::string(infer::precision_name(options.engine.precision)));
  network.model = std::move(model);
  return network;
}

mask::FinderMaker finder_of(const MaskNetwork& network) {
  if (network.contract.family == mask::NetFamily::Clicks) {
    const auto model = std::make_shared<const mask::ClickModel>(
        mask::ClickModel{network.contract, network.input, network.graph});
    return [model](ImageView<const std::uint8_t> picture, const RunControl& control) {
      return mask::click_finder(model, picture, control);
    };
  }
  return [model = network.model](ImageView<const std::uint8_t> picture, const RunControl& control) {
    return mask::net_finder(model, picture, control);
  };
}

}  // namespace latent::tasks
