// SPDX-License-Identifier: GPL-3.0-or-later
// Windows without a display: Qt draws into memory.
#include <gtest/gtest.h>

#include <QtWidgets/QApplication>

#include "base/patience.h"
#include "gui/view/theme.h"

namespace {

int run_tests(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  QApplication program(argc, argv);
  latent::gui::apply_theme(program, true);
  return RUN_ALL_TESTS();
}

}  // namespace

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  qputenv("LC_ALL", "C.UTF-8");
  qputenv("LATENT_MODELS", LATENT_SOURCE_DIR "/weights");
  qputenv("LATENT_MODELS_DIR", "/nonexistent/models");
  qputenv("LATENT_CONFIG", "/nonexistent/config");
  return latent::end_beside_abandoned_works(run_tests(argc, argv));
}
