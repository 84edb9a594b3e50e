// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/view/crash_report.h"

#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction() is POSIX
#include <unistd.h>

#include <QtCore/QCoreApplication>
#include <array>
#include <cstring>
#include <system_error>

#include "base/file_access.h"
#include "gui/viewmodel/post.h"

namespace latent::gui {

namespace {

std::array<char, 4096> report_path{};

/// System calls only: the heap may be what broke.
void on_crash(int signal) {
  const int file = ::open(report_path.data(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file >= 0) {
    constexpr char kHead[] = "latent-studio " LATENT_VERSION " ended by signal ";
    const char digits[] = {static_cast<char>('0' + signal / 10),
                           static_cast<char>('0' + signal % 10), '\n'};
    [[maybe_unused]] auto written = ::write(file, kHead, sizeof kHead - 1);
    written = ::write(file, digits, sizeof digits);
    std::array<void*, 64> frames{};
    ::backtrace_symbols_fd(frames.data(), ::backtrace(frames.data(), 64), file);
    ::close(file);
  }
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

}  // namespace

QString keep_crash_reports(const std::filesystem::path& folder) {
  if (folder.empty() || !make_private_folders(folder)) return {};
  const auto report = folder / "crash.txt";
  QString words;
  std::error_code failed;
  if (std::filesystem::exists(report, failed)) {
    const auto kept = folder / "crash-before.txt";
    std::filesystem::rename(report, kept, failed);
    words = QCoreApplication::translate(
                "crash",
                "latent-studio ended unexpectedly last time. What is known of it is in %1;"
                " it was sent to nobody. latent-studio --safe starts without anything that"
                " was remembered.")
                .arg(shown_path(kept));
  }
  const std::string path = report.native();
  if (path.size() + 1 > report_path.size()) return words;
  std::memcpy(report_path.data(), path.c_str(), path.size() + 1);
  std::array<void*, 1> warm{};
  ::backtrace(warm.data(), 1);  // loads what it needs now, not in a crash
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL}) {
    struct sigaction action {};
    action.sa_handler = on_crash;
    ::sigaction(signal, &action, nullptr);
  }
  return words;
}

}  // namespace latent::gui
