// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace latent::metadata {

/// A form (mask) of darktable's edit, as its XMP has it.
struct DarktableForm {
  int step = 0;  ///< of the history: darktable:mask_num
  int id = 0;
  int type = 0;
  std::string name;
  int version = 0;
  std::string points;  ///< a blob as text: hexadecimal digits, or "gz..."
  int count = 0;       ///< of points
  std::string source;  ///< of a clone, likewise
  friend bool operator==(const DarktableForm&, const DarktableForm&) = default;
};

/// What of an edit of darktable bears on masks.
struct DarktableEdit {
  std::vector<DarktableForm> forms;  ///< of all steps
  std::vector<int> steps;            ///< of the history
  int history_end = 0;               ///< the steps below it are in force

  /// The forms that are in force: those of the last step that has any, below history_end.
  [[nodiscard]] std::vector<DarktableForm> current_forms() const;
  /// Whether a form is of darktable's masks version 7, which is not to be written to.
  [[nodiscard]] bool has_newer_masks() const;
};

/// Reads the edit of a darktable XMP (3.0 and newer); one without any is no error.
///
/// Errors   Corrupt      no XMP, or numbers that are none.
///          Unsupported  masks in the form that darktable before 3.0 wrote.
///          Messages are predicates.
/// Threads  any; calls wait for one another.
[[nodiscard]] Result<DarktableEdit> read_darktable_edit(const std::string& xmp);

/// The XMP with more forms in the step whose forms are in force, and without a change to any other
/// byte of it. Where the edit has no history, it gets one step, of darktable's mask manager.
///
/// Errors   Corrupt      as read_darktable_edit(), and XML that is not well-formed.
///          Unsupported  masks of version 7; all steps of the history are undone; a text that is
///                       not UTF-8.
///          Usage        an id that the edit has already.
///          Messages are predicates.
/// Threads  any; calls wait for one another.
[[nodiscard]] Result<std::string> add_darktable_forms(const std::string& xmp,
                                                      const std::vector<DarktableForm>& forms);

/// A new XMP for darktable with these forms and no other step; `photograph` is the file's name.
[[nodiscard]] std::string new_darktable_edit(const std::vector<DarktableForm>& forms,
                                             const std::string& photograph);

}  // namespace latent::metadata
