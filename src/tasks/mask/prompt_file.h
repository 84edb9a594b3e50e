// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mask/prompts.h"

namespace latent::tasks {

/// Reads the prompts of a mask from JSON, as docs/masks.md describes it, strictly: no key is unknown, none is missing, and all of it passes
/// mask::check_prompts().
///
/// `what`   stands for the text in sentences: a quoted path
/// Errors   Corrupt      no JSON, a key that is unknown, missing or of another type; the sentence
///                       says where.
///          Unsupported  written by a later version.
///          Usage        as mask::check_prompts().
///          TooLarge     more than 16 MB.
[[nodiscard]] Result<mask::PromptSet> prompts_from_json(std::string_view text,
                                                        const std::string& what);

/// One prompt, or a list of prompts: what a stroke file holds.
///
/// Errors   as prompts_from_json().
[[nodiscard]] Result<std::vector<mask::Prompt>> prompt_list_from_json(std::string_view text,
                                                                      const std::string& what);

/// The same of files.
///
/// Errors   those above, and of read_small_file().
[[nodiscard]] Result<mask::PromptSet> read_prompts(const std::filesystem::path& file);
[[nodiscard]] Result<std::vector<mask::Prompt>> read_prompt_list(const std::filesystem::path& file);

/// A photograph that stored prompts are to be used for.
struct PromptedPhotograph {
  std::filesystem::path path;
  std::string sha256;
  Size size;            ///< as decoded
  bool anyway = false;  ///< also prompts that were made for another one: then a notice says so
};

/// The prompts of a file, for that photograph.
///
/// Errors   as read_prompts(); Usage  they were made for a photograph of other bytes or another
///          size.
[[nodiscard]] Result<mask::PromptSet> read_prompts_for(const std::filesystem::path& file,
                                                       const PromptedPhotograph& photograph,
                                                       std::vector<std::string>& notices);

}  // namespace latent::tasks
