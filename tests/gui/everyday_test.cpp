// SPDX-License-Identifier: GPL-3.0-or-later
// What is done every day: opening, filtering, keeping settings, looking closely.
#include <QtCore/QMimeData>
#include <QtCore/QUrl>
#include <QtGui/QDropEvent>
#include <QtGui/QImage>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QSlider>
#include <QtWidgets/QTableWidget>
#include <algorithm>
#include <csignal>
#include <numeric>

#include "gui/view/crash_report.h"
#include "gui/view/dialogs.h"
#include "gui/view/main_window.h"
#include "gui/view/viewer.h"
#include "gui_test.h"

namespace latent::gui {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;

class Everyday : public StudioTest {
 protected:
  static void drop(QWidget& on, const std::vector<fs::path>& files) {
    QMimeData data;
    QList<QUrl> urls;
    for (const fs::path& file : files) urls << QUrl::fromLocalFile(qt(file.native()));
    data.setUrls(urls);
    QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton, {});
    QCoreApplication::sendEvent(&on, &enter);
    EXPECT_TRUE(enter.isAccepted());
    QDropEvent event(QPointF(50, 50), Qt::CopyAction, &data, Qt::LeftButton, {});
    QCoreApplication::sendEvent(&on, &event);
  }

  std::vector<std::string> shown(const LibraryModel& library) {
    std::vector<std::string> names;
    for (int row = 0; row < library.rowCount(); ++row) {
      names.push_back(library.path(row).filename().string());
    }
    return names;
  }
};

TEST_F(Everyday, PhotographsAreFilteredByKindCameraIsoAndWhatIsDone) {
  std::vector<app::CatalogueFile> known;
  const auto add = [&](const char* name, app::FileKind kind, const char* camera, double iso) {
    const fs::path file = photos() / name;
    std::ofstream(file) << "x";
    app::FileFacts facts;
    facts.stamp = *app::stamp_of(file);
    facts.kind = kind;
    facts.camera = camera;
    facts.iso = iso;
    facts.size = {6000, 4000};
    facts.denoisable_raw = kind == app::FileKind::Raw;
    known.push_back({file, facts});
  };
  add("a.nef", app::FileKind::Raw, "Nikon Z 6", 12800);
  add("b.nef", app::FileKind::Raw, "Nikon Z 6", 100);
  add("c.jpg", app::FileKind::Picture, "Canon EOS R5", 3200);
  add("d.jpg", app::FileKind::Picture, "Canon EOS R5", 100);
  fs::create_directories(places_.folder);
  auto catalogue = app::Catalogue::open(places_.folder / "catalogue.sqlite");
  ASSERT_TRUE(catalogue && catalogue->put(known));
  LibraryModel remembered(&*catalogue, {});
  remembered.open({photos()});
  ASSERT_TRUE(wait_for([&] { return remembered.rowCount() == 4; }));
  const auto with = [&](LibraryFilter filter) {
    remembered.set_filter(filter);
    return shown(remembered);
  };
  using Filter = LibraryFilter;
  EXPECT_THAT(with({Filter::Show::All, Filter::Kind::Raw, {}}), ElementsAre("a.nef", "b.nef"));
  EXPECT_THAT(with({Filter::Show::All, Filter::Kind::Picture, {}}), ElementsAre("c.jpg", "d.jpg"));
  EXPECT_THAT(with({Filter::Show::All, Filter::Kind::Any, QStringLiteral("canon")}),
              ElementsAre("c.jpg", "d.jpg"));
  EXPECT_THAT(with({Filter::Show::All, Filter::Kind::Any, QStringLiteral("canon 3200")}),
              ElementsAre("c.jpg"));
  EXPECT_THAT(with({Filter::Show::All, Filter::Kind::Any, QStringLiteral("b.nef")}),
              ElementsAre("b.nef"));
  EXPECT_THAT(with({Filter::Show::NeedsDenoise, Filter::Kind::Raw, {}}), ElementsAre("a.nef"));
  remembered.put_state(photos() / "d.jpg", QStringLiteral("done"));
  EXPECT_THAT(with({Filter::Show::NotProcessed, Filter::Kind::Picture, {}}), ElementsAre("c.jpg"));
  remembered.put_state(photos() / "c.jpg", QStringLiteral("failed"));
  EXPECT_THAT(with({Filter::Show::Failed, Filter::Kind::Any, {}}), ElementsAre("c.jpg"));
  EXPECT_THAT(with({}), ElementsAre("a.nef", "b.nef", "c.jpg", "d.jpg"));
}

