// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/latent_block.h"

#include <algorithm>

#include "models/manifest/graph_block.h"
#include "models/manifest/network_block.h"

namespace latent::models {
namespace {

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Status read_networks(Fields fields, LatentBlock& block) {
  for (const auto& entry : fields.all()) {
    const std::string& id = entry.first;
    if (!is_safe_id(id)) fields.fault(id, "is no name for a network");
    if (is_graph(entry.second)) {
      block.graphs.push_back(read_graph(fields.object(id), id));
      continue;
    }
    LATENT_TRY(auto network, read_network(fields.object(id), id));
    for (const NetworkSpec& other : block.networks) {
      if (other.kind != network.kind || other.scale != network.scale) continue;
      if (network.cfa.empty()) {
        fields.fault(id, "is a second network of the same kind and scale");
      } else if (std::ranges::any_of(network.cfa, [&](SensorClass c) { return other.serves(c); })) {
        fields.fault(id, "is a second network for the same sensor");
      }
    }
    block.networks.push_back(std::move(network));
  }
  if (block.networks.empty() && block.graphs.empty()) {
    fields.fault("*", "are missing: a package has at least one network");
  }
  return {};
}

void read_files(Fields fields, LatentBlock& block, const Limits& limits) {
  if (fields.all().size() > limits.max_package_entries) {
    fields.fault("*", "are more entries than the " + std::to_string(limits.max_package_entries) +
                          " that a package may have");
    return;
  }
  for (const auto& entry : fields.all()) {
    const std::string& name = entry.first;
    if (!is_safe_entry_name(name) || name == "config.json") {
      fields.fault(name, "is no name for a file of a package");
      return;
    }
    Fields facts = fields.object(name);
    FileFacts file;
    file.sha256 = facts.text("sha256");
    if (!is_sha256(file.sha256)) facts.fault("sha256", "must be 64 lower-case hex digits");
    file.size = static_cast<std::uint64_t>(
        facts.integer("size", 0, static_cast<std::int64_t>(limits.max_package_bytes)));
    facts.refuse_unknown();
    block.files.emplace(name, std::move(file));
  }
}

GoldenPair golden_pair(Fields fields, const LatentBlock& block) {
  GoldenPair pair;
  pair.network = fields.text("network");
  pair.input = fields.text("input");
  pair.output = fields.text("output");
  pair.tolerance_f32 = fields.real("tolerance_f32", 1e-9, 1.0);
  pair.tolerance_bf16 = fields.real("tolerance_bf16", 1e-9, 1.0);
  if (std::ranges::count(block.networks, pair.network, &NetworkSpec::id) == 0) {
    fields.fault("network", "names no network of this package");
  }
  for (const char* key : {"input", "output"}) {
    const std::string& name = std::string_view(key) == "input" ? pair.input : pair.output;
    if (!block.files.contains(name)) fields.fault(key, "names no file of this package");
  }
  fields.refuse_unknown();
  return pair;
}

/// The network of kind graph_v1 that an entry of "golden" is for; nullptr where it is for none.
const GraphSpec* graph_of(Fields& fields, const LatentBlock& block) {
  const Json* name = fields.optional("network");
  const auto* word = name == nullptr ? nullptr : name->as_string();
  for (const GraphSpec& graph : block.graphs) {
    if (word != nullptr && graph.id == *word) return &graph;
  }
  return nullptr;
}

void read_golden(Fields& fields, LatentBlock& block) {
  std::size_t index = 0;
  for (const Json& entry : fields.array("golden")) {
    Fields pair = fields.entry(entry, "golden", index++);
    const GraphSpec* graph = graph_of(pair, block);
    if (graph == nullptr) {
      block.golden.push_back(golden_pair(std::move(pair), block));
    } else {
      block.graph_golden.push_back(read_graph_golden(std::move(pair), *graph));
    }
  }
  for (const GraphSpec& graph : block.graphs) {
    if (std::ranges::count(block.graph_golden, graph.id, &GraphGolden::network) == 0) {
      fields.fault("golden", "must hold an entry for every network");
    }
    if (!block.files.contains(graph.file)) {
      fields.fault("files", "must list the file of every network");
    }
  }
  for (const NetworkSpec& network : block.networks) {
    if (std::ranges::count(block.golden, network.id, &GoldenPair::network) == 0) {
      fields.fault("golden", "must hold a pair for every network");
    }
    if (!block.files.contains(network.file)) {
      fields.fault("files", "must list the file of every network");
    }
  }
}

void read_words(Fields& fields, LatentBlock& block) {
  Fields licence = fields.object("licence");
  block.licence = {licence.text("weights"), licence.text("data")};
  if (block.licence.weights.empty()) licence.fault("weights", "must not be empty");
  licence.refuse_unknown();
  Fields openness = fields.object("openness");
  block.openness = {openness.text("osaid"), openness.text("mof")};
  openness.refuse_unknown();
  Fields provenance = fields.object("provenance");
  block.provenance = {provenance.text("recipe"), provenance.text("commit"), provenance.text("data"),
                      provenance.text("log")};
  provenance.refuse_unknown();
}

}  // namespace

Result<LatentBlock> read_latent_block(Fields fields, const Limits& limits) {
  LatentBlock block;
  const Json* version = fields.optional("manifest_version");
  if (version != nullptr && version->as_integer() != nullptr && *version->as_integer() > 1) {
    return fail(ErrorCode::Unsupported,
                "config.json: latent.manifest_version is newer than this "
                "version of Latent, which reads 1");
  }
  block.manifest_version = static_cast<int>(fields.integer("manifest_version", 1, 1));
  LATENT_CHECK(read_networks(fields.object("networks"), block));
  read_files(fields.object("files"), block, limits);
  read_golden(fields, block);
  read_words(fields, block);
  fields.refuse_unknown();
  if (fields.faulty()) return fail(ErrorCode::Corrupt, "config.json: " + fields.problem());
  return block;
}

}  // namespace latent::models
