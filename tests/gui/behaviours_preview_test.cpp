// SPDX-License-Identifier: GPL-3.0-or-later
// The preview: what is seen is what is written, what was taken away, what stays while tasks change.
#include <QtTest/QTest>
#include <QtWidgets/QLabel>
#include <QtWidgets/QToolButton>
#include <algorithm>

#include "app/small_picture.h"
#include "window_behaviour.h"

namespace latent::gui {
namespace {

using testing::Eq;
using testing::HasSubstr;

TEST_F(WindowBehaviour, B14WhatWasTakenAwayIsShownAmplified) {
  picture("a.png", 300, 200);
  Studio studio(places_);
  MainWindow window(studio);
  show_picture(studio, window);
  auto* button = window.findChild<QToolButton*>(QStringLiteral("compare"));
  for (int i = 0; i < 3; ++i) button->click();  // side by side, after only
  ASSERT_TRUE(window.viewer().compare() == Viewer::Compare::Difference);
  EXPECT_THAT(button->text().toStdString(), Eq("Difference"));
  const auto all_there = [&] {
    return std::ranges::all_of(studio.preview().pieces(),
                               [](const auto& piece) { return piece.difference != nullptr; });
  };
  ASSERT_TRUE(wait_for(all_there, 10'000));
  const PreviewModel::Piece piece = studio.preview().pieces().front();
  int changed = 0;
  for (int y = 0; y < piece.after->height(); ++y) {
    for (int x = 0; x < piece.after->width(); ++x) {
      const int taken = piece.before->view().at(x, y, 1) - piece.after->view().at(x, y, 1);
      changed += taken != 0 ? 1 : 0;
      ASSERT_EQ(piece.difference->view().at(x, y, 1), std::clamp(128 + 8 * taken, 0, 255));
    }
  }
  EXPECT_GT(changed, 10'000) << "noise was taken away";
  EXPECT_THAT(window.viewer().accessibleDescription().toStdString(), HasSubstr("difference"));
  // It is what the screen shows.
  const QImage seen = window.viewer().grab().toImage();
  const QPointF at = window.viewer().place_of_share({0.5, 0.5}) * seen.devicePixelRatio();
  const QColor middle = seen.pixelColor(at.toPoint());
  EXPECT_NEAR(middle.green(), piece.difference->view().at(150, 100, 1), 1);
  // Other settings bring another difference; elsewhere none is kept.
  studio.restore().set_value(QStringLiteral("strength"), 0.0);
  const auto grey = [&] {
    const auto& pieces = studio.preview().pieces();
    return !pieces.empty() && pieces.back().settings != piece.settings &&
           pieces.back().difference && pieces.back().difference->view().at(10, 10, 1) == 128;
  };
  EXPECT_TRUE(wait_for(grey, 20'000)) << "nothing is taken away at strength 0";
  button->click();
  EXPECT_TRUE(studio.preview().pieces().front().difference == nullptr);
}

TEST_F(WindowBehaviour, PreviewComesBackAfterAnotherTaskWasLookedAtForAMoment) {
  picture("a.png", 300, 200);
  Studio studio(places_);
  MainWindow window(studio);
  show_picture(studio, window);
  const auto whole = [&] {
    return studio.preview().is_complete(QRect(QPoint(0, 0), studio.preview().size()));
  };
  const std::string noise = studio.preview().noise_words().toStdString();
  EXPECT_THAT(noise, HasSubstr("noise"));
  // A tab for which this photograph has no work; what was measured stays in sight.
  studio.restore().set_task(QStringLiteral("rawdenoise"));
  wait_for([] { return false; }, 300);
  EXPECT_FALSE(studio.preview().facts());
  EXPECT_THAT(studio.preview().noise_words().toStdString(), Eq(noise));
  studio.restore().set_task(QStringLiteral("denoise"));
  EXPECT_TRUE(wait_for(whole, 30'000)) << "without a task between";
  // And one that is left before it began.
  studio.restore().set_task(QStringLiteral("upscale"));
  studio.restore().set_task(QStringLiteral("denoise"));
  EXPECT_TRUE(wait_for(whole, 30'000)) << "two at once";
  // Enlarging measures nothing, and changes nothing of what is known of the photograph.
  const auto* facts = studio.library().facts(photos() / "a.png");
  ASSERT_TRUE(facts != nullptr);
  const double measured = facts->noise;
  EXPECT_GT(measured, 0);
  studio.restore().set_task(QStringLiteral("upscale"));
  EXPECT_TRUE(wait_for([&] { return studio.preview().facts().has_value(); }, 60'000));
  EXPECT_EQ(studio.library().facts(photos() / "a.png")->noise, measured);
  EXPECT_THAT(studio.preview().noise_words().toStdString(), Eq(noise));
}

TEST_F(WindowBehaviour, WarningOfALargeResultStays) {
  picture("a.png", 300, 200);
  Studio studio(places_);
  MainWindow window(studio);
  studio.restore().set_task(QStringLiteral("upscale"));
  studio.restore().set_value(QStringLiteral("scale"), QVariant::fromValue<qlonglong>(4));
  app::FileFacts facts;
  facts.kind = app::FileKind::Picture;
  facts.size = {6000, 4000};
  studio.restore().set_current(photos() / "a.png", &facts, photos());
  const auto said = [&] {
    for (auto* label : window.findChildren<QLabel*>(QStringLiteral("attention"))) {
      if (label->text().contains(QStringLiteral("That is large"))) return true;
    }
    return false;
  };
  EXPECT_TRUE(said());
  studio.restore().set_selection({photos() / "a.png"}, {facts});
  EXPECT_TRUE(said()) << "after the selection was read";
}

TEST_F(WindowBehaviour, HomeAndEndGoToTheFirstAndTheLastPhotograph) {
  for (const char* name : {"a.png", "b.png", "c.png"}) picture(name);
  Studio studio(places_);
  MainWindow window(studio);
  window.resize(1300, 850);
  window.show();
  window.open({photos()});
  ASSERT_TRUE(wait_for([&] { return studio.library().rowCount() == 3; }));
  QTest::keyClick(&window.viewer(), Qt::Key_End);
  EXPECT_TRUE(studio.current() == photos() / "c.png");
  QTest::keyClick(&window.viewer(), Qt::Key_Home);
  EXPECT_TRUE(studio.current() == photos() / "a.png");
}

TEST_F(WindowBehaviour, PreviewShowsThePixelsOfTheFileThatIsWritten) {
  const fs::path source = picture("a.png", 200, 150);
  Studio studio(places_);
  MainWindow window(studio);
  studio.restore().set_task(QStringLiteral("denoise"));
  studio.restore().set_value(QStringLiteral("strength"), 70.0);
  studio.restore().set_value(QStringLiteral("format"), QStringLiteral("png"));
  studio.restore().set_value(QStringLiteral("bit_depth"), QVariant::fromValue<qlonglong>(8));
  show_picture(studio, window);
  const app::SharedPixels shown = studio.preview().pieces().front().after;
  studio.set_selection({source});
  ASSERT_TRUE(studio.process());
  ASSERT_TRUE(wait_for([&] { return studio.queue().is_idle(); }));
  const auto written = app::small_picture(photos() / "a_denoise.png", 4000);
  ASSERT_TRUE(written) << written.error().sentence;
  ASSERT_TRUE(written->size() == shown->size());
  int worst = 0;
  int changed = 0;
  const QImage plain(qt(source.native()));
  for (int y = 0; y < 150; ++y) {
    for (int x = 0; x < 200; ++x) {
      worst = std::max(worst, std::abs(written->view().at(x, y, 1) - shown->view().at(x, y, 1)));
      changed += qGreen(plain.pixel(x, y)) != shown->view().at(x, y, 1) ? 1 : 0;
    }
  }
  EXPECT_LE(worst, 1) << "but for the tile grid, in bfloat16";
  EXPECT_GT(changed, 10'000) << "and it is not the source that was compared";
}

}  // namespace
}  // namespace latent::gui
