// SPDX-License-Identifier: GPL-3.0-or-later
// Behaviours 1 to 11 of the desktop app: first run, library.
#include <sys/resource.h>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QTabWidget>

#include "app/small_picture.h"
#include "app/studio/thumbnails.h"
#include "gui/view/main_window.h"
#include "gui/viewmodel/photo_loader.h"
#include "gui_test.h"
#include "read/photograph.h"
#include "read/picture/small_jpeg.h"

namespace latent::gui {
namespace {

class LibraryBehaviour : public StudioTest {};

using testing::Eq;
using testing::HasSubstr;

TEST_F(LibraryBehaviour, B01WorksBeforeAnyDownload) {
  Studio studio(places_);
  for (const QString& task : RestorePanel::tasks()) {
    const auto* model = studio.ai().model_of(task, {});
    ASSERT_NE(model, nullptr) << task.toStdString();
    EXPECT_TRUE(model->built_in) << "it ships";
    EXPECT_THAT(studio.ai().card(*model).toStdString(), HasSubstr("GPL-3.0"));
  }
}

TEST_F(LibraryBehaviour, B02TaskIsVisibleAndNotBehindAMenu) {
  picture("a.png");
  Studio studio(places_);
  MainWindow window(studio);
  window.show();
  window.open({photos()});
  ASSERT_TRUE(wait_for([&] { return studio.library().rowCount() == 1; }));
  const auto* tabs = window.findChild<QWidget*>(QStringLiteral("restore"))->findChild<QTabBar*>();
  ASSERT_NE(tabs, nullptr);
  EXPECT_TRUE(tabs->isVisible());
  EXPECT_THAT(tabs->count(), Eq(3));
  EXPECT_THAT(tabs->tabText(0).toStdString(), Eq("Raw denoise"));
}

TEST_F(LibraryBehaviour, B03FirstCompileIsNamedCancelledAndOutOfProcess) {
  places_.program = script("sleep 60");
  Studio studio(places_);
  Watchdog watchdog;
  studio.ai().try_devices();
  EXPECT_FALSE(studio.ai().busy().isEmpty()) << "it says what goes on";
  wait_for([] { return false; }, 300);
  QElapsedTimer timer;
  timer.start();
  studio.ai().cancel();
  EXPECT_TRUE(wait_for([&] { return studio.ai().busy().isEmpty(); }, 20'000));
  EXPECT_LT(watchdog.longest_ms(), 50);
}

TEST_F(LibraryBehaviour, B04SaysWhatAPhotographNeedsAndCanBeSwitchedOff) {
  picture("small.png", 80, 60);
  Studio studio(places_);
  open(studio, 1);
  studio.set_current(studio.library().path(0));
  EXPECT_TRUE(studio.restore().suggestion().need == app::Need::Upscale);
  EXPECT_TRUE(studio.restore().suggestions_shown());
  EXPECT_TRUE(studio.queue().is_idle()) << "nothing is done unasked";
  studio.restore().show_suggestions(false);
  EXPECT_FALSE(studio.restore().suggestions_shown());
}

TEST_F(LibraryBehaviour, B05WindowOpensAtOnceAndScanningNeverBlocksIt) {
  constexpr int kFiles = 10'000;
  for (int i = 0; i < kFiles; ++i) {
    std::ofstream(photos() / ("f" + std::to_string(100'000 + i) + ".jpg")) << "x";
  }
  const double before = Watchdog::now_ms();
  Studio studio(places_);
  studio.open({photos()});
  EXPECT_LT(Watchdog::now_ms() - before, 500) << "open() returns before anything is read";
  Watchdog watchdog;
  ASSERT_TRUE(wait_for([&] { return studio.library().rowCount() == kFiles; }));
  studio.library().show_rows(5000, 5030, 256);
  wait_for([] { return false; }, 1000);
  EXPECT_LT(watchdog.longest_ms(), 150) << "one turn takes the whole list in";
}

TEST_F(LibraryBehaviour, B06ThumbnailsComeFromTheEmbeddedJpegFirst) {
  const fs::path raw = fs::path(LATENT_SOURCE_DIR).parent_path() /
                       "shared/data/raw/decodable/photoprism_canon_eos_6d.dng";
  if (!fs::exists(raw)) GTEST_SKIP() << raw << " is not here";
  const auto embedded = read::Photograph::open(raw)->embedded_preview();
  ASSERT_TRUE(embedded && *embedded);
  const auto jpeg = read::small_jpeg((*embedded)->jpeg, 128, {});
  const auto thumbnail = app::small_picture(raw, 128);
  ASSERT_TRUE(jpeg && thumbnail);
  const double jpeg_shape = static_cast<double>(jpeg->whole.width) / jpeg->whole.height;
  EXPECT_NEAR(static_cast<double>(thumbnail->width()) / thumbnail->height(), jpeg_shape, 0.03);
}

TEST_F(LibraryBehaviour, B07WhatIsOnTheScreenIsDoneFirstAndInOrder) {
  std::vector<PhotoLoader::Request> rest;
  for (int i = 0; i < 60; ++i) {
    rest.push_back({picture("p" + std::to_string(100 + i) + ".png", 300, 200), {}});
  }
  std::mutex mutex;
  std::vector<fs::path> looked;
  std::vector<fs::path> drawn;
  PhotoLoader loader({}, {[&](const fs::path& path, const app::FileFacts&) {
                            const std::scoped_lock lock(mutex);
                            looked.push_back(path);
                          },
                          [&](const fs::path& path, const app::SharedPixels&) {
                            const std::scoped_lock lock(mutex);
                            drawn.push_back(path);
                          },
                          {}});
  loader.look_at_rest(rest, false);
  loader.show({rest[50], rest[51], rest[52]}, 128);
  const auto all = [&] {
    const std::scoped_lock lock(mutex);
    return looked.size() >= rest.size() && drawn.size() == 3;
  };
  ASSERT_TRUE(wait_for(all));
  const auto place = std::ranges::find(looked, rest[50].path) - looked.begin();
  EXPECT_LT(place, 40) << "not behind the fifty before it";
  std::ranges::sort(drawn);
  EXPECT_THAT(drawn.front(), Eq(rest[50].path));
}

TEST_F(LibraryBehaviour, B08BackgroundWorkSaysWhatItIsAndYields) {
  for (int i = 0; i < 60; ++i) picture("p" + std::to_string(100 + i) + ".png");
  Studio studio(places_);
  QStringList said;
  QObject::connect(&studio.library(), &LibraryModel::background_changed, &studio,
                   [&](const QString& words) { said << words; });
  studio.library().hold_background(true);
  studio.open({photos()});
  ASSERT_TRUE(wait_for([&] { return studio.library().rowCount() == 60; }));
  wait_for([] { return false; }, 300);
  EXPECT_TRUE(said.isEmpty()) << "it yields while something else goes on";
  studio.library().hold_background(false);
  ASSERT_TRUE(wait_for([&] { return !said.isEmpty() && said.back().isEmpty(); }));
  EXPECT_THAT(said.front().toStdString(), HasSubstr("of 60"));
}

TEST_F(LibraryBehaviour, B09AllThumbnailsCanBePreparedInTheVisibleOrder) {
  for (int i = 0; i < 24; ++i) picture("p" + std::to_string(100 + i) + ".png");
  Studio studio(places_);
  open(studio, 24);
  std::vector<QString> order;
  QStringList said;
  QObject::connect(&studio.library(), &LibraryModel::thumbnail_ready, &studio,
                   [&](const QString& path, const app::SharedPixels&) { order.push_back(path); });
  QObject::connect(&studio.library(), &LibraryModel::background_changed, &studio,
                   [&](const QString& words) { said << words; });
  studio.library().prepare_all();
  ASSERT_TRUE(wait_for([&] { return order.size() == 24; }));
  EXPECT_TRUE(std::ranges::is_sorted(order));
  EXPECT_THAT(said.join(QLatin1Char('|')).toStdString(), HasSubstr("preparing thumbnails"));
  const app::ThumbnailCache cache(places_.thumbnails);
  for (int row = 0; row < 24; ++row) {
    EXPECT_TRUE(cache.cached(studio.library().path(row), 256));
  }
}

long resident_kilobytes() {
  std::ifstream status("/proc/self/statm");
  long pages = 0;
  long resident = 0;
  status >> pages >> resident;
  return resident * ::sysconf(_SC_PAGESIZE) / 1024;
}

TEST_F(LibraryBehaviour, B10MemoryStaysFlatOverManyPhotographs) {
  const fs::path one = picture("p000.jpg", 900, 700);
  for (int i = 1; i < 60; ++i) {
    fs::copy_file(one, photos() / ("p" + std::to_string(100 + i) + ".jpg"));
  }
  // Without a preview: its network comes into memory whenever the machine has time for it.
  LibraryModel library(nullptr, places_.thumbnails);
  library.open({photos()});
  ASSERT_TRUE(wait_for([&] { return library.rowCount() == 60; }));
  int made = 0;
  QObject::connect(&library, &LibraryModel::thumbnail_ready, &library,
                   [&](const QString&, const app::SharedPixels&) { ++made; });
  library.show_rows(0, 19, 256);
  ASSERT_TRUE(wait_for([&] { return made >= 20; }));
  const long after_twenty = resident_kilobytes();
  library.show_rows(20, 59, 256);
  ASSERT_TRUE(wait_for([&] { return made >= 60; }));
  EXPECT_LT(resident_kilobytes() - after_twenty, 40 * 1024) << "40 more: less than 1 MB each";
}

TEST_F(LibraryBehaviour, B11ThumbnailsOfOtherProgramsAreUsed) {
  const fs::path photo = picture("a.png");
  const app::ThumbnailCache cache(places_.thumbnails);
  const fs::path place = cache.place(photo, 128);
  EXPECT_THAT(place.parent_path().filename(), Eq(fs::path("normal")));
  fs::create_directories(place.parent_path());
  QImage theirs(128, 96, QImage::Format_RGB888);
  theirs.fill(QColor(10, 200, 30));  // as nobody would draw that picture
  struct stat found {};
  ::stat(photo.c_str(), &found);
  theirs.setText(QStringLiteral("Thumb::URI"), qt(app::uri_of(photo)));
  theirs.setText(QStringLiteral("Thumb::MTime"), QString::number(found.st_mtim.tv_sec));
  ASSERT_TRUE(theirs.save(qt(place.native())));
  const auto thumbnail = cache.thumbnail(photo, 128);
  ASSERT_TRUE(thumbnail);
  EXPECT_THAT(thumbnail->view().at(5, 5, 1), Eq(200));
}

}  // namespace
}  // namespace latent::gui
