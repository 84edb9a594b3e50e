// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/network_block.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "base/path.h"

namespace latent::models {
namespace {

constexpr int kMaxChannels = 4096;
constexpr int kMaxUnshuffle = 16;
constexpr int kMaxStride = 1024;
constexpr int kMaxReach = 4096;
constexpr double kMaxMemoryPerPixel = 1e6;

/// What a kind promises about the tensors of its networks.
struct Promise {
  NetworkKind kind;
  std::vector<Encoding> encodings;  ///< one of them
  std::vector<std::string> planes;
  std::vector<int> unshuffles;  ///< that the input may have; empty: any
  int output_planes;
};

const std::vector<Promise>& promises() {
  static const std::vector<Promise> all{
      {NetworkKind::LatentCfaV1,
       {Encoding::SqrtGatWbV1, Encoding::SqrtGatWbV2},
       {"u", "sigma_u", "is_red", "is_green", "is_blue"},
       {},
       1},
      {NetworkKind::LatentDemosaicV1,
       {Encoding::SqrtGatWbV2},
       {"u", "sigma_u", "is_red", "is_green", "is_blue", "start_red", "start_green", "start_blue"},
       {2},
       3},
      {NetworkKind::LatentRgbV1,
       {Encoding::SrgbExtendedV1},
       {"r", "g", "b", "level_r", "level_g", "level_b"},
       {1, 2, 4},
       3},
      {NetworkKind::LatentUpscaleV1, {Encoding::SrgbExtendedV1}, {"r", "g", "b", "level"}, {1}, 3}};
  return all;
}

template <class T>
std::string listed(const std::vector<T>& values) {
  std::string text;
  for (const T& value : values) {
    if (!text.empty()) text += ", ";
    if constexpr (std::is_same_v<T, std::string>) {
      text += value;
    } else {
      text += std::to_string(value);
    }
  }
  return text;
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

/// Pixels of the result a side of one of the frame: what an upscale network must say, and no other
/// may.
int scale_of(Fields& fields, NetworkKind kind) {
  if (kind != NetworkKind::LatentUpscaleV1) {
    if (fields.optional("scale") != nullptr) fields.fault("scale", "is for latent_upscale_v1 only");
    return 1;
  }
  const auto scale = static_cast<int>(fields.integer("scale", 2, 4));
  if (scale == 3) fields.fault("scale", "must be 2 or 4");
  return scale;
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
  if (network.output.unshuffle != network.input.unshuffle * network.scale) {
    output.fault("unshuffle",
                 network.scale == 1 ? "must be that of the input" : "must be the scale");
  }
}

/// A kind is a promise about the planes and what comes out; the numbers must keep it.
void hold_to(const Promise& promise, Fields& fields, const NetworkSpec& network) {
  const std::string of_kind = std::string(" for ") + network_kind_name(promise.kind);
  if (network.input_planes != promise.planes) {
    fields.fault("input.planes", "must be " + listed(promise.planes) + of_kind);
  }
  const auto& unshuffles = promise.unshuffles;
  if (!unshuffles.empty() && std::ranges::count(unshuffles, network.input.unshuffle) == 0) {
    fields.fault("input.unshuffle", "must be one of " + listed(unshuffles) + of_kind);
  }
  if (network.output.planes() != promise.output_planes) {
    fields.fault("output.channels",
                 promise.output_planes == 1
                     ? "must be one plane" + of_kind
                     : "must be " + std::to_string(promise.output_planes) + " planes" + of_kind);
  }
}

/// Whether networks of the kind see mosaics.
bool is_for_mosaics(NetworkKind kind) {
  return kind == NetworkKind::LatentCfaV1 || kind == NetworkKind::LatentDemosaicV1;
}

EncodingLimits limits_of(Fields fields, NetworkKind kind) {
  EncodingLimits limits;
  if (is_for_mosaics(kind)) {
    limits.sigma_u_min = fields.real("sigma_u_min", 1e-6, 1.0);
    limits.sigma_u_max = fields.real("sigma_u_max", 1e-6, 10.0);
    limits.offset_max = fields.real("offset_max", 1e-6, 1e6);
    if (limits.sigma_u_max <= limits.sigma_u_min) {
      fields.fault("sigma_u_max", "must be above sigma_u_min");
    }
  } else {
    limits.value_min = fields.real("value_min", -4.0, 0.0);
    limits.value_max = fields.real("value_max", 1.0, 8.0);
    limits.level_max = fields.real("level_max", 0.0, 1.0);
  }
  fields.refuse_unknown();
  return limits;
}

std::vector<SensorClass> sensors_of(Fields& fields, NetworkKind kind) {
  std::vector<SensorClass> sensors;
  if (!is_for_mosaics(kind)) {
    if (fields.optional("cfa") != nullptr) {
      fields.fault("cfa", "is for latent_cfa_v1 and latent_demosaic_v1 only");
    }
    return sensors;
  }
  for (const std::string& word : fields.texts("cfa")) {
    const auto sensor = word == "bayer"    ? std::optional(SensorClass::Bayer)
                        : word == "xtrans" ? std::optional(SensorClass::XTrans)
                        : word == "mono"   ? std::optional(SensorClass::Mono)
                                           : std::nullopt;
    if (!sensor || std::ranges::count(sensors, *sensor) > 0) {
      fields.fault("cfa", "must list bayer, xtrans and mono, each at most once");
      return {};
    }
    sensors.push_back(*sensor);
  }
  if (sensors.empty()) fields.fault("cfa", "must not be empty");
  if (kind == NetworkKind::LatentDemosaicV1 && std::ranges::count(sensors, SensorClass::Mono) > 0) {
    fields.fault("cfa", "must not list mono for latent_demosaic_v1");
  }
  return sensors;
}

void read_geometry(Fields& fields, NetworkSpec& network) {
  network.stride_px = static_cast<int>(fields.integer("stride_px", 1, kMaxStride));
  network.reach_px = static_cast<int>(fields.integer("reach_px", 0, kMaxReach));
  if (network.stride_px % network.input.unshuffle != 0) {
    fields.fault("stride_px", "must be a multiple of input.unshuffle");
  }
  network.memory_bytes_per_px = fields.real("memory_bytes_per_px", 1.0, kMaxMemoryPerPixel);
}

/// A word that this version may not know: then the package is newer than the program.
tl::unexpected<Error> newer(Fields& fields, std::string_view key, const std::string& word,
                            const std::vector<std::string>& known) {
  return fail(ErrorCode::Unsupported, "config.json: " + fields.path_of(key) + " is '" +
                                          printable(word) + "'; this version of Latent knows " +
                                          listed(known) + " only");
}

std::vector<std::string> names_of(const std::vector<Encoding>& encodings) {
  std::vector<std::string> names;
  names.reserve(encodings.size());
  for (const Encoding encoding : encodings) names.emplace_back(encoding_name(encoding));
  return names;
}

/// The kind's promise, or nothing where the words are faulty; the network's encoding.
Result<const Promise*> promise_of(Fields& fields, Encoding& chosen) {
  const std::string kind = fields.text("kind");
  const std::string encoding = fields.text("encoding");
  if (fields.faulty()) return nullptr;
  std::vector<std::string> kinds;
  std::vector<std::string> encodings;
  const Promise* found = nullptr;
  for (const Promise& promise : promises()) {
    kinds.emplace_back(network_kind_name(promise.kind));
    for (const std::string& name : names_of(promise.encodings)) {
      if (std::ranges::count(encodings, name) == 0) encodings.push_back(name);
    }
    if (kinds.back() == kind) found = &promise;
  }
  if (found == nullptr) return newer(fields, "kind", kind, kinds);
  if (std::ranges::count(encodings, encoding) == 0) {
    return newer(fields, "encoding", encoding, encodings);
  }
  const auto& allowed = found->encodings;
  const auto own = std::ranges::find(allowed, encoding, encoding_name);
  if (own == allowed.end()) {
    fields.fault("encoding",
                 "must be " + listed(names_of(allowed)) + " for " + network_kind_name(found->kind));
  } else {
    chosen = *own;
  }
  return found;
}

}  // namespace

Result<NetworkSpec> read_network(Fields fields, const std::string& id) {
  NetworkSpec network;
  network.id = id;
  LATENT_TRY(const Promise* promise, promise_of(fields, network.encoding));
  if (promise == nullptr) return network;
  network.kind = promise->kind;
  network.file = fields.text("file");
  if (!is_safe_entry_name(network.file) || !network.file.ends_with(".onnx")) {
    fields.fault("file", "must be the name of an .onnx file inside the package");
  }
  network.scale = scale_of(fields, network.kind);
  read_tensors(fields, network);
  read_geometry(fields, network);
  network.limits = limits_of(fields.object("limits"), network.kind);
  network.cfa = sensors_of(fields, network.kind);
  hold_to(*promise, fields, network);
  fields.refuse_unknown();
  return network;
}

}  // namespace latent::models
