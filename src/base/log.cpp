// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace latent {

namespace {

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("latent",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("latent: %l: %v");
    made->set_level(spdlog::level::off);
    return made;
  }();
  return *instance;
}

}  // namespace

void set_log_level(LogLevel level) {
  switch (level) {
    case LogLevel::Quiet:
      return logger().set_level(spdlog::level::off);
    case LogLevel::Warning:
      return logger().set_level(spdlog::level::warn);
    case LogLevel::Info:
      return logger().set_level(spdlog::level::info);
    case LogLevel::Debug:
      return logger().set_level(spdlog::level::debug);
  }
}

void log_warning(const std::string& message) { logger().warn("{}", message); }
void log_info(const std::string& message) { logger().info("{}", message); }
void log_debug(const std::string& message) { logger().debug("{}", message); }

}  // namespace latent
