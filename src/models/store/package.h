// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/geometry.h"
#include "image/tensor.h"
#include "models/manifest/manifest.h"

namespace latent::models {

struct LocalInt8;
struct LocalInt8Network;

/// A model package that was judged whole: a `.dtmodel` archive (zip, one top folder named as the
/// id) or the same folder unpacked.
///
/// Threads  const functions from any thread.
class Package {
 public:
  /// Reads and judges all of it: entry names, links, counts, sizes against `limits` before anything
  /// is allocated, the manifest, every file's size and SHA-256, and that nothing is missing and
  /// nothing unlisted. A package without Latent's block is opened too (its files are counted and
  /// measured; it has no hashes to hold them to).
  ///
  /// Errors   NotFound     no such file.
  ///          Corrupt      not a package, damaged, or not what its manifest promises.
  ///          TooLarge     passes `limits`.
  ///          Unsupported  as parse_manifest().
  ///          Io           cannot be read.
  [[nodiscard]] static Result<Package> open(const std::filesystem::path& path,
                                            const Limits& limits = {});

  /// open() for large packages and long checks: keeps nothing in memory, so that it needs a few
  /// megabytes whatever the package's size, and can be watched and stopped.
  ///
  /// Errors   as open(), and Cancelled.
  [[nodiscard]] static Result<Package> judge(const std::filesystem::path& path,
                                             const Limits& limits, const RunControl& control);

  [[nodiscard]] const Manifest& manifest() const { return manifest_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// SHA-256 of the archive file; of config.json for a folder, which holds the hashes of the rest.
  [[nodiscard]] const std::string& sha256() const { return sha256_; }

  /// Every file with its size and hash, config.json among them.
  [[nodiscard]] const std::map<std::string, FileFacts, std::less<>>& files() const {
    return entries_;
  }

  /// The bytes of one file, hashed again where they were read again.
  ///
  /// Errors   NotFound  the package holds no such file.
  ///          Corrupt   it changed on disk since open().
  [[nodiscard]] Result<std::vector<std::byte>> file(std::string_view name) const;

  /// A float32 tensor of the package (parse_npy()).
  [[nodiscard]] Result<Tensor> tensor(std::string_view name) const;

  /// Lets networks of this package be used in the 8-bit integers that were made of them on this
  /// computer, where the package brings none of its own.
  void use_local_int8(LocalInt8 made);

  /// What was made of that file, if it was made of this very file.
  [[nodiscard]] const LocalInt8Network* local_int8(std::string_view file) const;

  /// Tells apart what was made here: empty, or the SHA-256 of all of it.
  [[nodiscard]] std::string local_int8_key() const;

 private:
  enum class Keep { Small, Nothing };
  static Result<Package> survey(const std::filesystem::path& path, const Limits& limits, Keep keep,
                                const RunControl& control);

  std::filesystem::path path_;
  Limits limits_;
  Manifest manifest_;
  std::string sha256_;
  std::map<std::string, FileFacts, std::less<>> entries_;
  std::map<std::string, std::vector<std::byte>, std::less<>> kept_;  ///< small packages, unpacked
  std::shared_ptr<const LocalInt8> local_int8_;
};

/// Reads config.json alone: enough to list a package, not to trust it.
///
/// Errors   as Package::open(), as far as it reads.
[[nodiscard]] Result<Manifest> peek_manifest(const std::filesystem::path& path,
                                             const Limits& limits = {});

/// The file of a network in 8-bit integers (Int8Variant).
struct Int8Network {
  std::vector<std::byte> onnx;
  std::string sha256;    ///< of `onnx`
  Tensor golden_output;  ///< for the golden input of the network; empty where it was made here
};

/// A network with everything an engine needs, no package or file behind it any more.
struct Network {
  NetworkSpec spec;
  std::vector<std::byte> onnx;
  std::string sha256;                     ///< of `onnx`
  std::vector<std::string> spatial_dims;  ///< symbolic dimensions of the ONNX: height, width
  Tensor golden_input;
  Tensor golden_output;
  double tolerance_f32 = 0;
  double tolerance_bf16 = 0;
  OptimizationRule optimization = {};    ///< how far ONNX Runtime may rewrite it
  std::optional<Int8Network> int8 = {};  ///< where spec.int8 is
  Size only_tile = {};                   ///< the one tile that it takes; {}: any
  /// Its answer is a whole picture and not a residual: of the precisions only those are taken
  /// unasked that a loss is known of.
  bool gives_whole_picture = false;

  /// Whether a precision of the processor can be judged on a tile of its own.
  [[nodiscard]] bool is_judged_apart() const {
    return golden_output.view().data != nullptr || int8.has_value();
  }
};

/// The same network, without its golden tensors and its file in 8-bit integers.
[[nodiscard]] Network without_golden(const Network& network);

/// Gives a network what was made of its file on this computer, where it has nothing better.
void use_local_int8(Network& network, const Package& package);

/// Takes the network of that meaning and scale and its golden pair out of a package.
///
/// Errors   Unsupported, ModelMismatch  as Manifest::network().
///          Corrupt                     as Package::file(); a golden tensor of another shape.
[[nodiscard]] Result<Network> load_network(const Package& package, NetworkKind kind, int scale = 1);

/// The same for a network of the package's own manifest.
///
/// Errors   Corrupt  as above.
[[nodiscard]] Result<Network> load_network(const Package& package, NetworkSpec spec);

}  // namespace latent::models
