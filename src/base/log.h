// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace latent {

enum class LogLevel { Quiet, Warning, Info, Debug };

/// The library never prints. What is worth a line goes to this sink, silent until a program that
/// owns a terminal or a log file sets it.
void set_log_level(LogLevel level);

void log_warning(const std::string& message);
void log_info(const std::string& message);
void log_debug(const std::string& message);

}  // namespace latent
