// SPDX-License-Identifier: GPL-3.0-or-later
// Behaviours 12 to 25 of the desktop app: preview, queue, access, robustness.
#include <QtCore/QElapsedTimer>
#include <QtCore/QPointer>
#include <QtGui/QAccessible>
#include <QtTest/QTest>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QSlider>
#include <QtWidgets/QToolButton>
#include <algorithm>
#include <chrono>

#include "app/small_picture.h"
#include "app/studio/display_colour.h"
#include "app/studio/queue.h"
#include "app/studio/thumbnails.h"
#include "colour/profile.h"
#include "gui/view/main_window.h"
#include "gui/view/photo_list.h"
#include "gui/view/screen_profile.h"
#include "gui/view/viewer.h"
#include "read/photograph.h"
#include "window_behaviour.h"

namespace latent::gui {
namespace {

using testing::Eq;
using testing::HasSubstr;

TEST_F(WindowBehaviour, B12HundredPercentMeansPixelsOfTheScreen) {
  picture("a.png", 90, 70);
  Studio studio(places_);
  MainWindow window(studio);
  show_picture(studio, window);
  window.viewer().set_compare(Viewer::Compare::After);
  const QImage seen = window.viewer().grab().toImage();
  ASSERT_FALSE(studio.preview().pieces().empty());
  const auto& after = studio.preview().pieces().front().after;
  // Somewhere on the screen every pixel of the result stands as it is, once.
  const QPointF corner = window.viewer().place_of_share({0, 0}) * seen.devicePixelRatio();
  const QPoint at(static_cast<int>(std::lround(corner.x())),
                  static_cast<int>(std::lround(corner.y())));
  for (int y = 0; y < 70; y += 3) {
    for (int x = 0; x < 90; x += 3) {
      const QColor pixel = seen.pixelColor(at + QPoint(x, y));
      ASSERT_THAT(pixel.red(), Eq(after->view().at(x, y, 0))) << x << ", " << y;
    }
  }
}

TEST_F(WindowBehaviour, B13BelowHundredPercentItSaysSo) {
  picture("a.png", 90, 70);
  Studio studio(places_);
  MainWindow window(studio);
  show_picture(studio, window);
  window.viewer().set_zoom(0.5, QPointF(100, 100));
  EXPECT_THAT(window.viewer().accessibleDescription().toStdString(),
              HasSubstr("noise cannot be judged"));
  window.viewer().set_zoom(1, QPointF(100, 100));
  EXPECT_THAT(window.viewer().accessibleDescription().toStdString(),
              testing::Not(HasSubstr("cannot be judged")));
}

TEST_F(WindowBehaviour, B14BeforeAndAfterByDividerHeldKeyAndSideBySide) {
  picture("a.png", 300, 200);
  Studio studio(places_);
  MainWindow window(studio);
  show_picture(studio, window);
  const auto middle = [&] {
    const QImage seen = window.viewer().grab().toImage();
    return seen.copy(seen.width() / 2 + 30, seen.height() / 2 - 40, 60, 60);
  };
  window.viewer().set_compare(Viewer::Compare::After);
  const QImage after = middle();
  QTest::keyPress(&window.viewer(), Qt::Key_Backslash);
  EXPECT_TRUE(wait_for([&] { return middle() != after; }, 5000)) << "held: before";
  QTest::keyRelease(&window.viewer(), Qt::Key_Backslash);
  EXPECT_TRUE(wait_for([&] { return middle() == after; }, 5000)) << "it fades back";
  window.viewer().set_compare(Viewer::Compare::SideBySide);
  EXPECT_FALSE(middle() == after);
}

/// One colour, so that it is seen which of two photographs is where.
void plain(const fs::path& file, const QSize& size, const QColor& colour) {
  QImage image(size, QImage::Format_RGB888);
  image.fill(colour);
  ASSERT_TRUE(image.save(QString::fromStdString(file.native())));
}

TEST_F(WindowBehaviour, B14AnyTwoFilesAreComparedAtTheSamePlace) {
  plain(photos() / "a.png", {300, 200}, QColor(200, 20, 20));
  plain(photos() / "b.png", {600, 400}, QColor(20, 20, 200));  // twice as large
  plain(photos() / "c.png", {200, 300}, QColor(20, 200, 20));
  Studio studio(places_);
  MainWindow window(studio);
  window.resize(1300, 850);
  window.show();
  open(studio, 3);
  studio.set_current(photos() / "a.png");
  Viewer& viewer = window.viewer();
  QStringList problems;
  QObject::connect(&studio, &Studio::problem, &studio,
                   [&](const QString& words) { problems << words; });
  studio.set_selection({photos() / "a.png"});
  QTest::keyClick(&viewer, Qt::Key_C);
  EXPECT_FALSE(studio.is_comparing()) << "there is no second one";
  ASSERT_THAT(problems.size(), Eq(1));
  EXPECT_THAT(problems[0].toStdString(), HasSubstr("Select two photographs"));

  studio.set_selection({photos() / "a.png", photos() / "b.png"});
  Watchdog watchdog;
  QTest::keyClick(&viewer, Qt::Key_C);
  ASSERT_TRUE(studio.is_comparing());
  ASSERT_TRUE(wait_for([&] { return studio.preview().are_both_there(); }));
  EXPECT_LT(watchdog.longest_ms(), 50) << "no work on the window's thread";
  auto* button = window.findChild<QToolButton*>(QStringLiteral("pair"));
  EXPECT_TRUE(button->isChecked());
  EXPECT_THAT(button->accessibleName().toStdString(), Eq("Leave the comparison"));
  EXPECT_THAT(studio.preview().size(), Eq(QSize(600, 400))) << "100 % are pixels of the larger one";
  EXPECT_THAT(viewer.accessibleDescription().toStdString(), HasSubstr("a.png beside b.png"));
  EXPECT_THAT(studio.headline().toStdString(), HasSubstr("300 x 200"));

  const auto colour = [&](const QPointF& share, const QPointF& off = {}) {
    const QImage seen = viewer.grab().toImage();
    const QPointF at = viewer.place_of_share(share) + off;
    return seen.pixelColor((at * seen.devicePixelRatio()).toPoint());
  };
  EXPECT_GT(colour({0.25, 0.25}).red(), 150) << "left of the divider: the first";
  EXPECT_GT(colour({0.75, 0.25}).blue(), 150) << "right of it: the second";
  QTest::keyPress(&viewer, Qt::Key_Backslash);
  EXPECT_TRUE(wait_for([&] { return colour({0.75, 0.25}).red() > 150; }, 5000)) << "held";
  QTest::keyRelease(&viewer, Qt::Key_Backslash);
  EXPECT_TRUE(wait_for([&] { return colour({0.75, 0.25}).blue() > 150; }, 5000));
  // Side by side: the same place in both panes.
  viewer.set_compare(Viewer::Compare::SideBySide);
  const double half = (viewer.width() + 2) / 2.0;
  EXPECT_GT(colour({0.9, 0.9}).red(), 150);
  EXPECT_GT(colour({0.9, 0.9}, {half, 0}).blue(), 150);
  viewer.set_zoom(4, viewer.place_of_share({1, 1}));  // the lower right corner of both
  EXPECT_GT(colour({0.98, 0.98}).red(), 150);
  EXPECT_GT(colour({0.98, 0.98}, {half, 0}).blue(), 150);

  QTest::keyClick(&viewer, Qt::Key_Escape);
  EXPECT_FALSE(studio.is_comparing());
  EXPECT_FALSE(button->isChecked());
  EXPECT_THAT(studio.preview().size(), Eq(QSize(300, 200)));
  // Another shape lies in the middle, and what it leaves free is empty.
  studio.compare(photos() / "a.png", photos() / "c.png");
  ASSERT_TRUE(wait_for([&] { return studio.preview().are_both_there(); }));
  viewer.set_compare(Viewer::Compare::After);
  EXPECT_GT(colour({0.5, 0.5}).green(), 150);
  EXPECT_LT(colour({0.1, 0.5}).red(), 60) << "the other does not show through";
  studio.set_current(photos() / "b.png");
  EXPECT_FALSE(studio.is_comparing()) << "another photograph ends it";
}

TEST_F(WindowBehaviour, B14AResultIsComparedWithItsSource) {
  picture("a.png");
  plain(photos() / "a_denoise.png", {64, 48}, Qt::gray);
  plain(photos() / "a_denoise_1.png", {64, 48}, Qt::black);
  fs::last_write_time(photos() / "a_denoise.png",
                      fs::file_time_type::clock::now() - std::chrono::hours(1));
  Studio studio(places_);
  open(studio, 1);  // one group
  studio.set_current(photos() / "a.png");
  studio.set_selection({photos() / "a.png"});
  EXPECT_THAT(studio.pair_to_compare(),
              testing::ElementsAre(photos() / "a.png", photos() / "a_denoise_1.png"));
  ASSERT_TRUE(studio.compare());
  ASSERT_TRUE(wait_for([&] { return studio.preview().are_both_there(); }));
  EXPECT_THAT(studio.preview().compared()[1].photo.whole->view().at(10, 10, 0), Eq(0));
  studio.compare(photos() / "a.png", photos() / "gone.png");
  ASSERT_TRUE(wait_for([&] { return !studio.preview().problem().isEmpty(); }));
  EXPECT_THAT(studio.preview().problem().toStdString(), HasSubstr("gone.png"));
}

/// Letters are shortcuts in every pane: a list would look for names that begin with them.
TEST_F(WindowBehaviour, LettersAreShortcutsInTheGridToo) {
  picture("m.png");
  picture("z.png");
  Studio studio(places_);
  MainWindow window(studio);
  window.show();
  open(studio, 2);
  window.show_grid(true);
  auto* grid = window.findChildren<PhotoList*>().front();
  for (auto* list : window.findChildren<PhotoList*>()) {
    if (list->isVisible()) grid = list;
  }
  grid->setFocus();
  QTest::keyClick(grid, Qt::Key_M);
  EXPECT_THAT(window.mode(), Eq(MainWindow::Mode::Mask));
}

TEST_F(WindowBehaviour, B15DoubleClickTogglesWheelZoomsCtrlWheelSteps) {
  picture("a.png", 900, 700);
  picture("b.png", 900, 700);
  Studio studio(places_);
  MainWindow window(studio);
  window.resize(1000, 700);
  window.show();
  window.open({photos()});
  ASSERT_TRUE(wait_for([&] { return studio.preview().look() != nullptr; }));
  Viewer& viewer = window.viewer();
  ASSERT_TRUE(viewer.is_fit());
  QTest::mouseDClick(&viewer, Qt::LeftButton, {}, QPoint(120, 90));
  EXPECT_DOUBLE_EQ(viewer.zoom(), 1);
  QTest::mouseDClick(&viewer, Qt::LeftButton, {}, QPoint(120, 90));
  EXPECT_TRUE(viewer.is_fit());
  const QPointF at = viewer.place_of_share({0.4, 0.4});
  viewer.set_zoom(3, at);
  const QPointF now = viewer.place_of_share({0.4, 0.4});
  EXPECT_NEAR(now.x(), at.x(), 2);
  EXPECT_NEAR(now.y(), at.y(), 2);
  QWheelEvent turn(QPointF(50, 50), viewer.mapToGlobal(QPointF(50, 50)), {}, QPoint(0, -120),
                   Qt::NoButton, Qt::ControlModifier, Qt::NoScrollPhase, false);
  QCoreApplication::sendEvent(&viewer, &turn);
  EXPECT_THAT(studio.current().filename(), Eq(fs::path("b.png")));
}

TEST_F(WindowBehaviour, B16BrightnessAndColourNoiseAreApart) {
  Studio studio(places_);
  studio.restore().set_task(QStringLiteral("denoise"));
  EXPECT_TRUE(studio.restore().set_value(QStringLiteral("luma"), 40.0));
  EXPECT_TRUE(studio.restore().set_value(QStringLiteral("chroma"), 90.0));
  const auto& settings = std::get<tasks::DenoiseSettings>(studio.restore().job().settings);
  EXPECT_DOUBLE_EQ(settings.luma, 0.4);
  EXPECT_DOUBLE_EQ(settings.chroma, 0.9);
  studio.restore().undo();
  EXPECT_DOUBLE_EQ(std::get<tasks::DenoiseSettings>(studio.restore().job().settings).chroma, 1);
}

TEST_F(WindowBehaviour, B17BatchObeysExactlyTheOptionsShown) {
  picture("a.png", 40, 30);
  picture("b.jpg", 50, 20);
  Studio studio(places_);
  open(studio, 2);
  choose_quick(studio);
  studio.restore().set_value(QStringLiteral("format"), QStringLiteral("png"));
  studio.restore().set_value(QStringLiteral("bit_depth"), QVariant::fromValue<qlonglong>(8));
  studio.restore().set_pattern(QStringLiteral("out/$(FILE_NAME)-mine"));
  studio.set_selection({studio.library().path(0), studio.library().path(1)});
  EXPECT_THAT(studio.restore().button_text().toStdString(), HasSubstr("2 pictures"));
  ASSERT_TRUE(studio.process());
  ASSERT_TRUE(wait_for([&] { return studio.queue().is_idle(); }));
  for (const auto& [name, size] :
       {std::pair("a-mine.png", Size{40, 30}), {"b-mine.png", {50, 20}}}) {
    const auto result = read::Photograph::open(photos() / "out" / name);
    ASSERT_TRUE(result) << result.error().sentence;
    const auto& facts = std::get<read::PictureFacts>(result->facts());
    EXPECT_THAT(facts.format, Eq("PNG"));
    EXPECT_TRUE(facts.depth == SampleDepth::U8);
    EXPECT_TRUE(facts.size == size) << "and no other scale";
  }
}

TEST_F(WindowBehaviour, B18PercentOnlyGrowsWithTimeLeft) {
  for (int i = 0; i < 4; ++i) picture("p" + std::to_string(i) + ".png", 200 + 100 * i, 200);
  Studio studio(places_);
  open(studio, 4);
  choose_quick(studio);
  std::vector<double> fractions;
  bool said_left = false;
  QObject::connect(&studio.queue(), &QueueModel::progressed, &studio, [&] {
    fractions.push_back(studio.queue().fraction());
    said_left = said_left || studio.queue().summary().contains(QLatin1String("left"));
  });
  std::vector<fs::path> all;
  for (int row = 0; row < 4; ++row) all.push_back(studio.library().path(row));
  studio.set_selection(all);
  ASSERT_TRUE(studio.process());
  ASSERT_TRUE(wait_for([&] { return studio.queue().is_idle(); }));
  EXPECT_TRUE(std::ranges::is_sorted(fractions));
  EXPECT_DOUBLE_EQ(fractions.back(), 1);
  EXPECT_TRUE(said_left);
}

TEST_F(WindowBehaviour, B19FoldersBelowMirroredTreeAndNeverTheSource) {
  picture("a.png");
  picture("deep/b.png");
  Studio studio(places_);
  open(studio, 2);
  choose_quick(studio);
  studio.restore().set_pattern(qt((folder_ / "mirror").native() + "/$(SUBFOLDER)/$(FILE_NAME)"));
  studio.restore().set_value(QStringLiteral("if_exists"), QStringLiteral("overwrite"));
  for (int round = 0; round < 2; ++round) {
    studio.set_selection({photos() / "a.png", photos() / "deep" / "b.png"});
    ASSERT_TRUE(studio.process());
    ASSERT_TRUE(wait_for([&] { return studio.queue().is_idle(); }));
  }
  EXPECT_TRUE(fs::exists(folder_ / "mirror" / "a.tif"));
  EXPECT_TRUE(fs::exists(folder_ / "mirror" / "deep" / "b.tif"));
  studio.restore().set_value(QStringLiteral("format"), QStringLiteral("png"));
  studio.restore().set_pattern(QStringLiteral("$(FILE_NAME)"));
  studio.set_selection({photos() / "a.png"});
  ASSERT_TRUE(studio.process());
  ASSERT_TRUE(wait_for([&] { return studio.queue().is_idle(); }));
  EXPECT_THAT(studio.queue().count(app::ItemState::Failed), Eq(1)) << "it would be the source";
}

TEST_F(WindowBehaviour, B20NamePatternShowsALiveExample) {
  picture("a.png");
  Studio studio(places_);
  open(studio, 1);
  studio.restore().set_task(QStringLiteral("denoise"));
  studio.set_current(studio.library().path(0));
  EXPECT_THAT(studio.restore().example().toStdString(), Eq("a_denoise.tif"));
  studio.restore().set_pattern(QStringLiteral("out/"));
  EXPECT_THAT(studio.restore().example().toStdString(), Eq("out/a_denoise.tif"));
  studio.restore().set_pattern(QStringLiteral("$(FILE_NAME).png"));
  EXPECT_THAT(studio.restore().example().toStdString(), Eq("a.tif")) << "the ending is the task's";
  studio.restore().set_pattern(QStringLiteral("$(NAME)"));
  EXPECT_THAT(studio.restore().example().toStdString(), HasSubstr("is no variable"));
}

TEST_F(WindowBehaviour, B21ResultCarriesMarksIsGroupedAndCanLead) {
  const fs::path source = picture("a.png");
  std::ofstream(photos() / "a.png.xmp")
      << R"(<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4" xmp:Label="Red"/></rdf:RDF></x:xmpmeta>)";
  Studio studio(places_);
  open(studio, 1);
  EXPECT_THAT(studio.library().facts(source)->rating, Eq(4));
  choose_quick(studio);
  studio.set_selection({source});
  ASSERT_TRUE(studio.process());
  ASSERT_TRUE(wait_for([&] { return studio.library().total() == 2; }));
  EXPECT_THAT(studio.library().rowCount(), Eq(1)) << "source and result stand together";
  EXPECT_THAT(studio.library().group_of(source).size(), Eq(2U));
  const fs::path result = photos() / "a_denoise.tif";
  ASSERT_TRUE(wait_for([&] { return studio.library().facts(result) != nullptr; }));
  EXPECT_THAT(studio.library().facts(result)->done, Eq("denoise")) << "nobody denoises it twice";
  studio.restore().set_result_leads(true);
  EXPECT_THAT(studio.library().path(0), Eq(result));
}

TEST_F(WindowBehaviour, B22EveryControlHasANameAndFollowsItsState) {
  picture("a.png");
  Studio studio(places_);
  MainWindow window(studio);
  window.show();
  window.open({photos()});
  ASSERT_TRUE(wait_for([&] { return studio.library().rowCount() == 1; }));
  int checked = 0;
  for (QWidget* widget : window.findChildren<QWidget*>()) {
    const bool control = qobject_cast<QAbstractButton*>(widget) != nullptr ||
                         qobject_cast<QSlider*>(widget) != nullptr ||
                         qobject_cast<QComboBox*>(widget) != nullptr ||
                         qobject_cast<QLineEdit*>(widget) != nullptr ||
                         qobject_cast<QAbstractItemView*>(widget) != nullptr;
    if (!control || !widget->isVisible() || widget->focusPolicy() == Qt::NoFocus) continue;
    if (qobject_cast<QComboBox*>(widget->parentWidget()) != nullptr) continue;
    auto* face = QAccessible::queryAccessibleInterface(widget);
    ASSERT_NE(face, nullptr);
    EXPECT_FALSE(face->text(QAccessible::Name).isEmpty())
        << widget->metaObject()->className() << " " << widget->objectName().toStdString();
    ++checked;
  }
  EXPECT_GT(checked, 20);
  auto* compare = window.findChild<QAbstractButton*>(QStringLiteral("compare"));
  const QString before = compare->accessibleName();
  compare->click();
  EXPECT_FALSE(compare->accessibleName() == before) << "a name that does not follow is a bug";
}

TEST_F(WindowBehaviour, B23ColoursGoFromThePictureToTheScreen) {
  const fs::path photo = picture("a.png", 60, 40);
  Studio studio(places_);
  const auto profile = colour::Profile::named(colour::NamedProfile::ProPhoto);
  const auto table =
      std::make_shared<const app::DisplayTable>(*app::DisplayTable::create(profile.icc()));
  studio.preview().use_table(table);
  open(studio, 1);
  studio.set_current(photo);
  ASSERT_TRUE(wait_for([&] { return studio.preview().look() != nullptr; }));
  auto expected = *app::small_picture(photo, 2048);
  const int plain = expected.view().at(10, 10, 0);
  table->apply(expected.view());
  EXPECT_THAT(studio.preview().look()->view().at(10, 10, 0), Eq(expected.view().at(10, 10, 0)));
  EXPECT_NE(static_cast<int>(expected.view().at(10, 10, 0)), plain);
}

TEST_F(WindowBehaviour, B24NoProfileIsAppliedWhereTheCompositorConverts) {
  Studio studio(places_);
  EXPECT_TRUE(x11_screen_profile(0).isEmpty()) << "this test runs without an X server";
  use_screen_profile(studio, nullptr);
  EXPECT_THAT(screen_profile_words(studio).toStdString(), testing::StartsWith("sRGB"));
}

TEST_F(WindowBehaviour, B25AFaultyDeviceLibraryCannotHangOrKillTheWindow) {
  places_.program = script("kill -SEGV $$");
  Studio studio(places_);
  QStringList problems;
  QObject::connect(&studio, &Studio::problem, &studio,
                   [&](const QString& words) { problems << words; });
  studio.ai().list_devices();
  ASSERT_TRUE(wait_for([&] { return !problems.isEmpty() && studio.ai().busy().isEmpty(); }));
  EXPECT_THAT(problems.front().toStdString(), HasSubstr("crashed"));
}

}  // namespace
}  // namespace latent::gui
