// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/latent_block.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/path.h"

namespace latent::models {
namespace {

constexpr int kMaxChannels = 4096;
constexpr int kMaxUnshuffle = 16;
constexpr int kMaxStride = 1024;
constexpr int kMaxReach = 4096;

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

TensorSpec tensor_of(Fields& fields) {
  TensorSpec tensor;
  tensor.name = fields.text("name");
  if (tensor.name.empty() || tensor.name.size() > 128) {
    fields.fault("name", "must be 1 to 128 characters");
  }
  fields.exactly("type", "f32");
  fields.exactly("layout", "NCHW");
  tensor.channels = static_cast<int>(fields.integer("channels", 1, kMaxChannels));
  tensor.unshuffle = static_cast<int>(fields.integer("unshuffle", 1, kMaxUnshuffle));
  if (tensor.channels % (tensor.unshuffle * tensor.unshuffle) != 0) {
    fields.fault("channels", "must be a multiple of unshuffle squared");
  }
  return tensor;
}

void read_tensors(Fields& fields, NetworkSpec& network) {
  Fields input = fields.object("input");
  network.input = tensor_of(input);
  network.input_planes = input.texts("planes");
  if (std::ssize(network.input_planes) != network.input.planes()) {
    input.fault("planes", "must name one plane for every unshuffle squared channels");
  }
  input.refuse_unknown();

  Fields output = fields.object("output");
  network.output = tensor_of(output);
  output.exactly("kind", "residual");
  output.refuse_unknown();
  if (network.output.unshuffle != network.input.unshuffle) {
    output.fault("unshuffle", "must be that of the input");
  }
}

/// latent_cfa_v1 is a promise about the planes and what comes out; its numbers must keep it.
void hold_to_kind(Fields& fields, const NetworkSpec& network) {
  const std::vector<std::string> planes{"u", "sigma_u", "is_red", "is_green", "is_blue"};
  if (network.input_planes != planes) {
    fields.fault("input.planes", "must be u, sigma_u, is_red, is_green, is_blue for latent_cfa_v1");
  }
  if (network.output.planes() != 1) {
    fields.fault("output.channels", "must be one plane for latent_cfa_v1");
  }
}

EncodingLimits limits_of(Fields fields) {
  EncodingLimits limits;
  limits.sigma_u_min = fields.real("sigma_u_min", 1e-6, 1.0);
  limits.sigma_u_max = fields.real("sigma_u_max", 1e-6, 10.0);
  limits.offset_max = fields.real("offset_max", 1e-6, 1e6);
  if (limits.sigma_u_max <= limits.sigma_u_min) {
    fields.fault("sigma_u_max", "must be above sigma_u_min");
  }
  fields.refuse_unknown();
  return limits;
}

std::vector<CfaKind> sensors_of(Fields& fields) {
  std::vector<CfaKind> sensors;
  for (const std::string& word : fields.texts("cfa")) {
    const auto sensor = word == "bayer"    ? std::optional(CfaKind::Bayer)
                        : word == "xtrans" ? std::optional(CfaKind::XTrans)
                        : word == "mono"   ? std::optional(CfaKind::Mono)
                                           : std::nullopt;
    if (!sensor || std::ranges::count(sensors, *sensor) > 0) {
      fields.fault("cfa", "must list bayer, xtrans and mono, each at most once");
      return {};
    }
    sensors.push_back(*sensor);
  }
  if (sensors.empty()) fields.fault("cfa", "must not be empty");
  return sensors;
}

void read_geometry(Fields& fields, NetworkSpec& network) {
  network.stride_px = static_cast<int>(fields.integer("stride_px", 1, kMaxStride));
  network.reach_px = static_cast<int>(fields.integer("reach_px", 0, kMaxReach));
  if (network.stride_px % network.input.unshuffle != 0) {
    fields.fault("stride_px", "must be a multiple of input.unshuffle");
  }
}

/// A word that this version may not know: then the package is newer than the program.
Status require_word(Fields& fields, std::string_view key, std::string_view known) {
  const std::string word = fields.text(key);
  if (fields.faulty() || word == known) return {};
  return fail(ErrorCode::Unsupported, "config.json: " + fields.path_of(key) + " is '" +
                                          printable(word) + "'; this version of Latent knows '" +
                                          std::string(known) + "' only");
}

Result<NetworkSpec> network_of(Fields fields, const std::string& id) {
  NetworkSpec network;
  network.id = id;
  LATENT_CHECK(require_word(fields, "kind", network_kind_name(NetworkKind::LatentCfaV1)));
  LATENT_CHECK(require_word(fields, "encoding", "sqrt_gat_wb_v1"));
  network.file = fields.text("file");
  if (!is_safe_entry_name(network.file) || !network.file.ends_with(".onnx")) {
    fields.fault("file", "must be the name of an .onnx file inside the package");
  }
  read_tensors(fields, network);
  read_geometry(fields, network);
  network.limits = limits_of(fields.object("limits"));
  network.cfa = sensors_of(fields);
  hold_to_kind(fields, network);
  fields.refuse_unknown();
  return network;
}

Status read_networks(Fields fields, LatentBlock& block) {
  for (const auto& entry : fields.all()) {
    const std::string& id = entry.first;
    if (!is_safe_id(id)) fields.fault(id, "is no name for a network");
    LATENT_TRY(auto network, network_of(fields.object(id), id));
    for (const NetworkSpec& other : block.networks) {
      if (other.kind == network.kind) fields.fault(id, "is a second network of the same kind");
    }
    block.networks.push_back(std::move(network));
  }
  if (block.networks.empty()) fields.fault("cfa", "is missing: a package has at least one network");
  return {};
}

void read_files(Fields fields, LatentBlock& block, const Limits& limits) {
  if (fields.all().size() > limits.max_package_entries) {
    fields.fault("*", "are more entries than max_package_entries allows");
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

void read_golden(Fields& fields, LatentBlock& block) {
  std::size_t index = 0;
  for (const Json& entry : fields.array("golden")) {
    block.golden.push_back(golden_pair(fields.entry(entry, "golden", index++), block));
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
