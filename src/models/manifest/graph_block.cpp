// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/graph_block.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "models/manifest/manifest.h"

namespace latent::models {
namespace {

constexpr std::int64_t kMaxDim = 1 << 20;
constexpr std::size_t kMaxRank = 8;
constexpr std::size_t kMaxPorts = 64;
constexpr std::size_t kMaxIndices = 4096;
constexpr std::int64_t kMaxElements = std::int64_t{1} << 26;
constexpr std::size_t kMaxName = 128;
constexpr std::array<std::string_view, 13> kTypes{"f32", "f16", "bf16", "f64", "i8",  "i16", "i32",
                                                  "i64", "u8",  "u16",  "u32", "u64", "bool"};

void read_port_dims(Fields& fields, GraphPort& port) {
  for (const Json& entry : fields.array("dims")) {
    const auto* size = entry.as_integer();
    const auto* symbol = entry.as_string();
    const bool good = size != nullptr     ? *size >= 1 && *size <= kMaxDim
                      : symbol != nullptr ? !symbol->empty() && symbol->size() <= kMaxName
                                          : false;
    if (!good || port.dims.size() == kMaxRank) {
      fields.fault("dims", "must be at most 8 integers from 1 to 1048576 or names");
      return;
    }
    port.dims.push_back(size != nullptr ? *size : -1);
    port.symbols.push_back(symbol != nullptr ? *symbol : "");
  }
}

GraphPort read_port(Fields fields) {
  GraphPort port;
  port.name = fields.text("name");
  if (port.name.empty() || port.name.size() > kMaxName) {
    fields.fault("name", "must be 1 to 128 characters");
  }
  port.type = fields.text("type");
  if (std::ranges::count(kTypes, port.type) == 0) {
    fields.fault("type", "must be an element type such as \"f32\", \"f16\" or \"i64\"");
  }
  read_port_dims(fields, port);
  port.meaning = fields.text("meaning");
  fields.refuse_unknown();
  return port;
}

std::vector<GraphPort> read_ports(Fields& fields, std::string_view key) {
  std::vector<GraphPort> ports;
  std::set<std::string> names;
  const auto& entries = fields.array(key);
  if (entries.empty() || entries.size() > kMaxPorts) fields.fault(key, "must hold 1 to 64 tensors");
  for (const Json& entry : entries) {
    if (fields.faulty()) break;
    ports.push_back(read_port(fields.entry(entry, key, ports.size())));
    if (!names.insert(ports.back().name).second) fields.fault(key, "names a tensor twice");
  }
  return ports;
}

/// Dimensions of a golden tensor, which must be those of the port wherever the port fixes them.
std::vector<std::int64_t> golden_dims(Fields& fields, const GraphPort& port) {
  std::vector<std::int64_t> dims;
  std::int64_t count = 1;
  for (const Json& entry : fields.array("dims")) {
    const auto* size = entry.as_integer();
    if (size == nullptr || *size < 1 || *size > kMaxDim || dims.size() == kMaxRank) {
      fields.fault("dims", "must be at most 8 integers from 1 to 1048576");
      return dims;
    }
    if (*size > kMaxElements / count) {
      fields.fault("dims", "ask for more than 67108864 elements");
      return dims;
    }
    count *= *size;
    dims.push_back(*size);
  }
  bool agrees = dims.size() == port.dims.size();
  for (std::size_t i = 0; agrees && i < dims.size(); ++i) {
    agrees = port.dims[i] < 0 || port.dims[i] == dims[i];
  }
  if (!agrees) fields.fault("dims", "are not those of the network's tensor");
  return dims;
}

std::size_t count_of(const std::vector<std::int64_t>& dims) {
  std::size_t count = 1;
  for (const std::int64_t size : dims) count *= static_cast<std::size_t>(size);
  return count;
}

std::vector<float> numbers(Fields& fields, std::string_view key) {
  std::vector<float> values;
  for (const Json& entry : fields.array(key)) {
    const auto number = as_number(entry);
    if (!number || !(std::abs(*number) <= std::numeric_limits<float>::max())) {
      fields.fault(key, "must be an array of finite numbers");
      return values;
    }
    values.push_back(static_cast<float>(*number));
  }
  return values;
}

GraphProbe read_probe(Fields fields, const GraphPort& port) {
  GraphProbe probe;
  probe.dims = golden_dims(fields, port);
  if (fields.optional("pattern") != nullptr) {
    fields.exactly("pattern", "weyl_v1");
    probe.low = fields.real("low", -1e6, 1e6);
    probe.high = fields.real("high", -1e6, 1e6);
    if (probe.high < probe.low) fields.fault("high", "must not be below low");
  } else {
    probe.values = numbers(fields, "values");
    if (!fields.faulty() && probe.values.size() != count_of(probe.dims)) {
      fields.fault("values", "must be as many as dims say");
    }
  }
  fields.refuse_unknown();
  return probe;
}

GraphAnswer read_answer(Fields fields, const GraphPort& port) {
  GraphAnswer answer;
  answer.dims = golden_dims(fields, port);
  const auto& entries = fields.array("indices");
  if (entries.empty() || entries.size() > kMaxIndices) {
    fields.fault("indices", "must be 1 to 4096 integers");
  }
  if (fields.faulty()) return answer;
  const auto count = static_cast<std::int64_t>(count_of(answer.dims));
  for (const Json& entry : entries) {
    const auto* index = entry.as_integer();
    const std::int64_t least = answer.indices.empty() ? 0 : answer.indices.back() + 1;
    if (index == nullptr || *index < least || *index >= count) {
      fields.fault("indices", "must be ascending integers inside the tensor");
      return answer;
    }
    answer.indices.push_back(*index);
  }
  answer.values = numbers(fields, "values");
  if (answer.values.size() != answer.indices.size()) {
    fields.fault("values", "must be as many as indices");
  }
  fields.refuse_unknown();
  return answer;
}

const GraphPort* find(const std::vector<GraphPort>& ports, std::string_view name) {
  const auto found = std::ranges::find(ports, name, &GraphPort::name);
  return found == ports.end() ? nullptr : &*found;
}

}  // namespace

std::size_t GraphProbe::count() const { return count_of(dims); }

std::vector<float> GraphProbe::samples() const {
  if (!values.empty()) return values;
  constexpr std::uint32_t kStep = 2654435761U;
  std::vector<float> made(count());
  for (std::size_t i = 0; i < made.size(); ++i) {
    const std::uint32_t turned = static_cast<std::uint32_t>(i) * kStep;  // modulo 2^32
    made[i] = static_cast<float>(low + (high - low) * (static_cast<double>(turned) / 4294967296.0));
  }
  return made;
}

bool is_graph(const Json& entry) {
  const auto* object = entry.as_object();
  if (object == nullptr) return false;
  const auto kind = object->find("kind");
  const auto* word = kind == object->end() ? nullptr : kind->second.as_string();
  return word != nullptr && *word == "graph_v1";
}

GraphSpec read_graph(Fields fields, const std::string& id) {
  GraphSpec graph;
  graph.id = id;
  graph.file = fields.text("file");
  if (graph.file != id + ".onnx") fields.fault("file", "must be the network's name and \".onnx\"");
  fields.exactly("kind", "graph_v1");
  graph.inputs = read_ports(fields, "inputs");
  graph.outputs = read_ports(fields, "outputs");
  fields.refuse_unknown();
  return graph;
}

GraphGolden read_graph_golden(Fields fields, const GraphSpec& graph) {
  GraphGolden golden;
  golden.network = fields.text("network");
  Fields inputs = fields.object("inputs");
  for (const GraphPort& port : graph.inputs) {
    golden.inputs.emplace(port.name, read_probe(inputs.object(port.name), port));
  }
  inputs.refuse_unknown();
  Fields outputs = fields.object("outputs");
  for (const auto& entry : outputs.all()) {
    const GraphPort* port = find(graph.outputs, entry.first);
    if (port == nullptr) {
      outputs.fault(entry.first, "is no output of the network");
      break;
    }
    golden.outputs.emplace(port->name, read_answer(outputs.object(port->name), *port));
  }
  if (golden.outputs.empty()) fields.fault("outputs", "must hold one output or more");
  golden.tolerance_f32 = fields.real("tolerance_f32", 1e-9, 1e6);
  golden.tolerance_bf16 = fields.real("tolerance_bf16", 1e-9, 1e6);
  fields.refuse_unknown();
  return golden;
}

}  // namespace latent::models
