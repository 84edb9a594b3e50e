// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "cli/output.h"

namespace latent::cli {

namespace {

constexpr double kFirstEstimateFraction = 0.02;
constexpr double kFirstEstimateSeconds = 0.25;
constexpr auto kRedrawInterval = std::chrono::milliseconds(100);
constexpr int kBarWidth = 24;

int terminal_columns() {
  winsize window{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0) return window.ws_col;
  return 80;
}

}  // namespace

std::string readable_duration(double seconds) {
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string readable_bytes(double bytes) {
  constexpr std::array kUnits{"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 1000.0 && unit + 1 < kUnits.size()) {
    bytes /= 1000.0;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", bytes, unit >= 2 && bytes < 100.0 ? 1 : 0, kUnits[unit]);
}

double seconds_left(double elapsed, double fraction_done) {
  if (fraction_done < kFirstEstimateFraction || elapsed < kFirstEstimateSeconds) return -1.0;
  return elapsed * (1.0 - fraction_done) / fraction_done;
}

ProgressBar::ProgressBar(std::string label)
    : label_(std::move(label)), terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::update(double fraction_done) {
  const auto now = Clock::now();
  if (!terminal_ || (drawn_ && now - last_drawn_ < kRedrawInterval)) return;
  last_drawn_ = now;
  drawn_ = true;
  const double elapsed = std::chrono::duration<double>(now - started_).count();
  const double left = seconds_left(elapsed, fraction_done);
  const int filled =
      std::clamp(static_cast<int>(std::lround(fraction_done * kBarWidth)), 0, kBarWidth);
  std::string line = fmt::format(
      "[{}{}] {:3.0f} %  {}  {}", std::string(static_cast<std::size_t>(filled), '#'),
      std::string(static_cast<std::size_t>(kBarWidth - filled), '.'), 100.0 * fraction_done,
      left < 0 ? std::string("-") : readable_duration(left) + " left", label_);
  const auto columns = static_cast<std::size_t>(std::max(10, terminal_columns() - 1));
  if (line.size() > columns) line.resize(columns);
  print_aside("\r\x1b[K" + line);
}

void ProgressBar::clear() {
  if (!drawn_) return;
  drawn_ = false;
  print_aside("\r\x1b[K");
}

}  // namespace latent::cli
