// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/manifest.h"

#include <algorithm>

#include "base/path.h"
#include "models/manifest/darktable_keys.h"
#include "models/manifest/fields.h"
#include "models/manifest/latent_block.h"
#include "models/manifest/variant_block.h"

namespace latent::models {
namespace {

/// "X.Y", numbers only, as darktable compares them.
bool is_version(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == text.size()) return false;
  const auto digits = [](std::string_view part) {
    return part.size() <= 6 && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return digits(text.substr(0, dot)) && digits(text.substr(dot + 1));
}

std::string text_or(Fields& fields, std::string_view key, std::string fallback) {
  return fields.optional(key) == nullptr ? std::move(fallback) : fields.text(key);
}

std::optional<std::string> word(Fields& fields, std::string_view key) {
  if (fields.optional(key) == nullptr) return std::nullopt;
  return fields.text(key);
}

TargetMean target_mean(Fields& fields) {
  constexpr std::string_view kKey = "target_mean";
  TargetMean mean;
  const Json* value = fields.optional(kKey);
  if (value == nullptr) return mean;
  if (value->is_null()) {
    mean.said = TargetMean::Said::Null;
  } else if (const auto number = as_number(*value)) {
    mean.said = TargetMean::Said::Number;
    mean.number = *number;
  } else if (const auto* text = value->as_string()) {
    mean.said = TargetMean::Said::Text;
    mean.text = *text;
  } else {
    fields.fault(kKey, "must be a number, null, or a string");
  }
  return mean;
}

std::vector<int> input_sizes(Fields& fields) {
  constexpr std::string_view kKey = "input_sizes";
  std::vector<int> sizes;
  if (fields.optional(kKey) == nullptr) return sizes;
  for (const Json& entry : fields.array(kKey)) {
    const auto* side = entry.as_integer();
    if (side == nullptr || *side < 1 || *side > 65'536 || sizes.size() >= 256) {
      fields.fault(kKey, "must be an array of at most 256 integers from 1 to 65536");
      return {};
    }
    sizes.push_back(static_cast<int>(*side));
  }
  return sizes;
}

DarktableAttributes attributes_of(Fields fields) {
  DarktableAttributes attributes;
  attributes.input_sizes = input_sizes(fields);
  attributes.input_kind = word(fields, "input_kind");
  attributes.input_colorspace = word(fields, "input_colorspace");
  attributes.wb_norm = word(fields, "wb_norm");
  attributes.output_scale = word(fields, "output_scale");
  attributes.target_mean = target_mean(fields);
  attributes.bayer_orientation = word(fields, "bayer_orientation");
  attributes.edge_pad = word(fields, "edge_pad");
  return attributes;
}

/// Names of execution providers: of the whole package, or an object with them by ONNX stem.
void read_attributes(Fields& top, Manifest& manifest) {
  if (top.optional("attributes") == nullptr) return;
  Fields all = top.object("attributes");
  if (const Json* boost = all.optional("shadow_boost")) {
    if (boost->as_bool() == nullptr) all.fault("shadow_boost", "must be true or false");
    manifest.shadow_boost = boost->as_bool() != nullptr && *boost->as_bool();
  }
  // Objects are those of one ONNX file; what is no object is a hint for the whole package, of which
  // we use none but shadow_boost and the sizes.
  for (const auto& [key, value] : all.all()) {
    if (value.as_object() != nullptr) manifest.attributes[key] = attributes_of(all.object(key));
  }
  auto sizes = input_sizes(all);
  if (!sizes.empty()) manifest.attributes[""].input_sizes = std::move(sizes);
}

void read_model_card(Fields& top, Manifest& manifest) {
  if (top.optional("model_card") == nullptr) return;
  Fields card = top.object("model_card");
  for (const auto& [key, value] : card.all()) {
    if (!value.is_null()) manifest.model_card[key] = card.text(key);
  }
}

void read_darktable_keys(Fields& top, Manifest& manifest) {
  manifest.id = top.text("id");
  if (!is_safe_id(manifest.id)) {
    top.fault("id", "must be 1 to 128 of A-Z a-z 0-9 . _ - and not begin with a dot");
  }
  manifest.name = top.text("name");
  if (manifest.name.empty()) top.fault("name", "must not be empty");
  manifest.description = text_or(top, "description", "");
  manifest.task = text_or(top, "task", manifest.task);
  manifest.version = text_or(top, "version", manifest.version);
  if (!is_version(manifest.version)) top.fault("version", "must be two numbers as in \"1.0\"");
  manifest.backend = text_or(top, "backend", manifest.backend);
  if (manifest.backend != "onnx") top.fault("backend", "must be \"onnx\"");
  manifest.arch = text_or(top, "arch", "");
  if (const Json* tiling = top.optional("tiling")) {
    if (tiling->as_bool() == nullptr) top.fault("tiling", "must be true or false");
    manifest.tiling = tiling->as_bool() != nullptr && *tiling->as_bool();
  }
  if (top.optional("num_inputs") != nullptr) {
    manifest.num_inputs = static_cast<int>(top.integer("num_inputs", 1, 64));
  }
  if (top.optional("spatial_dims") != nullptr) {
    manifest.spatial_dims = top.texts("spatial_dims");
    if (manifest.spatial_dims.size() != 2) {
      top.fault("spatial_dims", "must name two dimensions, height and width");
    }
  }
}

/// darktable takes a package without input_kind for four Bayer planes, so ours always say.
void require_input_kinds(const Manifest& manifest, std::string& fault) {
  if (!manifest.latent || !fault.empty()) return;
  for (const NetworkSpec& network : manifest.latent->networks) {
    const std::string stem = network.file.substr(0, network.file.rfind('.'));
    const auto found = manifest.attributes.find(stem);
    const char* kind = network_kind_name(network.kind);
    if (found == manifest.attributes.end() || found->second.input_kind != kind) {
      fault = "attributes." + printable(stem) + ".input_kind must be \"" + kind + "\"";
      return;
    }
  }
}

}  // namespace

bool NetworkSpec::serves(SensorClass sensor) const { return std::ranges::count(cfa, sensor) > 0; }

Result<NetworkSpec> Manifest::network(NetworkKind kind, int scale) const {
  if (!latent) {
    return fail(ErrorCode::Unsupported,
                "the package '" + printable(id) + "' is made for darktable's task '" +
                    printable(task) + "' and has no network of kind " + network_kind_name(kind));
  }
  for (const NetworkSpec& candidate : latent->networks) {
    if (candidate.kind == kind && candidate.scale == scale) return candidate;
  }
  return fail(ErrorCode::ModelMismatch,
              "the package '" + printable(id) + "' has no network of kind " +
                  network_kind_name(kind) +
                  (scale == 1 ? "" : " for " + std::to_string(scale) + "x"));
}

Result<NetworkSpec> Manifest::cfa_network(SensorClass sensor) const {
  auto any = network(NetworkKind::LatentCfaV1);
  if (!any) return any;
  for (const NetworkSpec& candidate : latent->networks) {
    if (candidate.kind == NetworkKind::LatentCfaV1 && candidate.serves(sensor)) return candidate;
  }
  return fail(ErrorCode::ModelMismatch, "the model " + printable(id) + " was not trained for " +
                                            sensor_class_name(sensor) + " sensors");
}

Result<NetworkSpec> Manifest::demosaic_network(SensorClass sensor) const {
  if (latent) {
    const auto found = std::ranges::find_if(latent->networks, [&](const NetworkSpec& each) {
      return each.kind == NetworkKind::LatentDemosaicV1 && each.serves(sensor);
    });
    if (found != latent->networks.end()) return *found;
  }
  return fail(ErrorCode::ModelMismatch, "the model " + printable(id) +
                                            " has no network that demosaics " +
                                            sensor_class_name(sensor) + " sensors");
}

bool is_safe_entry_name(std::string_view name) {
  if (name.empty() || name.size() > 255) return false;
  for (const char letter : name) {
    const auto code = static_cast<unsigned char>(letter);
    if (code < 0x20 || code == 0x7F || letter == '\\' || letter == ':') return false;
  }
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    const std::string_view part = name.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return false;
    begin = end + 1;
  }
  return true;
}

