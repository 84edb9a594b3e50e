// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace latent::cli {

/// How much a verb says.
enum class Verbosity { Quiet, Normal, Verbose };

/// To be called before anything is opened. A standard stream that is closed gets /dev/null the
/// wrong way round, so that no file of ours is opened in its place and writing to it fails as it
/// should. A reader that goes away is a failed write, not a sudden end.
void prepare_streams();

/// Writes to standard output, at once. What cannot be written is lost: nothing is thrown, and the
/// work goes on; finish_streams() tells of it. After the first failure nothing more is written to
/// that stream.
///
/// Threads  any.
void print(std::string_view text);

/// "latent: <sentence>" on standard error, likewise.
void print_error(const std::string& message);

/// The same without anything before or behind it: for progress, and for what CLI11 has to say.
void print_aside(std::string_view text);

/// Whether all that was printed to standard output so far is written.
[[nodiscard]] bool all_is_written();

/// The exit code of the program, where `code` is that of its work: kSomeFailed where the work is
/// done but its report was lost. A full disk is named on standard error; of a reader that went away
/// nothing is said.
[[nodiscard]] int finish_streams(int code);

/// print_error() for a mistake in the arguments; gives the exit code.
[[nodiscard]] int usage_error(const Error& error);

/// One line for each folder of the user's that is not used (app::folder_notices()), once a run.
void print_folder_notices();

}  // namespace latent::cli
