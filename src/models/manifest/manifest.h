// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "image/mosaic.h"
#include "models/manifest/graph_optimization.h"
#include "models/manifest/graph_spec.h"
#include "models/manifest/json.h"

namespace latent::models {

/// What a network's tensors mean, as one word. A new meaning is a new word, never a new reading of
/// an old one.
enum class NetworkKind : std::uint8_t {
  LatentCfaV1,  ///< CFA planes u, sigma_u, one-hot colours, unshuffled; gives the residual of u
  /// Those planes and three colours made up of u (raw::ColourStart); gives the residual of these.
  LatentDemosaicV1,
  LatentRgbV1,  ///< r, g, b and the level of each; gives the residual of r, g, b
  /// r, g, b and one level; gives what is to be added to the bicubic enlargement, with a sign as of
  /// every residual: enlarged picture = enlargement - residual
  LatentUpscaleV1
};

/// How samples become what the network sees.
enum class Encoding : std::uint8_t {
  SqrtGatWbV1,    ///< white balanced, generalised Anscombe root (docs/package-format.md)
  SqrtGatWbV2,    ///< the same; the result is the mean of samples that are clipped at white
  SrgbExtendedV1  ///< curve and primaries of sRGB, continued below 0 and above 1
};

/// One tensor of a network: float32, NCHW. `channels` counts after unshuffling: a tile of the frame
/// [height, width] is the tensor [1, channels, height / unshuffle, width / unshuffle], and channel
/// p * unshuffle^2 + dy * unshuffle + dx is plane p at the sites (x * unshuffle + dx, y * unshuffle
/// + dy), as in PyTorch's pixel_unshuffle.
struct TensorSpec {
  std::string name;
  int channels = 0;
  int unshuffle = 1;
  /// Planes before unshuffling.
  [[nodiscard]] int planes() const { return channels / (unshuffle * unshuffle); }
};

/// The range a network was trained for, in the encoded domain; which numbers stand there goes by
/// the kind.
struct EncodingLimits {
  double sigma_u_min = 0;  ///< latent_cfa_v1, latent_demosaic_v1
  double sigma_u_max = 0;
  double offset_max = 0;  ///< the largest B / A
  double value_min = 0;   ///< latent_rgb_v1, latent_upscale_v1: the smallest and
  double value_max = 1;   ///< the largest encoded sample
  double level_max = 0;   ///< the largest level (sigma) it was told
};

/// A second file of a network, whose convolutions are computed in 8-bit integers: an entry of the
/// top-level key "latent_variants".
struct Int8Variant {
  std::string file;           ///< name inside the package
  std::string golden_output;  ///< .npy: what it gives for the network's golden input
  double tolerance = 0;       ///< largest absolute difference of an engine from `golden_output`
  /// Largest absolute and root mean square difference from the network in float32 that a device may
  /// show on content like the golden input.
  double most_from_f32 = 0;
  double rms_from_f32 = 0;
  double loss_db = 0;  ///< PSNR lost against float32, the worst of `losses`
  std::map<std::string, double, std::less<>> losses;  ///< by condition, for people
  /// As NetworkSpec::memory_bytes_per_px, with what stays in float computed in float32, and in bf16.
  double memory_bytes_per_px = 0;
  double memory_bytes_per_px_bf16 = 0;
};

/// One network of a package.
struct NetworkSpec {
  std::string id;    ///< its key under "networks"
  std::string file;  ///< name inside the package
  NetworkKind kind = NetworkKind::LatentCfaV1;
  Encoding encoding = Encoding::SqrtGatWbV1;
  TensorSpec input;
  std::vector<std::string> input_planes;
  /// Of the picture enlarged by `scale`: a tile of the frame [height, width] gives the tensor
  /// [1, channels, height * scale / unshuffle, width * scale / unshuffle].
  TensorSpec output;
  int scale = 1;      ///< pixels of the result a side of one pixel of the frame
  int stride_px = 1;  ///< tile origins and sides are multiples of it, in frame coordinates
  int reach_px = 0;   ///< beyond this distance a change of the input moves the output by < 0.25/255
  /// Memory that one tile in flight needs in float32, planes and activations, over its pixels of
  /// the frame; measured at export. Above 0.
  double memory_bytes_per_px = 0;
  EncodingLimits limits;
  std::vector<SensorClass> cfa;          ///< of networks for mosaics; Mono for latent_cfa_v1 only
  std::optional<Int8Variant> int8 = {};  ///< where the package has a file of it in 8-bit integers

