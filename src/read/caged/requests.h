// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace latent::read {

/// What the program asks of its reader.
enum class Ask : std::uint8_t {
  Open = 1,     ///< the file's name and the limits; once, first
  Call = 2,     ///< a Question with what belongs to it
  Copy = 3,     ///< an address and a number of bytes: these go into the shared file
  Release = 4,  ///< the pixels of the last answer are not needed any more
};

enum class Question : std::uint8_t {
  DevelopedFacts,
  Mosaic,
  Linear,
  ExactFloats,
  Demosaiced,
  Rendering8,
  Rendering16,
  EmbeddedPreview,
  Picture,
  SmallJpeg,
  Metadata,
  Described,
};

/// What the reader answers.
enum class Tell : std::uint8_t {
  Answer = 1,    ///< the facts as they are now, and what was asked for
  Failure = 2,   ///< an Error
  Progress = 3,  ///< a fraction
};

/// The file that was opened for the reader, and memory both can reach, as ChildProcess places them.
inline constexpr int kFileOfReader = 4;
inline constexpr int kSharedOfReader = 5;

/// What an answer may have beside metadata and what is copied out of the file.
inline constexpr std::size_t kAnswerBytes = std::size_t{64} << 20U;
inline constexpr std::size_t kMostQuestionBytes = std::size_t{1} << 20U;

}  // namespace latent::read
