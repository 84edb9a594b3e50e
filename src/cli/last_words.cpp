// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/last_words.h"

#include <unistd.h>

#include <exception>
#include <new>
#include <string_view>
#include <system_error>

#include "cli/exit_code.h"

namespace latent::cli {

namespace {

/// Nothing may be allocated any more.
void say(std::string_view words) {
  while (!words.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, words.data(), words.size());
    if (written <= 0) return;
    words.remove_prefix(static_cast<std::size_t>(written));
  }
}

[[noreturn]] void end() {
  constexpr std::string_view kNoMemory =
      "latent: there is not enough memory; close other programs or raise the memory limit of this "
      "one, give fewer --threads, or choose a smaller model (latent models)\n";
  constexpr std::string_view kFault =
      "latent: internal fault: a thread ended by an exception; please report it\n";
  bool is_memory = false;
  try {
    if (const auto thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    is_memory = true;
  } catch (const std::system_error& error) {
    is_memory = error.code() == std::errc::resource_unavailable_try_again ||
                error.code() == std::errc::not_enough_memory;
  } catch (...) {
    is_memory = false;
  }
  say(is_memory ? kNoMemory : kFault);
  ::_exit(kSomeFailed);
}

}  // namespace

void prepare_last_words() { std::set_terminate(end); }

}  // namespace latent::cli
