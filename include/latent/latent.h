// SPDX-License-Identifier: GPL-3.0-or-later
//
// The whole of the installed library: plain standard types, so that a program needs no other header
// and no other library's headers. Link with liblatent.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace latent::v1 {

/// "0.1.0"
[[nodiscard]] std::string version();

/// What went wrong: the code is one of cancelled, usage, not_found, unsupported, corrupt,
/// too_large, model_mismatch, device, io, internal; the message one sentence for the user.
struct Failure {
  std::string code;
  std::string message;
};

struct RawDenoiseRequest {
  std::string source;        ///< a raw file; opened read-only
  std::string target;        ///< the DNG to write; appears only when it is whole
  bool overwrite = false;    ///< whether an existing target is replaced
  double strength = 1.0;     ///< 0 gives the source back, 1 removes all noise found
  double noise_scale = 1.0;  ///< times the noise that the network is told of
  /// var(x) = a x + b by colour (red, green, blue), x from black 0 to white 1. Absent: the file's
  /// own profile, else estimated.
  struct Noise {
    std::array<double, 3> a{};
    std::array<double, 3> b{};
  };
  std::optional<Noise> noise;
  /// x, y, width, height in pixels of the visible picture before it is turned upright. Absent: all.
  std::optional<std::array<int, 4>> region;
  bool compress = true;              ///< lossless JPEG tiles, or plain samples
  std::string model = "latent-raw";  ///< an id, or a path of a package
  std::string engine = "auto";       ///< auto, openvino, onnxruntime
  std::string device = "auto";
  std::string precision = "auto";  ///< auto, f32, bf16, f16
};

struct RawDenoiseAnswer {
  int width = 0;  ///< of what was denoised
  int height = 0;
  std::string sensor;
  std::string device;
  std::string precision;
  double seconds = 0;
  std::vector<std::string> notices;  ///< sentences the user should see
};

/// Either the answer or the failure.
struct RawDenoiseOutcome {
  std::optional<RawDenoiseAnswer> answer;
  Failure failure;
  explicit operator bool() const { return answer.has_value(); }
};

/// Removes sensor noise from one raw file and writes a DNG.
///
/// `progress`  called with the fraction done, from threads of the library, one at a time; may be
///             empty.
/// Threads     any number of calls; each takes its own memory and all processors.
/// Errors      never throws; on failure no file is left.
[[nodiscard]] RawDenoiseOutcome denoise_raw(const RawDenoiseRequest& request,
                                            const std::function<void(double)>& progress = {},
                                            const std::stop_token& stop = {});

}  // namespace latent::v1
