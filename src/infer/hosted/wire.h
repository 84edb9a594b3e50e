// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/frames.h"
#include "base/result.h"
#include "infer/hosted/shared_samples.h"
#include "infer/tensor_session.h"
#include "models/manifest/json.h"

// What Latent and latent-engine say to each other: JSON in frames, and numbers in frames of their own
// behind it, or in memory that both have. Inside this folder only.
namespace latent::infer {

enum class Ask : std::uint8_t {
  Load = 1,  ///< {"library", "plugin"}
  Open,      ///< {"device", "threads", "int8", "optimization", "sizes"}, then Part: the ONNX
  Run,       ///< {"tensors", "shared"}, then a Part for each of them that is not shared
  Stop,      ///< ends the run under way; no answer of its own
  Part
};

enum class Tell : std::uint8_t {
  Answer = 1,  ///< to Load {"version", "devices"}, to Open {}, to Run as a run is asked for
  Failure,     ///< {"code", "sentence"}
  Part
};

/// Of a message that is no Part.
inline constexpr std::size_t kMostWords = std::size_t{4} << 20U;
/// Of a Part: a graph, or the samples of one tensor.
inline constexpr std::size_t kMostPart = std::size_t{16} << 30U;

template <class Kind>
[[nodiscard]] Status send_words(int socket, Kind kind, const models::Json& words) {
  const std::string text = models::dump_json_line(words);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  return send_frame(socket, static_cast<std::uint8_t>(kind), {bytes, text.size()});
}

/// The object that a frame holds.
///
/// Errors   Internal  it holds something else.
[[nodiscard]] Result<models::Json::Object> words_of(const Frame& frame);

/// Names and dimensions; the samples of each lie in `shared`, or follow where it has no room.
[[nodiscard]] Status send_tensors(int socket, SharedSamples& shared, std::uint8_t kind,
                                  std::uint8_t part,
                                  const std::vector<const NamedTensor*>& tensors);

/// The tensors that such a message announces, their samples taken from `shared` or read from
/// `socket`.
///
/// Errors   as receive_frame(); Internal  sizes that do not fit each other.
[[nodiscard]] Result<std::vector<NamedTensor>> receive_tensors(int socket, SharedSamples& shared,
                                                               const models::Json::Object& words,
                                                               std::uint8_t part,
                                                               const FrameWait& wait);

[[nodiscard]] models::Json words_of_error(const Error& error);
[[nodiscard]] Error error_of_words(const models::Json::Object& words);

}  // namespace latent::infer
