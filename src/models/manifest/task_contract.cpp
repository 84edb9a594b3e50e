// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/task_contract.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/path.h"

namespace latent::models {
namespace {

using Names = std::vector<std::string>;

/// A tensor as a task wants it; "" and 0 leave a fact free.
struct Wanted {
  const char* name = "";
  std::size_t rank = 4;
  std::int64_t channels = 0;  ///< the second dimension
};

/// The tensors of one file: the required ones, and how many more there may be.
struct FileContract {
  std::vector<Wanted> inputs;
  std::size_t optional_inputs = 0;  ///< of the last ones in `inputs`
  std::vector<Wanted> outputs;
  std::size_t more_outputs = 0;  ///< beyond those named
  double scale = 0;              ///< sides of output 0 over those of input 0; 0: anything
};

bool begins(const std::string& text, std::string_view with) { return text.starts_with(with); }
bool is_depth(const std::string& task) { return task == "depth" || task == "mask-depth"; }
bool is_erase(const std::string& task) { return task == "erase" || task == "inpaint"; }
bool is_embed(const std::string& task) { return task == "embed" || task == "embedding"; }
bool is_auto_mask(const std::string& task) { return begins(task, "mask-ai-"); }

std::string raw_kind(const Manifest& manifest, const std::string& stem) {
  const auto found = manifest.attributes.find(stem);
  if (found != manifest.attributes.end() && found->second.input_kind) {
    return *found->second.input_kind;
  }
  return stem == "model_bayer"    ? "bayer_v1"
         : stem == "model_linear" ? "linear_v1"
         : stem == "model_xtrans" ? "xtrans_v1"
                                  : "";
}

/// Files of which all (`every`) or at least one must be there.
struct FileRule {
  Names names;
  bool every = true;
};

/// Masks by our own network, which is one file (docs/package-format.md).
bool is_clicks(const Manifest& manifest) {
  return manifest.task == "mask" && manifest.arch == "latent_clicks";
}

FileRule files_of(const Manifest& manifest) {
  const std::string& task = manifest.task;
  if (is_clicks(manifest)) return {{"model.onnx"}};
  if (task == "mask") return {{"encoder.onnx", "decoder.onnx"}};
  if (task == "rawdenoise")
    return {{"model_bayer.onnx", "model_linear.onnx", "model_xtrans.onnx"}, false};
  if (task == "upscale") return {{"model_x2.onnx", "model_x4.onnx"}, false};
  if (task == "denoise" || is_depth(task) || is_erase(task) || is_embed(task) ||
      is_auto_mask(task)) {
    return {{"model.onnx"}};
  }
  return {{}, false};
}

FileContract restore_contract(const Manifest& manifest, const std::string& stem) {
  const Wanted rgb{.channels = 3};
  if (manifest.task == "denoise") {
    return {{rgb, {.channels = 1}}, 1, {rgb}, 0, 1.0};
  }
  if (manifest.task == "upscale") {
    const double scale = stem == "model_x2" ? 2.0 : stem == "model_x4" ? 4.0 : 0.0;
    return {{rgb}, 0, {rgb}, 0, scale};
  }
  if (raw_kind(manifest, stem) == "bayer_v1") {
    return {{{.channels = 4}}, 0, {rgb}, 0, 2.0};
  }
  return {{rgb}, 0, {rgb}, 0, 1.0};
}

FileContract mask_contract(const Manifest& manifest, const std::string& stem) {
  const Wanted image{.name = "image", .channels = 3};
  const Wanted coords{.name = "point_coords", .rank = 3};
  const Wanted labels{.name = "point_labels", .rank = 2};
  const bool encoder = stem == "encoder";
  if (manifest.arch == "sam2") {
    if (encoder) {
      return {{image}, 0, {{"high_res_feats_0"}, {"high_res_feats_1"}, {"image_embed"}}};
    }
    return {{{"image_embed"},
             {"high_res_feats_0"},
             {"high_res_feats_1"},
             coords,
             labels,
             {"mask_input", 4, 1},
             {"has_mask_input", 1}},
            0,
            {{"masks"}, {"iou_predictions", 2}, {"low_res_masks"}}};
  }
  if (manifest.arch == "segnext") {
    if (encoder) return {{image}, 0, {{"image_feats"}}};
    return {{{"image_feats"}, coords, labels, {"prev_mask", 4, 1}}, 0, {{"mask", 4, 1}}};
  }
  // Other architectures (HQ-SAM, EfficientSAM, ...): a picture goes in, points are asked for.
  if (encoder) return {{{.channels = 3}}, 0, {{.rank = 0}}, 3};
  return {{}, 0, {{.rank = 0}}, 7};
}

/// What the task says about one file; nothing for files it does not name.
bool contract_of(const Manifest& manifest, const std::string& stem, FileContract& contract) {
  const std::string& task = manifest.task;
  if (task == "denoise" || task == "upscale" || task == "rawdenoise") {
    contract = restore_contract(manifest, stem);
  } else if (is_clicks(manifest) && stem == "model") {
    contract = {{{"planes", 4, 10}}, 0, {{"logits", 4, 1}}, 0, 1.0};
  } else if (task == "mask" && (stem == "encoder" || stem == "decoder")) {
    contract = mask_contract(manifest, stem);
  } else if (is_depth(task)) {
    contract = {{{.channels = 3}}, 0, {{.rank = 0}}};
  } else if (is_erase(task)) {
    contract = {{{"image", 4, 3}, {"mask", 4, 1}}, 0, {{.channels = 3}}, 0, 1.0};
  } else if (is_auto_mask(task)) {
    contract = {{{.channels = 3}}, 0, {{.rank = 4}}, 8};
  } else if (is_embed(task)) {
    contract = {{{.channels = 3}}, 0, {{.rank = 2}}};
  } else {
    return false;
  }
  return true;
}

tl::unexpected<Error> mismatch(const std::string& stem, const std::string& problem) {
  return fail(ErrorCode::ModelMismatch, "'" + printable(stem) + ".onnx': " + problem);
}

std::string shape_words(const std::vector<std::int64_t>& dims) {
  std::vector<std::string> words;
  words.reserve(dims.size());
  for (const std::int64_t size : dims) words.push_back(size < 0 ? "?" : std::to_string(size));
  return fmt::format("[{}]", fmt::join(words, ", "));
}

Status hold_port(const std::string& stem, const char* side, std::size_t index, const Wanted& wanted,
                 const PortFacts& port) {
  const std::string which = fmt::format("{} {} '{}'", side, index, printable(port.name));
  if (*wanted.name != '\0' && port.name != wanted.name) {
    return mismatch(stem, fmt::format("{} must be '{}' for this task", which, wanted.name));
  }
  if (wanted.rank != 0 && port.dims.size() != wanted.rank) {
    return mismatch(stem, fmt::format("{} has the shape {} where the task wants {} dimensions",
                                      which, shape_words(port.dims), wanted.rank));
  }
  if (wanted.channels != 0 && port.dims[1] >= 0 && port.dims[1] != wanted.channels) {
    return mismatch(stem, fmt::format("{} has {} channels where the task wants {}", which,
                                      port.dims[1], wanted.channels));
  }
  return {};
}

Status hold_scale(const std::string& stem, double scale, const GraphFacts& graph) {
  const auto& input = graph.inputs.front();
  const auto& output = graph.outputs.front();
  for (std::size_t axis = 2; axis < 4; ++axis) {
    if (input.dims[axis] < 0 || output.dims[axis] < 0) continue;
    if (static_cast<double>(output.dims[axis]) != scale * static_cast<double>(input.dims[axis])) {
      return mismatch(stem,
                      fmt::format("the output '{}' {} is not {} times the size of its input {}",
                                  printable(output.name), shape_words(output.dims), scale,
                                  shape_words(input.dims)));
    }
  }
  return {};
}

Status hold_points(const std::string& stem, const GraphFacts& graph) {
  for (const char* name : {"point_coords", "point_labels"}) {
    if (std::ranges::count(graph.inputs, name, &PortFacts::name) == 0) {
      return mismatch(stem, fmt::format("it has no input '{}', which the task needs", name));
    }
  }
  return {};
}

Status hold_side(const std::string& stem, const char* side, const std::vector<Wanted>& wanted,
                 std::size_t least, std::size_t most, const std::vector<PortFacts>& ports) {
  if (ports.size() < least || ports.size() > most) {
    return mismatch(stem, fmt::format("it has {} {}s where the task wants {}", ports.size(), side,
                                      least == most ? std::to_string(least)
                                                    : fmt::format("{} to {}", least, most)));
  }
  for (std::size_t i = 0; i < std::min(ports.size(), wanted.size()); ++i) {
    LATENT_CHECK(hold_port(stem, side, i, wanted[i], ports[i]));
  }
  return {};
}

}  // namespace

Status hold_to_task_files(const Manifest& manifest, const Names& file_names) {
  if (manifest.latent && !manifest.latent->networks.empty()) return {};
  const FileRule rule = files_of(manifest);
  const auto present = [&](const std::string& name) {
    return std::ranges::count(file_names, name) > 0;
  };
  const auto wrong = [&](const std::string& wanted) {
    return fail(ErrorCode::ModelMismatch, fmt::format("a package for the task '{}' must hold {}",
                                                      printable(manifest.task), wanted));
  };
  if (rule.names.empty()) {
    const bool any = std::ranges::any_of(
        file_names, [](const std::string& name) { return name.ends_with(".onnx"); });
    return any ? Status{} : wrong("an ONNX file");
  }
  if (rule.every) {
    for (const std::string& name : rule.names) {
      if (!present(name)) return wrong(name);
    }
    return {};
  }
  if (std::ranges::any_of(rule.names, present)) return {};
  for (const auto& [stem, attributes] : manifest.attributes) {
    if (attributes.input_kind && present(stem + ".onnx")) return {};
  }
  return wrong("one of " + fmt::format("{}", fmt::join(rule.names, ", ")));
}

Status hold_to_task_ports(const Manifest& manifest, const std::string& stem,
                          const GraphFacts& graph) {
  if (graph.inputs.empty() || graph.outputs.empty()) {
    return mismatch(stem, "it has no input or no output");
  }
  FileContract contract;
  if (!contract_of(manifest, stem, contract)) return {};
  const bool points = manifest.task == "mask" && stem == "decoder";
  if (contract.inputs.empty()) {
    LATENT_CHECK(hold_points(stem, graph));
  } else {
    LATENT_CHECK(hold_side(stem, "input", contract.inputs,
                           contract.inputs.size() - contract.optional_inputs,
                           contract.inputs.size(), graph.inputs));
  }
  LATENT_CHECK(hold_side(stem, "output", contract.outputs, contract.outputs.size(),
                         contract.outputs.size() + contract.more_outputs, graph.outputs));
  if (contract.scale != 0 && !points) LATENT_CHECK(hold_scale(stem, contract.scale, graph));
  return {};
}

Status hold_to_graph_spec(const GraphSpec& spec, const GraphFacts& graph) {
  const auto compare = [&](const char* side, const std::vector<GraphPort>& said,
                           const std::vector<PortFacts>& found) -> Status {
    if (said.size() != found.size()) {
      return mismatch(spec.id, fmt::format("it has {} {}s where config.json declares {}",
                                           found.size(), side, said.size()));
    }
    for (std::size_t i = 0; i < said.size(); ++i) {
      if (said[i].name != found[i].name) {
        return mismatch(spec.id,
                        fmt::format("its {} {} is '{}' where config.json declares '{}'", side, i,
                                    printable(found[i].name), printable(said[i].name)));
      }
      if (said[i].type != found[i].type || said[i].dims != found[i].dims) {
        return mismatch(
            spec.id, fmt::format("its {} '{}' is {} {} where config.json declares {} {}", side,
                                 printable(said[i].name), found[i].type, shape_words(found[i].dims),
                                 said[i].type, shape_words(said[i].dims)));
      }
    }
    return {};
  };
  LATENT_CHECK(compare("input", spec.inputs, graph.inputs));
  return compare("output", spec.outputs, graph.outputs);
}

}  // namespace latent::models