TEST_F(Everyday, FoldersFilesAndPackagesOfModelsAreDropped) {
  picture("a.png");
  picture("deep/b.png");
  Studio studio(places_);
  MainWindow window(studio);
  window.show();
  drop(window, {photos()});
  EXPECT_TRUE(wait_for([&] { return studio.library().rowCount() == 2; })) << "a folder";
  drop(window, {photos() / "a.png"});
  EXPECT_TRUE(wait_for([&] { return studio.library().rowCount() == 1; })) << "a file";
  const fs::path damaged = folder_ / "mine.dtmodel";
  std::ofstream(damaged) << "no package";
  std::string said;
  QObject::connect(&studio, &Studio::problem, &studio,
                   [&](const QString& words) { said = words.toStdString(); });
  drop(window, {damaged});
  EXPECT_TRUE(wait_for([&] { return !said.empty(); }, 20'000)) << "a package";
  EXPECT_THAT(said, HasSubstr("mine.dtmodel"));
  EXPECT_THAT(studio.library().rowCount(), Eq(1)) << "what was open stays";
}

TEST_F(Everyday, SettingsPresetsAndPatternComeBack) {
  {
    Studio studio(places_);
    studio.restore().set_task(QStringLiteral("denoise"));
    studio.restore().set_value(QStringLiteral("strength"), 55.0);
    studio.restore().save_preset(QStringLiteral("half"));
    studio.restore().set_value(QStringLiteral("strength"), 20.0);
    studio.restore().set_pattern(QStringLiteral("clean/$(FILE_NAME)"));
    studio.restore().set_result_leads(true);
  }
  Studio studio(places_);
  EXPECT_THAT(studio.restore().task().toStdString(), Eq("denoise"));
  EXPECT_DOUBLE_EQ(studio.restore().value(QStringLiteral("strength")).toDouble(), 20);
  EXPECT_THAT(studio.restore().pattern().toStdString(), Eq("clean/$(FILE_NAME)"));
  EXPECT_TRUE(studio.restore().result_leads());
  ASSERT_TRUE(studio.restore().presets().contains(QStringLiteral("half")));
  studio.restore().apply_preset(QStringLiteral("half"));
  EXPECT_DOUBLE_EQ(studio.restore().value(QStringLiteral("strength")).toDouble(), 55);
  studio.restore().undo();
  EXPECT_DOUBLE_EQ(studio.restore().value(QStringLiteral("strength")).toDouble(), 20);
  studio.restore().remove_preset(QStringLiteral("half"));
  EXPECT_TRUE(studio.restore().presets().isEmpty());
}

TEST_F(Everyday, ASafeStartUsesNothingThatWasRemembered) {
  {
    Studio studio(places_);
    studio.restore().set_task(QStringLiteral("upscale"));
    studio.settings().set_word("theme", "light");
  }
  const auto written = fs::last_write_time(places_.settings);
  StudioPlaces safe = places_;
  safe.safe = true;
  {
    Studio studio(safe);
    EXPECT_THAT(studio.restore().task().toStdString(), Eq("rawdenoise"));
    EXPECT_THAT(studio.settings().word("theme"), Eq(""));
    studio.restore().set_task(QStringLiteral("denoise"));
  }
  EXPECT_TRUE(fs::last_write_time(places_.settings) == written) << "nor is it overwritten";
}

TEST_F(Everyday, ADoubleClickOnASliderGivesItsUsualValue) {
  picture("a.png");
  Studio studio(places_);
  MainWindow window(studio);
  studio.restore().set_task(QStringLiteral("denoise"));
  window.resize(1400, 900);
  window.show();
  window.open({photos()});
  ASSERT_TRUE(wait_for([&] { return !studio.current().empty(); }));
  QSlider* strength = nullptr;
  for (auto* slider : window.findChildren<QSlider*>()) {
    if (slider->accessibleName() == QLatin1String("Strength")) strength = slider;
  }
  ASSERT_TRUE(strength != nullptr);
  strength->setValue(30);
  EXPECT_DOUBLE_EQ(studio.restore().value(QStringLiteral("strength")).toDouble(), 30);
  QTest::mouseDClick(strength, Qt::LeftButton);
  EXPECT_DOUBLE_EQ(studio.restore().value(QStringLiteral("strength")).toDouble(), 100);
  QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
  EXPECT_DOUBLE_EQ(studio.restore().value(QStringLiteral("strength")).toDouble(), 30);
  // Quality is that of JPEG files, and can be set where one is written.
  QSlider* quality = nullptr;
  for (auto* slider : window.findChildren<QSlider*>()) {
    if (slider->accessibleName() == QLatin1String("JPEG quality")) quality = slider;
  }
  ASSERT_TRUE(quality != nullptr);
  EXPECT_FALSE(quality->isEnabled()) << "of a TIFF";
  studio.restore().set_value(QStringLiteral("format"), QStringLiteral("jpg"));
  EXPECT_TRUE(quality->isEnabled());
}

TEST_F(Everyday, HistogramAndNoiseAreThoseOfThePhotograph) {
  QImage image(400, 300, QImage::Format_RGB888);
  unsigned state = 1;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      int sum = 0;  // of twelve equal ones: about normal, with a deviation of 6
      for (int i = 0; i < 12; ++i) {
        state = state * 1664525U + 1013904223U;
        sum += static_cast<int>(state >> 16U) % 13 - 6;
      }
      const int value = 120 + sum * 6 / 13;
      image.setPixelColor(x, y, QColor(value, value, value));
    }
  }
  ASSERT_TRUE(image.save(qt((photos() / "a.png").native())));
  Studio studio(places_);
  studio.restore().set_task(QStringLiteral("denoise"));
  open(studio, 1);
  studio.set_current(photos() / "a.png");
  ASSERT_TRUE(wait_for([&] { return studio.preview().noise() && studio.preview().look(); }))
      << studio.preview().problem().toStdString();
  const auto& bins = studio.preview().histogram();
  ASSERT_THAT(bins.size(), Eq(std::size_t{3} * 256));
  EXPECT_THAT(std::accumulate(bins.begin(), bins.begin() + 256, 0), Eq(400 * 300 / 4));
  const auto most = std::max_element(bins.begin(), bins.begin() + 256) - bins.begin();
  EXPECT_NEAR(static_cast<double>(most), 120, 4);
  EXPECT_NEAR(studio.preview().noise()->noise, 6, 1.5);
  EXPECT_THAT(studio.preview().noise_words().toStdString(), HasSubstr("confidence high"));
  EXPECT_THAT(studio.headline().toStdString(), HasSubstr("400 x 300"));
}