bool is_safe_id(std::string_view id) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !id.empty() && id.size() <= 128 && id.front() != '.' &&
         id.find_first_not_of(kLetters) == std::string_view::npos;
}

Result<Manifest> parse_manifest(std::string_view text, const Limits& limits) {
  LATENT_TRY(const Json json, parse_json(text, "config.json", limits.max_manifest_bytes));
  std::string fault;
  Fields top(json, "", fault);
  Manifest manifest;
  read_darktable_keys(top, manifest);
  read_model_card(top, manifest);
  read_attributes(top, manifest);
  read_darktable_hints(top, manifest.hints);
  if (!fault.empty()) return fail(ErrorCode::Corrupt, "config.json: " + fault);
  if (top.optional("latent") != nullptr) {
    LATENT_TRY(manifest.latent, read_latent_block(top.object("latent"), limits));
    require_input_kinds(manifest, fault);
    if (top.optional("latent_variants") != nullptr) {
      read_variants(top.object("latent_variants"), *manifest.latent);
    }
  }
  if (!fault.empty()) return fail(ErrorCode::Corrupt, "config.json: " + fault);
  return manifest;
}

const char* network_kind_name(NetworkKind kind) {
  switch (kind) {
    case NetworkKind::LatentCfaV1:
      return "latent_cfa_v1";
    case NetworkKind::LatentDemosaicV1:
      return "latent_demosaic_v1";
    case NetworkKind::LatentRgbV1:
      return "latent_rgb_v1";
    case NetworkKind::LatentUpscaleV1:
      return "latent_upscale_v1";
  }
  return "unknown";
}

const char* encoding_name(Encoding encoding) {
  switch (encoding) {
    case Encoding::SqrtGatWbV1:
      return "sqrt_gat_wb_v1";
    case Encoding::SqrtGatWbV2:
      return "sqrt_gat_wb_v2";
    case Encoding::SrgbExtendedV1:
      return "srgb_extended_v1";
  }
  return "unknown";
}

}  // namespace latent::models