  [[nodiscard]] bool serves(SensorClass sensor) const;
};

/// A pair of tensors (.npy) that the package brings along: what must come out when that goes in.
struct GoldenPair {
  std::string network;
  std::string input;
  std::string output;
  double tolerance_f32 = 0;   ///< largest absolute difference allowed in float32
  double tolerance_bf16 = 0;  ///< the same in bfloat16 and float16
};

struct FileFacts {
  std::string sha256;  ///< 64 lower-case hex digits
  std::uint64_t size = 0;
};

struct Licence {
  std::string weights;
  std::string data;
};

struct Openness {
  std::string osaid;  ///< Open Source AI Definition
  std::string mof;    ///< Model Openness Framework class
};

struct Provenance {
  std::string recipe;
  std::string commit;
  std::string data;
  std::string log;
};

/// Our own part of config.json, the object "latent", manifest_version 1.
struct LatentBlock {
  int manifest_version = 1;
  std::vector<NetworkSpec> networks;
  std::vector<GraphSpec> graphs;  ///< those of kind graph_v1
  std::vector<GoldenPair> golden;
  std::vector<GraphGolden> graph_golden;
  std::map<std::string, FileFacts, std::less<>> files;  ///< every file but config.json
  Licence licence;
  Openness openness;
  Provenance provenance;
};

/// darktable's target_mean as it stands there: what darktable reads from it is another matter
/// (darktable_contract.h).
struct TargetMean {
  enum class Said : std::uint8_t { Nothing, Null, Number, Text };
  Said said = Said::Nothing;
  double number = 0;
  std::string text;
  friend bool operator==(const TargetMean&, const TargetMean&) = default;
};

/// darktable's run-time hints for one ONNX file, attributes.<stem>.*; absent where not given, so
/// that nobody mistakes a default for a statement.
struct DarktableAttributes {
  std::vector<int> input_sizes;
  std::optional<std::string> input_kind;
  std::optional<std::string> input_colorspace;
  std::optional<std::string> wb_norm;
  std::optional<std::string> output_scale;
  TargetMean target_mean;
  std::optional<std::string> bayer_orientation;
  std::optional<std::string> edge_pad;
};

/// darktable's keys that decide where and how its networks run, kept as they stand. The stem ""
/// speaks for every ONNX file.
struct DarktableHints {
  std::map<std::string, std::vector<std::string>, std::less<>> cpu_only;  ///< by ONNX stem
  std::map<std::string, std::string, std::less<>> coreml_format;          ///< by ONNX stem
  Json::Object attributes;  ///< all of them, also those that we do not know
  using Optimizations = std::map<std::string, GraphOptimization, std::less<>>;
  Optimizations ort_optimization;  ///< by ONNX stem
  /// By execution provider, as OptimizationRule calls them, then by ONNX stem.
  std::map<std::string, Optimizations, std::less<>> ort_optimization_provider;
  std::vector<std::string> notices;  ///< words there that nobody knows, one sentence each

  /// What the keys say of `stem`.onnx: the provider's entry before the general one, that of the
  /// stem before that of all; else everything is allowed.
  [[nodiscard]] OptimizationRule optimization_of(std::string_view stem) const;
};

/// config.json of a model package: darktable's keys, and ours beside them.
struct Manifest {
  std::string id;
  std::string name;
  std::string description;
  std::string task = "general";
  std::string version = "0.0";  ///< "X.Y"
  std::string backend = "onnx";
  std::string arch;
  bool tiling = false;
  int num_inputs = 1;
  std::vector<std::string> spatial_dims{"height", "width"};  ///< symbolic dimensions to fix
  std::map<std::string, std::string, std::less<>> model_card;
  bool shadow_boost = false;
  std::map<std::string, DarktableAttributes, std::less<>> attributes;  ///< by ONNX stem
  DarktableHints hints;
  std::optional<LatentBlock> latent;

  /// The network of that meaning and scale (1 but for latent_upscale_v1); of several the first.
  ///
  /// Errors   Unsupported    the package has no "latent" block: one made for darktable.
  ///          ModelMismatch  it has one, but no such network.
  [[nodiscard]] Result<NetworkSpec> network(NetworkKind kind, int scale = 1) const;

  /// The latent_cfa_v1 network for that sensor: one at most.
  ///
  /// Errors   as network(); ModelMismatch  none was trained for it.
  [[nodiscard]] Result<NetworkSpec> cfa_network(SensorClass sensor) const;

  /// The latent_demosaic_v1 network for that sensor.
  ///
  /// Errors   as cfa_network().
  [[nodiscard]] Result<NetworkSpec> demosaic_network(SensorClass sensor) const;
};

/// A file name as packages may hold them: relative, '/' between parts, no part empty, "." or "..",
/// no backslash, no colon, no control character, at most 255 bytes.
[[nodiscard]] bool is_safe_entry_name(std::string_view name);

/// An id as packages may have: 1..128 of A-Z a-z 0-9 . _ -, not beginning with a dot.
[[nodiscard]] bool is_safe_id(std::string_view id);

/// Reads and judges config.json. Strict where we act on what it says: inside "latent" every key is
/// known, typed, in range and there; darktable's keys are typed, and other keys beside them are
/// ignored, as darktable does.
///
/// Errors   Corrupt      not JSON, a key missing, unknown, twice, ill-typed or out of range; the
///                       sentence names it.
///          Unsupported  a manifest_version, kind or encoding that this version does not know.
///          TooLarge     more than Limits::max_manifest_bytes.
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view text, const Limits& limits = {});

/// "latent_cfa_v1", "latent_demosaic_v1", "latent_rgb_v1", "latent_upscale_v1".
[[nodiscard]] const char* network_kind_name(NetworkKind kind);

/// "sqrt_gat_wb_v1", "sqrt_gat_wb_v2", "srgb_extended_v1".
[[nodiscard]] const char* encoding_name(Encoding encoding);

}  // namespace latent::models
