// SPDX-License-Identifier: GPL-3.0-or-later
// Masks and erasing in the real window: what a person does with the mouse and the keys.
#include <QtTest/QTest>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QListWidget>
#include <cmath>

#include "app/small_picture.h"
#include "gui/view/main_window.h"
#include "gui/view/viewer.h"
#include "gui_test.h"
#include "read/mask/mask_file.h"

namespace latent::gui {
namespace {

using testing::Eq;
using testing::HasSubstr;

class MaskBehaviour : public StudioTest {
 protected:
  /// Grey, with a red disc of radius 50 at 100, 100.
  fs::path disc(const std::string& name) const {
    const fs::path file = photos() / name;
    QImage image(320, 200, QImage::Format_RGB888);
    for (int y = 0; y < 200; ++y) {
      for (int x = 0; x < 320; ++x) {
        const bool inside = (x - 100) * (x - 100) + (y - 100) * (y - 100) < 50 * 50;
        image.setPixelColor(x, y, inside ? QColor(200, 40, 30) : QColor(90, 90 + x % 3, 90));
      }
    }
    EXPECT_TRUE(image.save(QString::fromStdString(file.native())));
    return file;
  }

  void show(Studio& studio, MainWindow& window) {
    studio.restore().set_task(QStringLiteral("denoise"));
    window.resize(1200, 800);
    window.show();
    window.open({photos()});
    ASSERT_TRUE(wait_for([&] { return studio.preview().look() != nullptr; }));
    ASSERT_TRUE(wait_for([&] { return studio.library().facts(studio.current()) != nullptr; }));
  }

