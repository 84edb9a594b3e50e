// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/job.h"
#include "models/manifest/json.h"

namespace latent::app {

/// What values a setting takes.
enum class Form : std::uint8_t {
  Flag,          ///< true or false
  Whole,         ///< a whole number within `least` .. `most`
  Number,        ///< a number within them
  AutoOrNumber,  ///< "auto", or such a number
  Word,          ///< one of `words`; words of digits are numbers in JSON
  Noise,   ///< "auto", "camera", or {"a": [red, green, blue], "b": [...]}; as text "A,B" or six
  Region,  ///< null, or [x, y, width, height]; as text "X,Y,W,H"
  Places,  ///< a list of texts, each of `least` numbers between commas, pixels or percent
  Device,  ///< the word of a device
  Print,   ///< null, or "40x60cm@300"
  Name,    ///< null, or a known name, or a path: what has a '/' or `path_endings`
  Path,    ///< null, or a path
  Paths    ///< a list of paths; as text, one a line
};

/// The object of a job's JSON in which a setting stands.
enum class Section : std::uint8_t { Top, Settings, Output, Engine };

/// One row of the table of words: all that anyone but the task itself has to know of a setting. The
/// command line's options and their help, both ways of JSON, the schema and the facade are made of
/// it. The default is not in it: it is that of the field.
struct Setting {
  Section section = Section::Settings;
  std::string key;     ///< "noise_scale"
  std::string option;  ///< "--noise-scale", or with a short one; empty: not on the command line
  std::string help;    ///< what a person reads of it, with the unit of a number
  Form form = Form::Number;
  double least = 0;
  double most = 0;
  std::vector<std::string> words;
  /// What the command line takes for one of `words` as well: "jpeg" for "jpg".
  std::vector<std::pair<std::string, std::string>> other_words;
  std::vector<std::string> path_endings;  ///< of Name
  bool nullable = true;                   ///< of Name: whether nothing may be named
  std::string needs;     ///< key of an option before it, without which the command line refuses it
  std::string excludes;  ///< likewise, with which it refuses it
  /// It came after batches had been written, whose journals do not know it (settings_text()).
  bool later = false;

  std::function<models::Json(const Job&)> get;
  /// For values that hold_to() has given. Paths are bytes as the file system has them.
  std::function<void(Job&, const models::Json&)> set;

  /// Its place in a job: "settings.noise_scale".
  [[nodiscard]] std::string place() const;
};

/// The most that a region's numbers may be, beyond which their sums leave their type, and those of
/// a noise model, which no sensor has.
inline constexpr std::int64_t kMostPixel = 1'000'000'000;
inline constexpr double kMostNoise = 1e6;

/// The name of a section's object; empty for the top.
[[nodiscard]] const char* section_name(Section section);

/// A word as it stands in JSON: 16 for "16", else the word.
[[nodiscard]] models::Json word_value(const std::string& word);

/// The value in the type that set() takes (a whole number where 3.0 stands for 3), if the setting
/// takes it. `where` begins the sentence of an error.
///
/// Errors   Usage  another kind of value, or out of range; the sentence says what is taken.
[[nodiscard]] Result<models::Json> hold_to(const Setting& setting, const models::Json& value,
                                           const std::string& where);

/// The value that `text` stands for on the command line, held to the setting.
///
/// Errors   Usage  as hold_to().
[[nodiscard]] Result<models::Json> value_of_text(const Setting& setting, const std::string& text,
                                                 const std::string& where);

/// The value as it would be written on the command line; empty for null.
[[nodiscard]] std::string text_of_value(const Setting& setting, const models::Json& value);

/// "0..100", "lossless|none", "X,Y,W,H": what the command line shows behind an option.
[[nodiscard]] std::string short_form(const Setting& setting);

/// Whether a value of Form::Name names a file and not something known.
[[nodiscard]] bool names_a_path(const Setting& setting, std::string_view name);

/// Sets one setting of a job from a word as the command line takes it.
///
/// Errors   Usage  as hold_to(); Internal  the job's task has no such setting.
[[nodiscard]] Status put_text(Job& job, std::string_view key, const std::string& text,
                              const std::string& where);

/// The same from a value as it stands in a job's JSON.
[[nodiscard]] Status put_value(Job& job, std::string_view key, const models::Json& value,
                               const std::string& where);

/// A region as text, "X,Y,WIDTH,HEIGHT".
///
/// Errors   Usage  not four whole numbers, a negative corner, or a side that is not positive.
[[nodiscard]] Result<Rect> region_of_text(const std::string& text, const std::string& where);

}  // namespace latent::app
