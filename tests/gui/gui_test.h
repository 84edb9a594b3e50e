// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <time.h>  // NOLINT(modernize-deprecated-headers): clock_gettime() is POSIX
#include <unistd.h>

#include <QtCore/QAbstractEventDispatcher>
#include <QtCore/QCoreApplication>
#include <QtCore/QElapsedTimer>
#include <QtCore/QEventLoop>
#include <QtGui/QImage>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "gui/viewmodel/post.h"
#include "gui/viewmodel/studio.h"

namespace latent::gui {

namespace fs = std::filesystem;

/// A studio in folders of its own, with the real program.
class StudioTest : public testing::Test {
 protected:
  StudioTest() : folder_(fs::path(testing::TempDir()) / ("studio" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "photos");
    places_.folder = folder_ / "data";
    places_.settings = folder_ / "config" / "studio.json";
    places_.thumbnails = folder_ / "thumbnails";
    places_.program = fs::path(LATENT_BINARY_DIR) / "bin" / "latent";
  }
  ~StudioTest() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path photos() const { return folder_ / "photos"; }

  /// A grey ramp with some noise, the same every time.
  fs::path picture(const std::string& name, int width = 64, int height = 48) const {
    const fs::path file = photos() / name;
    fs::create_directories(file.parent_path());
    QImage image(width, height, QImage::Format_RGB888);
    unsigned state = 12345;
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        state = state * 1664525U + 1013904223U;
        const int value = 60 + 120 * x / width + static_cast<int>(state >> 27U);
        image.setPixelColor(x, y, QColor(value, value - 10, value - 20));
      }
    }
    EXPECT_TRUE(image.save(QString::fromStdString(file.native()), nullptr, 95));
    return file;
  }

  fs::path script(const std::string& text) const {
    const fs::path file = folder_ / "program.sh";
    std::ofstream(file) << "#!/bin/sh\n" << text << "\n";
    fs::permissions(file, fs::perms::owner_all);
    return file;
  }

  template <class Condition>
  static bool wait_for(const Condition& condition, int longest_ms = 120'000) {
    QElapsedTimer timer;
    timer.start();
    while (!condition()) {
      if (timer.elapsed() > longest_ms) return false;
      QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
      ::usleep(2000);
    }
    return true;
  }

  /// Opens the folder of photos and waits until all of it was looked at.
  void open(Studio& studio, int rows) const {
    studio.open({photos()});
    ASSERT_TRUE(wait_for([&] {
      if (studio.library().rowCount() != rows) return false;
      for (int row = 0; row < rows; ++row) {
        if (studio.library().facts(studio.library().path(row)) == nullptr) return false;
      }
      return true;
    })) << studio.library().rowCount();
  }

  /// Settings under which a picture goes all of the way but the network.
  static void choose_quick(Studio& studio) {
    studio.restore().set_task(QStringLiteral("denoise"));
    studio.restore().set_value(QStringLiteral("strength"), 0.0);
  }

  fs::path folder_;
  StudioPlaces places_;
};

/// The longest time for which one turn of the event loop kept the processor: work of our own on
/// the window's thread, whatever else the machine does.
class Watchdog : public QObject {
 public:
  Watchdog() {
    auto* dispatcher = QAbstractEventDispatcher::instance();
    // Tests ask the loop again and again, which then never blocks: from one turn to the next.
    connect(dispatcher, &QAbstractEventDispatcher::awake, this, &Watchdog::turn);
    connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, &Watchdog::turn);
  }
  [[nodiscard]] double longest_ms() const { return longest_; }
  [[nodiscard]] static double now_ms() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
  }

  /// What a test itself did since the last turn does not count.
  void forget_turn() { began_ = -1; }

 private:
  void turn() {
    const double now = now_ms();
    if (began_ >= 0) longest_ = std::max(longest_, now - began_);
    began_ = now;
  }

  double began_ = -1;
  double longest_ = 0;
};

}  // namespace latent::gui
