// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/manifest/manifest.h"

namespace latent::models {

/// What one ONNX of a package made for darktable does.
enum class DarktableKind : std::uint8_t {
  BayerV1,    ///< model_bayer.onnx: R, G, G, B planes in, camera RGB of twice the size out
  LinearV1,   ///< model_linear.onnx: demosaiced linear RGB in and out
  XTransV1,   ///< model_xtrans.onnx: the same, for X-Trans
  Denoise,    ///< model.onnx: sRGB in and out, perhaps with a noise level
  UpscaleX2,  ///< model_x2.onnx: sRGB
  UpscaleX4   ///< model_x4.onnx: sRGB
};

/// "bayer_v1", "linear_v1", "xtrans_v1", "denoise", "upscale_x2", "upscale_x4".
[[nodiscard]] const char* darktable_kind_name(DarktableKind kind);

/// The file of that network in a package: "model_bayer.onnx".
[[nodiscard]] std::string darktable_file(DarktableKind kind);

/// What a package made for that task may hold; none for other tasks.
[[nodiscard]] std::vector<DarktableKind> darktable_kinds(std::string_view task);

/// By whose reading of a manifest, and with whose arithmetic.
enum class Compat : std::uint8_t {
  None,        ///< as the package says it; what it says wrongly is refused
  Darktable56  ///< as darktable 5.6 does, its slips included (docs/compatibility.md)
};

enum class DarktableBalance : std::uint8_t { Daylight, AsShot, None };
enum class DarktableSpace : std::uint8_t { CameraRgb, LinearRec2020, LinearSrgb };

/// Everything that a package's attributes say of one network, defaults filled in.
struct DarktableContract {
  DarktableKind kind = DarktableKind::Denoise;
  Compat compat = Compat::None;
  std::string file;  ///< inside the package
  int tile = 0;      ///< T: side of the network's input, in its own pixels (packed ones for Bayer)
  int overlap = 0;   ///< O: on each side, in the same pixels
  int scale = 1;     ///< pixels of the answer a side of one pixel of the picture; 2 or 4 to enlarge
  DarktableBalance balance = DarktableBalance::Daylight;
  DarktableSpace space = DarktableSpace::CameraRgb;
  bool match_gain = true;             ///< the answer's scale is free; false: it is absolute
  bool force_rggb = true;             ///< false: planes in the sensor's own order
  bool mirror_cropped = true;         ///< false: mirrored at the visible rectangle as it is
  std::optional<double> target_mean;  ///< the mean that the picture is brightened to; absent: none
  bool shadow_boost = false;
  std::vector<std::string> cpu_only;  ///< execution providers not to use, in lower case
  std::vector<std::string> notices;   ///< what was read otherwise than it stands there
};

/// Whether a package without a network of ours may be one for that task of darktable's.
[[nodiscard]] bool is_made_for(const Manifest& manifest, std::string_view task);

/// Reads the contract of one kind. Under Compat::None a word that is not known is an error; under
/// Compat::Darktable56 it becomes darktable's default, with a notice.
///
/// Errors   ModelMismatch  no input_sizes, a tile too small, another input_kind than the file's, a
///                         word that is not known; the sentence names the key.
[[nodiscard]] Result<DarktableContract> darktable_contract(const Manifest& manifest,
                                                           DarktableKind kind,
                                                           Compat compat = Compat::None);

}  // namespace latent::models
