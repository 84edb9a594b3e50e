// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/output_name.h"
#include "base/result.h"

namespace latent::app {

/// Whether what was named for a result is a folder: it ends in a slash, or is a folder on the disk.
[[nodiscard]] bool is_folder_name(const std::filesystem::path& output);

/// A file that was named but is a folder becomes the rule's folder: "-o results/" is "-O results".
void recognise_folder(OutputRule& rule);

/// The one result of a source: `output` itself, or "<base><suffix>.<ending>" in it where it is a
/// folder.
[[nodiscard]] std::filesystem::path file_in(const std::filesystem::path& output,
                                            const std::filesystem::path& source,
                                            const std::string& suffix, const std::string& ending);

/// Whether a verb can write its result to a file that was named: asked before anything runs.
///
/// `verb`     that writes it, for the sentence: "rawdenoise"
/// `endings`  that it writes, without dots, the usual one first; "tif" stands for "tiff" too, "jpg"
///            for "jpeg"; large letters are as good as small ones
/// Errors   Usage  standard output ("-", "/dev/stdout"), a folder, device, pipe or socket, or another
///                 ending.
[[nodiscard]] Status check_output_file(const std::filesystem::path& file, const std::string& verb,
                                       const std::vector<std::string>& endings);

/// The same of a folder for results, which may be missing.
///
/// Errors   Usage  standard output, or something there that is no folder.
[[nodiscard]] Status check_output_folder(const std::filesystem::path& folder);

}  // namespace latent::app
