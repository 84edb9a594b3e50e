// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/limits.h"
#include "base/result.h"
#include "image/geometry.h"

namespace latent::app {

enum class FileKind : std::uint8_t { Raw, Picture, Unreadable };

/// Which bytes were looked at.
struct FileStamp {
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

/// What a library shows of a file, all of it from its header.
struct FileFacts {
  FileStamp stamp;
  FileKind kind = FileKind::Unreadable;
  bool denoisable_raw = false;  ///< raw denoise takes it
  std::string format;           ///< "Bayer RGGB", "JPEG"
  std::string camera;
  double iso = 0;       ///< 0: unknown
  Size size;            ///< as it is shown, upright
  int orientation = 1;  ///< of the file
  int rating = 0;
  std::string label;
  std::string done;     ///< what Latent or darktable did to it: "raw-denoise", or empty
  std::string problem;  ///< of what cannot be read: one sentence
  double noise = 0;     ///< measured, in 8-bit steps; 0: not yet
  double noise_confidence = 0;
};

/// Errors   NotFound, Io
[[nodiscard]] Result<FileStamp> stamp_of(const std::filesystem::path& file);

/// Looks at a file's header, and at the XMP beside it for rating and label ("a.nef.xmp", "a.xmp").
/// Never fails: what cannot be read has its sentence in `problem`.
///
/// Threads  any.
[[nodiscard]] FileFacts look_at(const std::filesystem::path& file, const Limits& limits = {});

/// What a name tells before the file was looked at: raw or picture.
[[nodiscard]] FileFacts guessed_facts(const std::filesystem::path& file);

/// Whether a name looks like a photograph's, before anything is opened.
[[nodiscard]] bool named_like_photograph(const std::filesystem::path& file);

/// What a photograph needs. A hint: nothing is done because of it.
enum class Need : std::uint8_t { Nothing, RawDenoise, Denoise, Upscale };

struct Suggestion {
  Need need = Need::Nothing;
  std::string sentence;  ///< "Noisy: raw denoise will help most here."
  std::string reason;    ///< "ISO 12800"
};

/// By ISO, measured noise where there is some, and size. A result of Latent needs nothing.
[[nodiscard]] Suggestion suggestion_for(const FileFacts& facts);

}  // namespace latent::app