TEST_F(Everyday, GroundAndMagnifierChangeWhatIsSeen) {
  picture("a.png", 300, 200);
  Studio studio(places_);
  MainWindow window(studio);
  window.resize(1400, 900);
  window.show();
  window.open({photos()});
  ASSERT_TRUE(wait_for([&] { return studio.preview().look() != nullptr; }));
  const QRect all(0, 0, 300, 200);
  ASSERT_TRUE(wait_for([&] { return studio.preview().is_complete(all); }, 60'000));
  Viewer& viewer = window.viewer();
  const auto ground = [&] { return viewer.grab().toImage().pixelColor(5, 5).red(); };
  std::vector<int> grounds;
  for (int i = 0; i < 5; ++i) {
    grounds.push_back(ground());
    QTest::keyClick(&viewer, Qt::Key_B);
  }
  EXPECT_THAT(grounds[1], Eq(0));
  EXPECT_THAT(grounds[3], Eq(0x77));
  EXPECT_THAT(grounds[4], Eq(255));
  EXPECT_THAT(ground(), Eq(grounds[0])) << "and around";
  const QImage plain = viewer.grab().toImage();
  QTest::keyPress(&viewer, Qt::Key_L);
  EXPECT_FALSE(viewer.grab().toImage() == plain);
  QTest::keyRelease(&viewer, Qt::Key_L);
  EXPECT_TRUE(viewer.grab().toImage() == plain);
}

TEST_F(Everyday, LanguagesThatAreReadFromTheRightAndLongNames) {
  const std::string name(180, 'n');
  picture(name + ".png", 300, 200);
  picture("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d.png");  // a word in Hebrew
  QApplication::setLayoutDirection(Qt::RightToLeft);
  {
    Studio studio(places_);
    MainWindow window(studio);
    window.resize(1400, 900);
    window.show();
    window.open({photos()});
    ASSERT_TRUE(wait_for([&] { return studio.preview().look() != nullptr; }));
    const auto* panel = window.findChild<QWidget*>(QStringLiteral("restore"));
    EXPECT_LT(panel->mapToGlobal(QPoint()).x(), window.viewer().mapToGlobal(QPoint()).x());
    EXPECT_LE(window.minimumSizeHint().width(), 1024);
    studio.step(1);
    EXPECT_THAT(studio.headline().toStdString(), HasSubstr("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"));
    EXPECT_FALSE(window.grab().isNull());
  }
  QApplication::setLayoutDirection(Qt::LeftToRight);
}

TEST_F(Everyday, DevicesAndNumbersOfAJobAreThoseOfTheSettings) {
  picture("a.png");
  Studio studio(places_);
  open(studio, 1);
  studio.ai().set_device(QStringLiteral("cpu"));
  studio.ai().set_precision(QStringLiteral("f32"));
  studio.ai().set_ort_plugins(QStringLiteral(" /one.so: :/two.so"));
  app::Job job = app::plain_job("denoise");
  studio.ai().put_into(job);
  EXPECT_THAT(job.engine.ort_plugins, ElementsAre("/one.so", "/two.so"));
  EXPECT_THAT(app::preview_key(job), testing::Ne(app::preview_key(app::plain_job("denoise"))))
      << "the preview is made anew, without a restart";
}

TEST_F(Everyday, TheListOfKeysShowsEveryWord) {
  KeysDialog dialog;
  dialog.show();
  QCoreApplication::processEvents();
  const auto* table = dialog.findChild<QTableWidget*>();
  ASSERT_TRUE(table != nullptr);
  for (int row = 0; row < table->rowCount(); ++row) {
    for (int column = 0; column < 2; ++column) {
      const QTableWidgetItem* item = table->item(row, column);
      const QRect cell = table->visualItemRect(item);
      const QRect needed = table->fontMetrics().boundingRect(QRect(0, 0, cell.width() - 6, 1000),
                                                             Qt::TextWordWrap, item->text());
      EXPECT_LE(needed.height(), cell.height()) << item->text().toStdString();
    }
  }
}

TEST_F(Everyday, ACrashLeavesAReportThatIsToldOfOnce) {
  const fs::path folder = folder_ / "crash";
  EXPECT_THAT(keep_crash_reports(folder).toStdString(), Eq(""));
  EXPECT_EXIT(
      {
        static_cast<void>(keep_crash_reports(folder));
        std::abort();
      },
      testing::KilledBySignal(SIGABRT), "");
  const QString told = keep_crash_reports(folder);
  EXPECT_THAT(told.toStdString(), HasSubstr("crash-before.txt"));
  std::ifstream file(folder / "crash-before.txt");
  std::string first;
  std::getline(file, first);
  EXPECT_THAT(first, HasSubstr("ended by signal 06"));
  EXPECT_THAT(keep_crash_reports(folder).toStdString(), Eq("")) << "once";
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, SIG_DFL);
}

}  // namespace
}  // namespace latent::gui
