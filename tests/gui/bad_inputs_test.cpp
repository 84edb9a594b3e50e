// SPDX-License-Identifier: GPL-3.0-or-later
// What goes wrong on a photographer's machine: each case a sentence, and the window goes on.
#include <QtWidgets/QApplication>

#include "gui/view/main_window.h"
#include "gui/view/viewer.h"
#include "gui_test.h"

namespace latent::gui {
namespace {

using testing::Eq;
using testing::HasSubstr;

class BadInput : public StudioTest {
 protected:
  /// All that a studio complains about, in order.
  static std::shared_ptr<QStringList> listen(Studio& studio) {
    auto heard = std::make_shared<QStringList>();
    QObject::connect(&studio, &Studio::problem, &studio,
                     [heard](const QString& words) { *heard << words; });
    return heard;
  }

  /// The message of the first picture that failed.
  static std::string failure(Studio& studio) {
    for (int row = 0; row < studio.queue().rowCount(); ++row) {
      const auto index = studio.queue().index(row);
      const int state = index.data(QueueModel::StateRole).toInt();
      if (state == static_cast<int>(app::ItemState::Failed)) {
        return index.data(QueueModel::DetailRole).toString().toStdString();
      }
    }
    return {};
  }

  void process(Studio& studio, const std::vector<fs::path>& files) {
    studio.set_selection(files);
    ASSERT_TRUE(studio.process());
    ASSERT_TRUE(wait_for([&] { return studio.queue().is_idle(); }));
  }
};

TEST_F(BadInput, AFolderThatVanishesAndACardThatIsPulledOut) {
  const fs::path photo = picture("a.png");
  Studio studio(places_);
  open(studio, 1);
  const auto heard = listen(studio);
  choose_quick(studio);
  fs::remove_all(photos());
  studio.set_current(photo);
  ASSERT_TRUE(wait_for([&] { return !studio.preview().problem().isEmpty(); }));
  EXPECT_THAT(studio.preview().problem().toStdString(), HasSubstr("a.png"));
  process(studio, {photo});
  EXPECT_THAT(failure(studio), HasSubstr("a.png"));
  studio.library().refresh();
  ASSERT_TRUE(wait_for([&] { return !heard->isEmpty(); }));
  EXPECT_THAT(heard->front().toStdString(), HasSubstr("photos"));
  fs::create_directories(photos());
  picture("b.png");
  open(studio, 1);  // the card is back
}

TEST_F(BadInput, AFileThatChangesUnderIt) {
  const fs::path photo = picture("a.png", 64, 48);
  Studio studio(places_);
  open(studio, 1);
  ASSERT_THAT(studio.library().facts(photo)->size.width, Eq(64));
  picture("a.png", 96, 48);
  studio.library().refresh();
  ASSERT_TRUE(wait_for([&] {
    const auto* facts = studio.library().facts(photo);
    return facts != nullptr && facts->size.width == 96;
  }));
  std::ofstream(photo) << "no picture any more";
  studio.library().refresh();
  ASSERT_TRUE(wait_for([&] {
    const auto* facts = studio.library().facts(photo);
    return facts != nullptr && facts->kind == app::FileKind::Unreadable;
  }));
  EXPECT_FALSE(studio.library().facts(photo)->problem.empty());
}

TEST_F(BadInput, AFullDiskDuringABatch) {
  std::vector<fs::path> all;
  for (int i = 0; i < 3; ++i) all.push_back(picture("p" + std::to_string(i) + ".png", 200, 150));
  // No file of the worker's may grow above 8 KB: writing fails as on a full disk.
  places_.program =
      script("trap '' XFSZ; ulimit -f 8; exec " LATENT_BINARY_DIR "/bin/latent \"$@\"");
  Studio studio(places_);
  open(studio, 3);
  choose_quick(studio);
  process(studio, all);
  EXPECT_THAT(studio.queue().count(app::ItemState::Failed), Eq(3));
  EXPECT_THAT(failure(studio), testing::AnyOf(HasSubstr("written"), HasSubstr("write"),
                                              HasSubstr("room"), HasSubstr("large")));
  for (const auto& entry : fs::directory_iterator(photos())) {
    EXPECT_THAT(entry.path().extension(), Eq(".png")) << "nothing half-written is left";
  }
}

TEST_F(BadInput, NoPermissionToWrite) {
  const fs::path photo = picture("a.png");
  Studio studio(places_);
  open(studio, 1);
  choose_quick(studio);
  studio.restore().set_pattern(QStringLiteral("/proc/$(FILE_NAME)"));  // not even root may
  process(studio, {photo});
  EXPECT_THAT(failure(studio), HasSubstr("/proc"));
}

TEST_F(BadInput, ADamagedCatalogueIsMovedAsideRebuiltAndSaid) {
  picture("a.png");
  fs::create_directories(places_.folder);
  std::ofstream(places_.folder / "catalogue.sqlite") << std::string(5000, 'x');
  Studio studio(places_);
  ASSERT_FALSE(studio.notices().isEmpty());
  EXPECT_THAT(studio.notices().front().toStdString(), HasSubstr("catalogue"));
  EXPECT_TRUE(fs::exists(places_.folder / "catalogue.sqlite.damaged-1"));
  open(studio, 1);
}

TEST_F(BadInput, APanoramaOfSixtyFiveThousandPixels) {
  const fs::path photo = photos() / "wide.png";
  QImage image(65'000, 24, QImage::Format_RGB888);
  image.fill(QColor(120, 110, 100));
  ASSERT_TRUE(image.save(qt(photo.native())));
  Studio studio(places_);
  MainWindow window(studio);
  window.resize(1200, 800);
  window.show();
  window.open({photos()});
  ASSERT_TRUE(wait_for([&] { return studio.preview().look() != nullptr; }));
  ASSERT_TRUE(wait_for([&] { return studio.library().facts(photo) != nullptr; }));
  EXPECT_THAT(studio.library().facts(photo)->size.width, Eq(65'000));
  EXPECT_LE(studio.preview().look()->width(), app::PreviewDesk::kLookSide);
  Watchdog watchdog;
  window.viewer().set_zoom(1, QPointF(200, 200));
  window.viewer().grab();
  EXPECT_LT(watchdog.longest_ms(), 50);
}

TEST_F(BadInput, AHundredThousandFiles) {
  constexpr int kFiles = 100'000;
  for (int i = 0; i < kFiles; ++i) {
    std::ofstream(photos() / ("f" + std::to_string(1'000'000 + i) + ".jpg"));
  }
  Studio studio(places_);
  MainWindow window(studio);
  window.show();
  window.show_grid(true);
  QElapsedTimer timer;
  timer.start();
  window.open({photos()});
  ASSERT_TRUE(wait_for([&] { return studio.library().rowCount() == kFiles; }));
  std::printf("[ number   ] 100,000 files are listed after %.2f s\n",
              static_cast<double>(timer.elapsed()) / 1e3);
  studio.set_current(studio.library().path(kFiles - 1));
  EXPECT_FALSE(studio.current().empty());
}

TEST_F(BadInput, NoFolderOfTheUsersOwn) {
  picture("a.png");
  places_.folder = "/proc/nothing/studio";
  places_.settings = "/proc/nothing/studio.json";
  places_.thumbnails = "/proc/nothing/thumbnails";
  Studio studio(places_);
  EXPECT_FALSE(studio.notices().isEmpty()) << "it says that nothing is remembered";
  open(studio, 1);
  const auto heard = listen(studio);
  studio.restore().set_task(QStringLiteral("denoise"));
  studio.save();
  ASSERT_FALSE(heard->isEmpty());
  EXPECT_THAT(heard->front().toStdString(), HasSubstr("cannot be saved"));
}

TEST_F(BadInput, NoFolderAtAll) {
  picture("a.png");
  places_.folder.clear();
  places_.settings.clear();
  places_.thumbnails.clear();
  Studio studio(places_);
  open(studio, 1);
  studio.save();
  EXPECT_THAT(studio.library().rowCount(), Eq(1));
}

TEST_F(BadInput, ALibraryOfADeviceThatIsNotThere) {
  Studio studio(places_);
  studio.ai().set_ort_library(QStringLiteral("/nonexistent/libonnxruntime.so"));
  ASSERT_TRUE(wait_for([&] { return studio.ai().busy().isEmpty(); }));
  ASSERT_FALSE(studio.ai().devices().empty());
  const bool said = std::ranges::any_of(studio.ai().devices(), [](const DeviceRow& row) {
    return row.verdict.startsWith(QLatin1String("not usable"));
  });
  EXPECT_TRUE(said);
}

TEST_F(BadInput, AModelThatIsRemovedWhileItIsInUse) {
  picture("a.png", 300, 200);
  picture("b.png", 300, 200);
  fs::path model;
  for (const auto& entry : fs::directory_iterator(fs::path(LATENT_SOURCE_DIR) / "weights")) {
    if (entry.path().filename().native().starts_with("latent-denoise.")) model = entry.path();
  }
  if (model.empty()) GTEST_SKIP() << "no denoising package is here";
  const fs::path copy = folder_ / "mine.dtmodel";
  fs::copy(model, copy, fs::copy_options::recursive);
  Studio studio(places_);
  open(studio, 2);
  studio.restore().set_task(QStringLiteral("denoise"));
  ASSERT_TRUE(studio.restore().set_value(QStringLiteral("model"), qt(copy.native())));
  studio.set_current(photos() / "a.png");
  ASSERT_TRUE(wait_for([&] { return studio.preview().facts().has_value(); }))
      << studio.preview().problem().toStdString();
  fs::remove_all(copy);
  process(studio, {photos() / "b.png"});
  EXPECT_THAT(failure(studio), HasSubstr("mine.dtmodel"));
}

TEST_F(BadInput, TwoInstancesAtOnce) {
  const fs::path photo = picture("a.png");
  Studio first(places_);
  Studio second(places_);
  open(second, 1);
  EXPECT_FALSE(first.queue().is_elsewhere());
  EXPECT_TRUE(second.queue().is_elsewhere());
  choose_quick(second);
  second.set_selection({photo});
  ASSERT_TRUE(second.process());
  // The one that works on the queue sees what the other put in, and the other sees it done.
  ASSERT_TRUE(wait_for([&] { return fs::exists(photos() / "a_denoise.tif"); }, 30'000));
  EXPECT_TRUE(wait_for([&] { return second.queue().count(app::ItemState::Done) == 1; }, 30'000));
}

}  // namespace
}  // namespace latent::gui
