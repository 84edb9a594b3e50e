// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/package.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/hash.h"
#include "base/path.h"
#include "base/threads.h"
#include "models/store/local_int8.h"
#include "models/store/npy.h"
#include "models/store/package_source.h"

namespace latent::models {
namespace {

constexpr std::string_view kManifestName = "config.json";
/// Packages up to this size stay in memory, so that file() need not unpack them again.
constexpr std::size_t kKeepBytes = std::size_t{64} << 20U;

using FileMap = std::map<std::string, FileFacts, std::less<>>;
using ContentMap = std::map<std::string, std::vector<std::byte>, std::less<>>;

tl::unexpected<Error> manifest_too_large(const Limits& limits) {
  return fail(ErrorCode::TooLarge, "config.json is larger than " +
                                       std::to_string(limits.max_manifest_bytes) +
                                       " bytes, the most that it may have");
}

/// Measures and hashes every file; keeps the manifest, and all of them while they are small.
class Survey : public EntrySink {
 public:
  /// Keeps files in memory as long as all of them have no more than `keep_bytes`.
  Survey(const Limits& limits, std::size_t keep_bytes, const RunControl& control,
         std::uintmax_t expected_bytes)
      : limits_(limits), keep_(keep_bytes), control_(control), expected_(expected_bytes) {}

  Status begin(const std::string& name) override {
    name_ = name;
    hash_ = std::make_unique<Sha256>();
    size_ = 0;
    return {};
  }

  Status piece(std::span<const std::byte> bytes) override {
    hash_->update(bytes);
    size_ += bytes.size();
    total_ += bytes.size();
    if (total_ > keep_) kept.clear();
    LATENT_CHECK(control_.check());
    control_.report(static_cast<double>(total_) /
                    static_cast<double>(std::max<std::uintmax_t>(total_ + 1, expected_)));
    if (name_ == kManifestName) {
      if (size_ > limits_.max_manifest_bytes) {
        return manifest_too_large(limits_);
      }
      manifest.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    } else if (total_ <= keep_) {
      auto& content = kept[name_];
      content.insert(content.end(), bytes.begin(), bytes.end());
    }
    return {};
  }

  Status end() override {
    entries[name_] = FileFacts{hash_->hex(), size_};
    if (name_ != kManifestName && total_ <= keep_) kept.try_emplace(name_);
    return {};
  }

  FileMap entries;
  ContentMap kept;
  std::string manifest;

 private:
  const Limits& limits_;
  std::size_t keep_;
  const RunControl& control_;
  std::uintmax_t expected_;
  std::string name_;
  std::unique_ptr<Sha256> hash_;
  std::size_t size_ = 0;
  std::size_t total_ = 0;
};

/// Keeps one file.
class Fetch : public EntrySink {
 public:
  Fetch(std::string_view wanted, std::uint64_t most) : wanted_(wanted), most_(most) {}

  Status begin(const std::string& name) override {
    here_ = name == wanted_;
    return {};
  }
  Status piece(std::span<const std::byte> bytes) override {
    if (!here_) return {};
    if (bytes.size() > most_ - content.size()) {
      return fail(ErrorCode::Corrupt, "'" + printable(wanted_) + "' has grown since it was judged");
    }
    content.insert(content.end(), bytes.begin(), bytes.end());
    return {};
  }
  Status end() override { return {}; }

  std::vector<std::byte> content;

 private:
  std::string_view wanted_;
  std::uint64_t most_;
  bool here_ = false;
};

/// Keeps config.json and ends the walk there.
class Peek : public EntrySink {
 public:
  explicit Peek(const Limits& limits) : limits_(limits) {}

  Status begin(const std::string& name) override {
    here_ = name == kManifestName;
    return {};
  }
  Status piece(std::span<const std::byte> bytes) override {
    if (!here_) return {};
    if (bytes.size() > limits_.max_manifest_bytes - text.size()) {
      return manifest_too_large(limits_);
    }
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }
  Status end() override {
    complete = here_;
    return complete ? Status(fail(ErrorCode::Cancelled, "enough was read")) : Status{};
  }

  std::string text;
  bool complete = false;