  static QPoint at(MainWindow& window, double x, double y) {
    return window.viewer().place_of_share({x, y}).toPoint();
  }
};

TEST_F(MaskBehaviour, OneClickFindsTheObjectAndEnterWorksInsideIt) {
  const fs::path photo = disc("a.png");
  Studio studio(places_);
  MainWindow window(studio);
  show(studio, window);
  Watchdog watchdog;
  QTest::keyClick(&window.viewer(), Qt::Key_M);
  ASSERT_TRUE(studio.mask().is_on());
  EXPECT_THAT(studio.mask().words().toStdString(), HasSubstr("Click in the middle"));
  QTest::mouseClick(&window.viewer(), Qt::LeftButton, {}, at(window, 100.0 / 320, 0.5));
  ASSERT_TRUE(wait_for([&] { return studio.mask().is_found(); }))
      << studio.mask().words().toStdString();
  EXPECT_NEAR(studio.mask().share(), 3.14159 * 50 * 50 / (320 * 200), 0.02);
  EXPECT_TRUE(studio.mask().overlay());
  const QImage seen = window.viewer().grab().toImage();
  watchdog.forget_turn();  // grabbing is the test's own
  const QColor tinted = seen.pixelColor(at(window, 80.0 / 320, 0.35) * seen.devicePixelRatio());
  EXPECT_GT(tinted.blue(), 100) << "the overlay is seen, " << tinted.name().toStdString();
  QTest::keyClick(&window.viewer(), Qt::Key_Return);
  ASSERT_TRUE(wait_for([&] { return studio.mask().used_for(photo).has_value(); }));
  EXPECT_FALSE(studio.mask().is_on()) << "back to restoring";
  EXPECT_LT(watchdog.longest_ms(), 50) << "no work on the window's thread";
  // The mask is a picture that every task takes, and the order of this photograph has it.
  const auto kept = *studio.mask().used_for(photo);
  const auto mask = read::read_mask_file(kept.picture, {}, {});
  ASSERT_TRUE(mask) << mask.error().sentence;
  EXPECT_GT(mask->view().at(100, 100), 0.9F);
  EXPECT_LT(mask->view().at(250, 100), 0.1F);
  studio.restore().set_value(QStringLiteral("format"), QStringLiteral("png"));
  studio.restore().set_value(QStringLiteral("bit_depth"), QVariant::fromValue<qlonglong>(8));
  studio.set_selection({photo});
  ASSERT_TRUE(studio.process());
  ASSERT_TRUE(wait_for([&] { return studio.queue().is_idle(); }));
  const auto before = app::small_picture(photo, 4000);
  const auto after = app::small_picture(photos() / "a_denoise.png", 4000);
  ASSERT_TRUE(before && after) << (after ? "" : after.error().sentence);
  for (int x = 180; x < 320; ++x) {  // outside the mask every sample stays
    ASSERT_THAT(after->view().at(x, 100, 1), Eq(before->view().at(x, 100, 1))) << x;
  }
}

TEST_F(MaskBehaviour, PromptsAreTakenBackAndKeptWithThePhotograph) {
  const fs::path photo = disc("a.png");
  {
    Studio studio(places_);
    MainWindow window(studio);
    show(studio, window);
    window.show_mode(MainWindow::Mode::Mask);
    Viewer& viewer = window.viewer();
    QTest::mouseClick(&viewer, Qt::LeftButton, {}, at(window, 100.0 / 320, 0.5));
    QTest::mouseClick(&viewer, Qt::RightButton, {}, at(window, 0.9, 0.9));
    ASSERT_THAT(studio.mask().state().prompts.objects.size(), Eq(1U));
    EXPECT_THAT(studio.mask().state().prompts.objects[0].prompts.size(), Eq(2U));
    EXPECT_FALSE(studio.mask().state().prompts.objects[0].prompts[1].on_object);
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
    EXPECT_THAT(studio.mask().state().prompts.objects[0].prompts.size(), Eq(1U));
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_THAT(studio.mask().state().prompts.objects[0].prompts.size(), Eq(2U));
    QTest::keyClick(&viewer, Qt::Key_N);
    QTest::mousePress(&viewer, Qt::LeftButton, Qt::ShiftModifier, at(window, 0.6, 0.2));
    QTest::mouseMove(&viewer, at(window, 0.8, 0.5));
    ASSERT_TRUE(studio.mask().drawing());
    QTest::mouseRelease(&viewer, Qt::LeftButton, Qt::ShiftModifier, at(window, 0.8, 0.5));
    ASSERT_THAT(studio.mask().state().prompts.objects.size(), Eq(2U)) << "another object";
    EXPECT_TRUE(studio.mask().state().prompts.objects[1].prompts[0].kind == mask::PromptKind::Box);
    ASSERT_TRUE(wait_for([&] { return studio.mask().is_found(); }));
    QTest::keyClick(&viewer, Qt::Key_Return);
    ASSERT_TRUE(wait_for([&] { return studio.mask().used_for(photo).has_value(); }));
  }
  Studio again(places_);  // another start
  MainWindow window(again);
  show(again, window);
  EXPECT_TRUE(again.mask().used_for(photo));
  window.show_mode(MainWindow::Mode::Mask);
  EXPECT_THAT(again.mask().state().prompts.objects.size(), Eq(2U));
  again.mask().take_off();
  EXPECT_FALSE(again.mask().used_for(photo));
}

TEST_F(MaskBehaviour, ExportsWhatIsShown) {
  disc("a.png");
  Studio studio(places_);
  MainWindow window(studio);
  show(studio, window);
  window.show_mode(MainWindow::Mode::Mask);
  studio.mask().press({100.0 / 320, 0.5}, {});
  studio.mask().release({100.0 / 320, 0.5});
  ASSERT_TRUE(wait_for([&] { return studio.mask().is_found(); }));
  QStringList told;
  QObject::connect(&studio, &Studio::told, &studio, [&](const QString& words) { told << words; });
  for (const char* name : {"m.png", "m.svg", "m.xmp"}) studio.mask().export_to(folder_ / name);
  ASSERT_TRUE(wait_for([&] { return told.size() == 3; }));
  for (const char* name : {"m.png", "m.svg", "m.xmp"}) {
    EXPECT_TRUE(fs::exists(folder_ / name)) << name;
  }
}

TEST_F(MaskBehaviour, ErasesWhatWasPaintedAndKeepsTheRest) {
  const fs::path photo = disc("a.png");
  Studio studio(places_);
  MainWindow window(studio);
  show(studio, window);
  QTest::keyClick(&window.viewer(), Qt::Key_E);
  ASSERT_TRUE(studio.mask().purpose() == MaskTool::Purpose::Erase);
  studio.mask().set_brush(0.08);
  Viewer& viewer = window.viewer();
  QTest::mousePress(&viewer, Qt::LeftButton, {}, at(window, 60.0 / 320, 0.35));
  for (const double y : {0.35, 0.5, 0.65}) {
    for (int step = 0; step <= 6; ++step) {
      QTest::mouseMove(&viewer, at(window, (60.0 + 14 * step) / 320, y));
    }
  }
  QTest::mouseRelease(&viewer, Qt::LeftButton, {}, at(window, 144.0 / 320, 0.65));
  ASSERT_TRUE(wait_for([&] { return studio.mask().is_found(); }))
      << studio.mask().words().toStdString();
  QTest::keyClick(&viewer, Qt::Key_Return);
  ASSERT_TRUE(wait_for([&] { return !studio.mask().hole().empty(); }));
  viewer.set_zoom(1, QPointF(viewer.rect().center()));
  ASSERT_TRUE(wait_for([&] { return studio.preview().is_complete(QRect(0, 0, 320, 200)); }))
      << studio.preview().problem().toStdString();
  const auto& after = studio.preview().pieces().front().after;
  EXPECT_LT(after->view().at(100, 100, 0), 140) << "the red disc is gone";
  ASSERT_TRUE(studio.erase());
  ASSERT_TRUE(wait_for([&] { return studio.queue().is_idle(); }));
  EXPECT_THAT(studio.queue().count(app::ItemState::Done), Eq(1));
  EXPECT_TRUE(fs::exists(photos() / "a_erase.tif"));
  // Another stroke is another hole: what was shown is no longer offered.
  studio.mask().undo();
  EXPECT_TRUE(studio.mask().hole().empty());
  window.show_mode(MainWindow::Mode::Mask);
  EXPECT_TRUE(studio.mask().hand() == MaskTool::Hand::Click) << "the brush was for erasing";
}

TEST_F(MaskBehaviour, FindsDustOfWhichSomeStaysAndErasesTheRest) {
  const QPoint spots[] = {{80, 60}, {240, 70}, {160, 150}};
  QImage image(320, 200, QImage::Format_RGB888);
  for (int y = 0; y < 200; ++y) {
    for (int x = 0; x < 320; ++x) {
      double value = 170 + x / 16.0 + (x * 7 + y * 13) % 3;
      for (const QPoint& at : spots) {  // blurred, and by far not black
        const double away = std::hypot(x - at.x(), y - at.y());
        value -= 30 * std::exp(-away * away / (2 * 3.5 * 3.5));
      }
      const int grey = static_cast<int>(value);
      image.setPixelColor(x, y, QColor(grey, grey, grey));
    }
  }
  const fs::path photo = photos() / "sky.png";
  ASSERT_TRUE(image.save(QString::fromStdString(photo.native())));
  Studio studio(places_);
  MainWindow window(studio);
  show(studio, window);
  Viewer& viewer = window.viewer();
  QTest::keyClick(&viewer, Qt::Key_E);
  auto* list = window.findChild<QListWidget*>(QStringLiteral("dust"));
  ASSERT_FALSE(list->isVisible());
  EXPECT_FALSE(studio.mask().can_apply());
  Watchdog watchdog;
  QTest::keyClick(&viewer, Qt::Key_D);
  const auto& tool = studio.mask();
  ASSERT_TRUE(wait_for([&] { return tool.state().dust.size() == 3; }))
      << tool.state().dust.size() << " " << tool.words().toStdString();
  EXPECT_LT(watchdog.longest_ms(), 50) << "no work on the window's thread";
  ASSERT_THAT(list->count(), Eq(3));
  EXPECT_TRUE(list->isVisible());
  EXPECT_THAT(list->item(0)->text().toStdString(), HasSubstr("px wide, 1"));
  EXPECT_THAT(tool.words().toStdString(), HasSubstr("3 to go"));
  // One by a click in the picture, another in the list and back: each is a step.
  QTest::mouseClick(&viewer, Qt::LeftButton, {}, at(window, 240.0 / 320, 70.0 / 200));
  EXPECT_THAT(app::dust_to_erase(tool.state()).spots.size(), Eq(2U));
  EXPECT_TRUE(tool.state().prompts.objects.empty()) << "nothing was painted";
  const auto ticked = [&](int row) { return list->item(row)->checkState() == Qt::Checked; };
  const int off = ticked(0) ? (ticked(1) ? 2 : 1) : 0;
  EXPECT_THAT(list->currentRow(), Eq(off)) << "the list shows which";
  const int other = off == 0 ? 1 : 0;
  list->item(other)->setCheckState(Qt::Unchecked);
  EXPECT_THAT(app::dust_to_erase(tool.state()).spots.size(), Eq(1U));
  QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
  EXPECT_THAT(app::dust_to_erase(tool.state()).spots.size(), Eq(2U));
  EXPECT_TRUE(ticked(other));
  studio.mask().tick_all_dust(false);
  EXPECT_FALSE(tool.can_apply()) << "nothing is to go";
  studio.mask().undo();
  QTest::keyClick(&viewer, Qt::Key_Return);
  ASSERT_TRUE(wait_for([&] { return !tool.hole().empty(); }));
  EXPECT_TRUE(tool.hole().mask.empty()) << "nothing was painted";
  viewer.set_zoom(1, QPointF(viewer.rect().center()));
  ASSERT_TRUE(wait_for([&] { return studio.preview().is_complete(QRect(0, 0, 320, 200)); }))
      << studio.preview().problem().toStdString();
  ASSERT_TRUE(studio.erase());
  ASSERT_TRUE(wait_for([&] { return studio.queue().is_idle(); }));
  ASSERT_THAT(studio.queue().count(app::ItemState::Done), Eq(1));
  const auto after = app::small_picture(photos() / "sky_erase.tif", 4000);
  ASSERT_TRUE(after) << after.error().sentence;
  for (const QPoint& at : spots) {
    const int ground = 170 + at.x() / 16;
    const int grey = after->view().at(at.x(), at.y(), 1);
    if (at == QPoint(240, 70)) {
      EXPECT_LT(grey, ground - 20) << "it was ticked off";
    } else {
      EXPECT_NEAR(grey, ground, 6) << at.x();
    }
  }
}

TEST_F(MaskBehaviour, DepthSaysWhyItIsNotThere) {
  disc("a.png");
  Studio studio(places_);
  MainWindow window(studio);
  show(studio, window);
  window.show_mode(MainWindow::Mode::Mask);
  const auto buttons = window.findChildren<QAbstractButton*>();
  const auto depth = std::ranges::find_if(
      buttons, [](const auto* button) { return button->text() == QLatin1String("Depth"); });
  ASSERT_NE(depth, buttons.end());
  EXPECT_FALSE((*depth)->isEnabled());
  EXPECT_THAT((*depth)->toolTip().toStdString(), HasSubstr("none ships with Latent"));
}

}  // namespace
}  // namespace latent::gui
