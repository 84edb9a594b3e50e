// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "latent/export.h"
#include "latent/result.h"

// Masks of objects: prompts, sessions, files (docs/masks.md).
LATENT_NAMESPACE_BEGIN

/// A place as shares of a photograph's width and height, before it is turned upright: 0, 0 is the
/// outer corner of its first pixel, 1, 1 that of its last.
struct MaskPlace {
  double x = 0;
  double y = 0;
  friend bool operator==(const MaskPlace&, const MaskPlace&) = default;
};

/// A click on the object, or beside it: what is there does not belong to it.
struct MaskClick {
  MaskPlace at;
  bool on_object = true;
  friend bool operator==(const MaskClick&, const MaskClick&) = default;
};

/// Two opposite corners; the object lies inside.
struct MaskBox {
  MaskPlace one;
  MaskPlace other;
  friend bool operator==(const MaskBox&, const MaskBox&) = default;
};

/// The line of a brush. What it covers is in the mask, or out of it, whatever else is found.
struct MaskStroke {
  std::vector<MaskPlace> line;  ///< one place or more
  double radius = 0.01;         ///< a share of the longest side
  bool adds = true;             ///< false: it removes
  friend bool operator==(const MaskStroke&, const MaskStroke&) = default;
};

using MaskPrompt = std::variant<MaskClick, MaskBox, MaskStroke>;

/// All prompts of a photograph: what a mask is made of, and made again years later.
struct LATENT_API MaskPrompts {
  std::vector<std::vector<MaskPrompt>> objects;  ///< of each, in order; a later one corrects
  std::string source_sha256;                     ///< of the photograph's file; may be empty
  int width = 0;                                 ///< of the photograph; 0: not known yet
  int height = 0;

  /// The file that `latent mask -o FILE.json` writes.
  [[nodiscard]] std::string to_json() const;
  /// Errors   Corrupt, Unsupported, TooLarge, Usage; the sentence says where.
  [[nodiscard]] static Outcome<MaskPrompts> from_json(std::string_view text);

  friend bool operator==(const MaskPrompts&, const MaskPrompts&) = default;
};

enum class MaskRefine : std::uint8_t {
  None,  ///< the outline as it was found
  Edge,  ///< led along the edges of the photograph
  Hair   ///< single hairs in a band along the outline
};

/// How a mask is made of what was found.
struct MaskSettings {
  MaskRefine refine = MaskRefine::Edge;
  double threshold = 0.5;       ///< where the outline lies in the soft edge: above 0, below 1
  double cleanup = 0.0002;      ///< share of the photograph: smaller pieces and holes go; 0 to 0.1
  double smoothing = 0;         ///< the outline is rounded off: a radius in pixels, 0 to 200
  double feather = 0;           ///< pixels over which the edge falls off, 0 to 1000
  bool keep_all = false;        ///< also pieces without a click in them
  bool second_prompts = false;  ///< after each answer a second one is asked for
  bool crop_small = false;      ///< small objects are looked for again in a crop around them
};

/// A mask in memory: how much of each pixel belongs to the object, from 0 to 1.
struct Mask {
  int width = 0;  ///< of the photograph, before it is turned upright
  int height = 0;
  std::vector<float> values;  ///< [height, width]
};

/// How a mask is written.
struct MaskFile {
  std::filesystem::path photograph;  ///< of which it is a mask; needed for an .xmp
  int bits = 0;                      ///< .png: 8 or 16; .tif: 16 or 32 (float); 0: 16
  double feather = 0;                ///< of a path (.svg, .xmp), in pixels
  bool overwrite = false;
};

/// A photograph that was encoded once, of which masks are made prompt by prompt. One prompt more is
/// one answer more, one fewer none: undo is to leave the last prompt out. Moves; may outlive the
/// Library.
///
/// Threads  one call at a time.
class LATENT_API MaskSession {
 public:
  MaskSession(MaskSession&&) noexcept;
  MaskSession& operator=(MaskSession&&) noexcept;
  ~MaskSession();

  [[nodiscard]] int width() const;  ///< of masks
  [[nodiscard]] int height() const;
  [[nodiscard]] const std::string& model() const;  ///< the id of the network; empty: the built-in
  [[nodiscard]] const std::string& source_sha256() const;
  [[nodiscard]] const std::vector<std::string>& notices() const;  ///< of reading the photograph

  /// The mask of all objects together. `previous`, if it is not null, is a mask of any size that the
  /// first object goes on from. To see something else sooner, request a stop and ask again.
  ///
  /// Errors   Usage  prompts outside the photograph, or of another one (their sha256 or size differ;
  ///          clear both to use them all the same), none on the object, a setting out of range;
  ///          Cancelled; those of the network.
  [[nodiscard]] Outcome<Mask> mask(const MaskPrompts& prompts, const MaskSettings& settings = {},
                                   const Mask* previous = nullptr,
                                   const std::stop_token& stop = {});

 private:
  friend class Library;
  struct State;
  explicit MaskSession(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Writes a mask: as a picture (.png, .tif, .pfm) or as an editable path (.svg; .xmp, which darktable
/// opens, and in which all else stays).
///
/// Errors   Usage  an ending that is none of these, a name that is taken, a mask of another size than
///          the photograph; NotFound  a path of an empty mask; those of the file system.
[[nodiscard]] LATENT_API Outcome<Done> write_mask(const Mask& mask,
                                                  const std::filesystem::path& file,
                                                  const MaskFile& how = {});

/// Reads a picture of a mask (PNG, TIFF, PFM and others), samples as they are.
///
/// Errors   NotFound, Unsupported, Corrupt, TooLarge, Io.
[[nodiscard]] LATENT_API Outcome<Mask> read_mask(const std::filesystem::path& file);

LATENT_NAMESPACE_END