 private:
  const Limits& limits_;
  bool here_ = false;
};

/// What lies in the package against what its manifest lists.
Status hold_to_list(const FileMap& entries, const FileMap& listed) {
  for (const auto& [name, facts] : listed) {
    const auto found = entries.find(name);
    if (found == entries.end()) {
      return fail(ErrorCode::Corrupt, "the file '" + printable(name) + "' is missing");
    }
    if (found->second.size != facts.size) {
      return fail(ErrorCode::Corrupt,
                  "the file '" + printable(name) + "' has " + std::to_string(found->second.size) +
                      " bytes where the manifest says " + std::to_string(facts.size));
    }
    if (found->second.sha256 != facts.sha256) {
      return fail(ErrorCode::Corrupt, "the file '" + printable(name) +
                                          "' is not the one whose hash the manifest gives");
    }
  }
  for (const auto& [name, facts] : entries) {
    if (name != kManifestName && !listed.contains(name)) {
      return fail(ErrorCode::Corrupt,
                  "the file '" + printable(name) + "' does not stand in the manifest");
    }
  }
  return {};
}

/// The sentence of an error about a part of a package, with the package before it.
tl::unexpected<Error> about(const std::filesystem::path& path, Error error) {
  error.sentence = "model package " + quoted(path) + ": " + error.sentence;
  error.subject = path;
  return tl::make_unexpected(std::move(error));
}

Status check_golden(const Tensor& tensor, const TensorSpec& spec, const std::string& name) {
  const std::span samples(tensor.view().data, tensor.shape().count());
  if (!std::ranges::all_of(samples, [](float value) { return std::isfinite(value); })) {
    return fail(ErrorCode::Corrupt, "'" + printable(name) + "' holds a value that is not finite");
  }
  if (tensor.shape().n == 1 && tensor.shape().channels == spec.channels) return {};
  return fail(ErrorCode::Corrupt, "'" + printable(name) + "' must be a tensor of the shape [1, " +
                                      std::to_string(spec.channels) + ", height, width]");
}

Status load_golden(const Package& package, const GoldenPair& pair, Network& network) {
  LATENT_TRY(network.golden_input, package.tensor(pair.input));
  LATENT_TRY(network.golden_output, package.tensor(pair.output));
  LATENT_CHECK(check_golden(network.golden_input, network.spec.input, pair.input));
  LATENT_CHECK(check_golden(network.golden_output, network.spec.output, pair.output));
  if (network.golden_input.shape().height != network.golden_output.shape().height ||
      network.golden_input.shape().width != network.golden_output.shape().width) {
    return fail(ErrorCode::Corrupt, "the two golden tensors are not of one size");
  }
  network.tolerance_f32 = pair.tolerance_f32;
  network.tolerance_bf16 = pair.tolerance_bf16;
  return {};
}

Status load_int8(const Package& package, Network& network) {
  const Int8Variant& variant = *network.spec.int8;
  Int8Network int8;
  LATENT_TRY(int8.onnx, package.file(variant.file));
  int8.sha256 = package.manifest().latent->files.find(variant.file)->second.sha256;
  LATENT_TRY(int8.golden_output, package.tensor(variant.golden_output));
  LATENT_CHECK(check_golden(int8.golden_output, network.spec.output, variant.golden_output));
  if (int8.golden_output.shape() != network.golden_output.shape()) {
    return fail(ErrorCode::Corrupt, "'" + printable(variant.golden_output) +
                                        "' is not of the size of the golden output in float32");
  }
  network.int8 = std::move(int8);
  return {};
}

}  // namespace

Result<Package> Package::open(const std::filesystem::path& path, const Limits& limits) {
  return survey(path, limits, Keep::Small, {});
}

Result<Package> Package::judge(const std::filesystem::path& path, const Limits& limits,
                               const RunControl& control) {
  return survey(path, limits, Keep::Nothing, control);
}

Result<Package> Package::survey(const std::filesystem::path& path, const Limits& limits, Keep keep,
                                const RunControl& control) {
  std::error_code code;
  const bool archive = std::filesystem::is_regular_file(path, code);
  Survey survey(limits, keep == Keep::Small ? kKeepBytes : 0, control,
                archive ? std::filesystem::file_size(path, code) : 0);
  std::string top;
  std::string sha256;
  // The archive is hashed while it is unpacked: both take as long, and a start should be quick.
  LATENT_CHECK(run_on_threads(2, [&](int index) -> Status {
    if (index == 0) {
      LATENT_TRY(top, walk_package(path, limits, survey));
    } else if (archive) {
      LATENT_TRY(sha256, sha256_file(path));
    }
    return {};
  }));

  const auto manifest_facts = survey.entries.find(kManifestName);
  if (manifest_facts == survey.entries.end()) {
    return fail(ErrorCode::Corrupt, path,
                "model package " + quoted(path) + ": config.json is missing");
  }
  auto manifest = parse_manifest(survey.manifest, limits);
  if (!manifest) return about(path, std::move(manifest).error());
  if (manifest->id != top) {
    return about(
        path, fail(ErrorCode::Corrupt, "its id is '" + manifest->id + "' but its top folder is '" +
                                           printable(top) + "'")
                  .value());
  }
  if (manifest->latent) {
    auto verdict = hold_to_list(survey.entries, manifest->latent->files);
    if (!verdict) return about(path, std::move(verdict).error());
  }

  Package package;
  package.path_ = path;
  package.limits_ = limits;
  package.sha256_ = archive ? std::move(sha256) : manifest_facts->second.sha256;
  package.manifest_ = *std::move(manifest);
  package.entries_ = std::move(survey.entries);
  package.kept_ = std::move(survey.kept);
  return package;
}

Result<Manifest> peek_manifest(const std::filesystem::path& path, const Limits& limits) {
  Peek peek(limits);
  const auto top = walk_package(path, limits, peek);
  if (!peek.complete) {
    if (!top) return tl::make_unexpected(top.error());
    return fail(ErrorCode::Corrupt, path,
                "model package " + quoted(path) + ": config.json is missing");
  }
  auto manifest = parse_manifest(peek.text, limits);
  if (!manifest) return about(path, std::move(manifest).error());
  return manifest;
}

Result<std::vector<std::byte>> Package::file(std::string_view name) const {
  const auto facts = entries_.find(name);
  if (facts == entries_.end()) {
    return fail(ErrorCode::NotFound, path_,
                "model package " + quoted(path_) + " has no file '" + printable(name) + "'");
  }
  if (const auto kept = kept_.find(name); kept != kept_.end()) return kept->second;
  Fetch fetch(name, facts->second.size);
  const auto top = walk_package(path_, limits_, fetch);
  if (!top) return about(path_, top.error());
  if (sha256_hex(fetch.content) != facts->second.sha256) {
    return fail(ErrorCode::Corrupt, path_,
                "model package " + quoted(path_) + ": '" + printable(name) +
                    "' changed while it was in use");
  }
  return std::move(fetch.content);
}

Result<Tensor> Package::tensor(std::string_view name) const {
  LATENT_TRY(const auto bytes, file(name));
  auto tensor = parse_npy(bytes, "'" + printable(name) + "'");
  if (!tensor) return about(path_, std::move(tensor).error());
  return tensor;
}

void Package::use_local_int8(LocalInt8 made) {
  local_int8_ = std::make_shared<const LocalInt8>(std::move(made));
}

const LocalInt8Network* Package::local_int8(std::string_view file) const {
  const auto facts = entries_.find(file);
  if (!local_int8_ || facts == entries_.end()) return nullptr;
  for (const LocalInt8Network& network : local_int8_->networks) {
    if (network.file == file && network.f32_sha256 == facts->second.sha256) return &network;
  }
  return nullptr;
}

std::string Package::local_int8_key() const {
  std::string key;
  if (!local_int8_) return key;
  for (const LocalInt8Network& network : local_int8_->networks) key += network.sha256;
  return sha256_hex(std::as_bytes(std::span(key)));
}

Network without_golden(const Network& network) {
  Network copy;
  copy.spec = network.spec;
  copy.onnx = network.onnx;
  copy.sha256 = network.sha256;
  copy.spatial_dims = network.spatial_dims;
  copy.tolerance_f32 = network.tolerance_f32;
  copy.tolerance_bf16 = network.tolerance_bf16;
  copy.optimization = network.optimization;
  copy.only_tile = network.only_tile;
  copy.gives_whole_picture = network.gives_whole_picture;
  return copy;
}

void use_local_int8(Network& network, const Package& package) {
  if (network.int8) return;
  const LocalInt8Network* made = package.local_int8(network.spec.file);
  if (made == nullptr) return;
  network.spec.int8 = made->facts;
  network.int8 = Int8Network{made->onnx, made->sha256, {}};
}

Result<Network> load_network(const Package& package, NetworkKind kind, int scale) {
  LATENT_TRY(auto spec, package.manifest().network(kind, scale));
  return load_network(package, std::move(spec));
}

Result<Network> load_network(const Package& package, NetworkSpec spec) {
  Network network;
  network.spec = std::move(spec);
  network.spatial_dims = package.manifest().spatial_dims;
  LATENT_TRY(network.onnx, package.file(network.spec.file));
  network.optimization = package.manifest().hints.optimization_of(
      std::string_view(network.spec.file).substr(0, network.spec.file.rfind('.')));
  network.sha256 = package.manifest().latent->files.find(network.spec.file)->second.sha256;
  for (const GoldenPair& pair : package.manifest().latent->golden) {
    if (pair.network != network.spec.id) continue;
    auto verdict = load_golden(package, pair, network);
    if (verdict && network.spec.int8) verdict = load_int8(package, network);
    if (!verdict) return about(package.path(), std::move(verdict).error());
    break;
  }
  use_local_int8(network, package);
  return network;
}

}  // namespace latent::models
