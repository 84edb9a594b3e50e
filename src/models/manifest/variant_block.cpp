// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/variant_block.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace latent::models {
namespace {

constexpr double kLeastTolerance = 1e-9;
constexpr double kMostLoss = 60;
constexpr double kMostMemoryPerPixel = 1e6;
constexpr std::size_t kMostLosses = 256;

/// The name of a file of the package that `key` gives.
std::string file_of(Fields& fields, const char* key, const LatentBlock& block) {
  std::string name = fields.text(key);
  if (!block.files.contains(name)) fields.fault(key, "names no file of this package");
  return name;
}

void read_losses(Fields& fields, Int8Variant& variant) {
  constexpr const char* kKey = "losses";
  if (fields.optional(kKey) == nullptr) return;
  Fields losses = fields.object(kKey);
  if (losses.all().size() > kMostLosses) losses.fault("*", "are more than 256 conditions");
  constexpr double kAny = std::numeric_limits<double>::max();
  for (const auto& entry : losses.all()) {
    const double lost = losses.real(entry.first, -kAny, kAny);
    variant.losses.emplace(entry.first, lost);
    if (lost > variant.loss_db) fields.fault("loss_db", "must not be below any of losses");
  }
}

Int8Variant int8_of(Fields fields, const LatentBlock& block) {
  Int8Variant variant;
  variant.file = file_of(fields, "file", block);
  variant.golden_output = file_of(fields, "golden_output", block);
  variant.tolerance = fields.real("tolerance", kLeastTolerance, 1);
  read_int8_facts(fields, variant);
  fields.refuse_unknown("latent_variants version 1");
  return variant;
}

}  // namespace

void read_int8_facts(Fields& fields, Int8Variant& variant) {
  variant.most_from_f32 = fields.real("most_from_f32", kLeastTolerance, 10);
  variant.rms_from_f32 = fields.real("rms_from_f32", kLeastTolerance, 1);
  variant.loss_db = fields.real("loss_db", -kMostLoss, kMostLoss);
  read_losses(fields, variant);
  variant.memory_bytes_per_px = fields.real("memory_bytes_per_px", 1, kMostMemoryPerPixel);
  variant.memory_bytes_per_px_bf16 =
      fields.real("memory_bytes_per_px_bf16", 1, kMostMemoryPerPixel);
}

void read_variants(Fields fields, LatentBlock& block) {
  constexpr const char* kFormat = "latent_variants version 1";
  if (fields.integer("version", 1, std::numeric_limits<std::int64_t>::max()) > 1) return;
  Fields networks = fields.object("networks");
  for (const auto& entry : networks.all()) {
    const auto network = std::ranges::find(block.networks, entry.first, &NetworkSpec::id);
    if (network == block.networks.end()) {
      networks.fault(entry.first, "names no network of this package");
      return;
    }
    Fields precisions = networks.object(entry.first);
    if (precisions.optional("int8") == nullptr) continue;
    network->int8 = int8_of(precisions.object("int8"), block);
    if (network->int8->file == network->file) {
      networks.fault(entry.first, "names the float32 file of the network as its int8 file");
    }
  }
  fields.refuse_unknown(kFormat);
}

}  // namespace latent::models
