// SPDX-License-Identifier: GPL-3.0-or-later
// What the studio keeps and names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <utility>

#include "app/pixels.h"
#include "app/studio/catalogue.h"
#include "app/studio/difference.h"
#include "app/studio/display_colour.h"
#include "app/studio/history.h"
#include "app/studio/name_pattern.h"
#include "app/studio/studio_settings.h"
#include "app/studio/thumbnails.h"
#include "app/studio/words.h"
#include "colour/profile.h"
#include "write/picture/picture_writer.h"

namespace latent::app {
namespace {

namespace fs = std::filesystem;
using testing::Eq;
using testing::HasSubstr;

fs::path fresh_folder(const std::string& name) {
  const fs::path folder = fs::path(testing::TempDir()) / (name + std::to_string(::getpid()));
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

void write_picture(const fs::path& file, Size size) {
  write::PictureHeader header;
  header.size = size;
  header.depth = SampleDepth::U8;
  const auto format = *write::picture_format_of(file);
  write::PictureWriterOptions options;
  options.overwrite = Overwrite::Replace;
  auto writer = write::PictureWriter::create(file, format, header, options);
  ASSERT_TRUE(writer) << writer.error().sentence;
  auto pixels = Image<std::uint8_t>::create(size, 3);
  for (int y = 0; y < size.height; ++y) {
    for (auto& sample : pixels->view().row(y))
      sample = static_cast<std::uint8_t>(y * 200 / size.height);
  }
  ASSERT_TRUE(writer->write_rows(std::as_const(*pixels).view()));
  ASSERT_TRUE(writer->finish());
}

TEST(Catalogue, RemembersFactsAndFolders) {
  const fs::path folder = fresh_folder("catalogue");
  const FileFacts facts{{10, 20}, FileKind::Raw, true, "Bayer", "X100", 3200, {60, 40}, 6,
                        4,        "Red",         "",   "",      0,      0};
  {
    auto catalogue = Catalogue::open(folder / "c.sqlite");
    ASSERT_TRUE(catalogue) << catalogue.error().sentence;
    ASSERT_TRUE(catalogue->put({{"/p/a.nef", facts}, {"/q/b.nef", facts}}));
    ASSERT_TRUE(catalogue->remember_folder("/p"));
  }
  auto catalogue = Catalogue::open(folder / "c.sqlite");
  const auto files = catalogue->files_in("/p");
  ASSERT_THAT(files->size(), Eq(1U));
  EXPECT_THAT(files->front().facts.camera, Eq("X100"));
  EXPECT_THAT(files->front().facts.rating, Eq(4));
  EXPECT_TRUE(files->front().facts.stamp == facts.stamp);
  EXPECT_THAT(catalogue->folders()->front(), Eq(fs::path("/p")));
}

TEST(Catalogue, MovesADamagedFileAsideAndBeginsAnew) {
  const fs::path folder = fresh_folder("catalogue_damaged");
  std::ofstream(folder / "c.sqlite") << std::string(8192, 'x');
  std::vector<std::string> notices;
  auto catalogue = Catalogue::open(folder / "c.sqlite", &notices);
  ASSERT_TRUE(catalogue) << catalogue.error().sentence;
  EXPECT_TRUE(fs::exists(folder / "c.sqlite.damaged-1")) << "the only copy is never thrown away";
  ASSERT_THAT(notices.size(), Eq(1U));
  EXPECT_THAT(notices.front(), HasSubstr("damaged"));
  EXPECT_TRUE(catalogue->remember_folder("/p"));
}

TEST(Database, BacksUpBeforeAnUpgradeAndLeavesNewerFilesAlone) {
  const fs::path file = fresh_folder("database") / "d.sqlite";
  const Schema first{"the test", "CREATE TABLE t(a);", {}};
  const Schema second{"the test", "CREATE TABLE t(a, b);", {"ALTER TABLE t ADD b;"}};
  {
    auto database = Database::open(file, first);
    ASSERT_TRUE(database->run("INSERT INTO t VALUES(7)"));
  }
  std::vector<std::string> notices;
  {
    auto database = Database::open(file, second, &notices);
    ASSERT_TRUE(database) << database.error().sentence;
    auto row = database->prepare("SELECT a, b FROM t");
    ASSERT_TRUE(*row->step());
    EXPECT_THAT(row->integer(0), Eq(7));
  }
  EXPECT_TRUE(fs::exists(fs::path(file) += ".version-1-1"));
  EXPECT_THAT(notices.size(), Eq(1U));
  ASSERT_TRUE(Database::open(file, first, &notices));
  EXPECT_TRUE(fs::exists(fs::path(file) += ".newer-1"));
}

TEST(StudioNames, FillInVariablesAndKnowsFolders) {
  Job job = *new_job("denoise");
  const PatternFacts facts{"/photos/2026/a b.NEF", 7, "/photos"};
  const auto named = [&](const std::string& pattern) {
    const auto path = named_by_pattern(pattern, job, facts);
    return path ? path->native() : path.error().sentence;
  };
  EXPECT_THAT(named(kUsualPattern), Eq("/photos/2026/a b_denoise.tif"));
  EXPECT_THAT(named("/out/"), Eq("/out/a b_denoise.tif")) << "a bare folder is a folder";
  EXPECT_THAT(named("/tmp"), Eq("/tmp/a b_denoise.tif")) << "so is one that is there";
  EXPECT_THAT(named("/out/$(SUBFOLDER)/$(SEQUENCE)"), Eq("/out/2026/0007.tif"));
  EXPECT_THAT(named("x.jpg"), Eq("/photos/2026/x.tif")) << "the ending is the task's";
  EXPECT_THAT(named("$(FILE_NAME).v2"), Eq("/photos/2026/a b.v2.tif"));
  EXPECT_THAT(named("$(NAME)"), HasSubstr("$(FILE_NAME)"));
  EXPECT_THAT(named("$(FILE_NAME"), HasSubstr("without an end )"));
}

TEST(Thumbnails, AreSharedWithTheDesktop) {
  const fs::path folder = fresh_folder("thumbnails");
  const fs::path photo = folder / "a \xC3\xA4.jpg";
  write_picture(photo, {600, 400});
  const ThumbnailCache cache(folder / "cache");
  EXPECT_FALSE(cache.cached(photo, 256));
  const auto made = cache.thumbnail(photo, 200);
  ASSERT_TRUE(made) << made.error().sentence;
  EXPECT_THAT(made->width(), Eq(256));
  const fs::path kept = cache.place(photo, 256);
  EXPECT_THAT(kept.parent_path().filename(), Eq(fs::path("large")));
  struct stat found {};
  ASSERT_THAT(::stat(kept.c_str(), &found), Eq(0));
  EXPECT_THAT(found.st_mode & 0777U, Eq(0600U));
  EXPECT_TRUE(cache.cached(photo, 256)) << "it is read back";
  // Of a file that was changed it is not used any more.
  fs::last_write_time(photo, fs::last_write_time(photo) + std::chrono::seconds(5));
  EXPECT_FALSE(cache.cached(photo, 256));
  EXPECT_THAT(uri_of("/a \xC3\xA4%.jpg"), Eq("file:///a%20%C3%A4%25.jpg"));
}

TEST(Thumbnails, StandUpright) {
  auto pixels = Image<std::uint8_t>::create({2, 1}, 3);
  pixels->view().at(0, 0, 0) = 10;
  pixels->view().at(1, 0, 0) = 20;
  const auto turned = turned_upright(*pixels->clone(), 6);  // a quarter to the right
  ASSERT_THAT(turned->height(), Eq(2));
  EXPECT_THAT(turned->view().at(0, 0, 0), Eq(10));
  EXPECT_THAT(turned->view().at(0, 1, 0), Eq(20));
  const auto left = turned_upright(*pixels->clone(), 8);
  EXPECT_THAT(left->view().at(0, 0, 0), Eq(20));
  const auto half = turned_upright(*pixels->clone(), 3);
  EXPECT_THAT(half->view().at(0, 0, 0), Eq(20));
}

TEST(StudioSettings, ComeBackAndSurviveADamagedFile) {
  const fs::path file = fresh_folder("settings") / "studio.json";
  {
    StudioSettings settings = StudioSettings::load(file);
    Job job = *new_job("denoise");
    std::get<tasks::DenoiseSettings>(job.settings).strength = 0.4;
    settings.set_job(job);
    settings.set_word("theme", "light");
    settings.set_preset("soft", {"denoise", job_text(job), "x"});
    ASSERT_TRUE(settings.save());
  }
  const StudioSettings settings = StudioSettings::load(file);
  EXPECT_THAT(settings.word("theme"), Eq("light"));
  EXPECT_THAT(settings.presets().size(), Eq(1U));
  EXPECT_DOUBLE_EQ(std::get<tasks::DenoiseSettings>(settings.job("denoise").settings).strength,
                   0.4);
  std::ofstream(file) << "{";
  std::vector<std::string> notices;
  EXPECT_THAT(StudioSettings::load(file, &notices).word("theme", "dark"), Eq("dark"));
  EXPECT_THAT(notices.size(), Eq(1U));
}

TEST(History, TakesADrawnSliderBackInOneStep) {
  History history("0");
  history.change("1", "strength");
  history.change("2", "strength");
  history.end_step();
  history.change("3", "strength");
  EXPECT_TRUE(history.undo());
  EXPECT_THAT(history.now(), Eq("2"));
  EXPECT_TRUE(history.undo());
  EXPECT_THAT(history.now(), Eq("0"));
  EXPECT_FALSE(history.undo());
  EXPECT_TRUE(history.redo());
  history.change("9", "luma");
  EXPECT_FALSE(history.can_redo());
}

TEST(Words, RoundTimesAsAPersonWould) {
  EXPECT_THAT(duration_words(6.91), Eq("6.9 s"));
  EXPECT_THAT(duration_words(42.4), Eq("42 s"));
  EXPECT_THAT(duration_words(151), Eq("2 min 30 s"));
  EXPECT_THAT(duration_words(1500), Eq("25 min"));
  EXPECT_THAT(duration_words(5000), Eq("1 h 25 min"));
  EXPECT_THAT(duration_words(-1), Eq(""));
}

TEST(Difference, IsAmplifiedOnMidGreyAndEndsAtTheEnds) {
  auto before = *Image<std::uint8_t>::create({4, 1}, 3);
  auto after = *Image<std::uint8_t>::create({4, 1}, 3);
  for (auto& sample : before.view().row(0)) sample = 100;
  for (auto& sample : after.view().row(0)) sample = 100;
  after.view().at(1, 0, 0) = 98;   // two darker
  after.view().at(2, 0, 1) = 103;  // three brighter
  after.view().at(3, 0, 2) = 0;
  const auto shared = [](Image<std::uint8_t> image) {
    return std::make_shared<const Image<std::uint8_t>>(std::move(image));
  };
  const SharedPixels from = shared(std::move(before));
  const auto found = difference_of(from, shared(std::move(after)), 8);
  ASSERT_TRUE(found) << found.error().sentence;
  const auto view = (*found)->view();
  EXPECT_EQ(view.at(0, 0, 0), 128);
  EXPECT_EQ(view.at(1, 0, 0), 144);
  EXPECT_EQ(view.at(1, 0, 1), 128);
  EXPECT_EQ(view.at(2, 0, 1), 104);
  EXPECT_EQ(view.at(3, 0, 2), 255);
  EXPECT_FALSE(difference_of(from, shared(*Image<std::uint8_t>::create({3, 1}, 3))));
}

TEST(DisplayTable, TurnsNothingForSrgbAndSomethingForAWiderScreen) {
  const auto of = [](colour::NamedProfile name) {
    const auto profile = colour::Profile::named(name);
    return *DisplayTable::create(profile.icc());
  };
  auto pixels = *Image<std::uint8_t>::create({2, 1}, 3);
  pixels.view().at(0, 0, 0) = 255;  // red
  for (int c = 0; c < 3; ++c) pixels.view().at(1, 0, c) = 119;
  auto same = *pixels.clone();
  of(colour::NamedProfile::Srgb).apply(same.view());
  auto wide = *pixels.clone();
  of(colour::NamedProfile::DisplayP3).apply(wide.view());
  EXPECT_NEAR(same.view().at(0, 0, 0), 255, 1);
  EXPECT_NEAR(same.view().at(1, 0, 1), 119, 1);
  EXPECT_LT(wide.view().at(0, 0, 0), 245) << "sRGB's red is less than a wide screen's";
  EXPECT_GT(wide.view().at(0, 0, 1), 20);
  EXPECT_NEAR(wide.view().at(1, 0, 1), 119, 2) << "grey stays grey";
}

TEST(Suggestion, IsAHintByIsoNoiseAndSize) {
  FileFacts facts;
  facts.kind = FileKind::Raw;
  facts.denoisable_raw = true;
  facts.iso = 12800;
  facts.size = {6000, 4000};
  EXPECT_TRUE(suggestion_for(facts).need == Need::RawDenoise);
  facts.done = "raw-denoise";
  EXPECT_TRUE(suggestion_for(facts).need == Need::Nothing) << "nobody denoises twice";
  facts = {};
  facts.kind = FileKind::Picture;
  facts.size = {6000, 4000};
  EXPECT_TRUE(suggestion_for(facts).need == Need::Nothing);
  facts.noise = 5;
  facts.noise_confidence = 0.8;
  EXPECT_TRUE(suggestion_for(facts).need == Need::Denoise);
  facts.noise = 0.5;
  facts.size = {800, 600};
  EXPECT_TRUE(suggestion_for(facts).need == Need::Upscale);
}

}  // namespace
}  // namespace latent::app
