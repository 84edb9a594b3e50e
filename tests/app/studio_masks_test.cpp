// SPDX-License-Identifier: GPL-3.0-or-later
// Masks in the studio: what is said of them, how they are kept, shown and made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>
#include <utility>

#include "app/mask_output.h"
#include "app/studio/mask_desk.h"
#include "app/studio/mask_edit.h"
#include "app/studio/mask_look.h"
#include "app/studio/mask_store.h"
#include "app/studio/studio_settings.h"
#include "read/mask/mask_file.h"
#include "tasks/mask/prompt_file.h"
#include "write/picture/picture_writer.h"

namespace latent::app {
namespace {

namespace fs = std::filesystem;
using mask::Place;
using mask::Prompt;
using mask::PromptKind;
using testing::Eq;
using testing::HasSubstr;

Prompt click(double x, double y, bool on = true) { return {PromptKind::Click, on, {{x, y}}, 0}; }
Prompt stroke(double x0, double y0, double x1, double y1, double radius, bool on = true) {
  return {PromptKind::Stroke, on, {{x0, y0}, {x1, y1}}, radius};
}

fs::path fresh_folder(const std::string& name) {
  const fs::path folder = fs::path(testing::TempDir()) / (name + std::to_string(::getpid()));
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

/// Grey, with a red disc in the middle of the left half.
fs::path disc(const fs::path& folder) {
  const fs::path file = folder / "disc.png";
  const Size size{240, 160};
  write::PictureHeader header;
  header.size = size;
  header.depth = SampleDepth::U8;
  auto writer = write::PictureWriter::create(file, *write::picture_format_of(file), header, {});
  EXPECT_TRUE(writer) << writer.error().sentence;
  auto pixels = Image<std::uint8_t>::create(size, 3);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const bool inside = (x - 60) * (x - 60) + (y - 80) * (y - 80) < 40 * 40;
      pixels->view().at(x, y, 0) = inside ? 200 : 90;
      pixels->view().at(x, y, 1) = inside ? 40 : 90;
      pixels->view().at(x, y, 2) = inside ? 30 : 90;
    }
  }
  EXPECT_TRUE(writer->write_rows(std::as_const(*pixels).view()));
  EXPECT_TRUE(writer->finish());
  return file;
}

TEST(MaskEdit, DustThatWasFoundIsTickedOffStepByStep) {
  MaskEdit edit;
  edit.set_dust({{10, 20, 5, 0.1}, {30, 40, 6, 0.05}}, {300, 200});
  EXPECT_FALSE(edit.now().says_something()) << "no mask is to be made of it";
  ASSERT_THAT(dust_to_erase(edit.now()).spots.size(), Eq(2U));
  edit.tick_dust(0, false);
  edit.tick_dust(7, false);  // there is none of that number
  const auto list = dust_to_erase(edit.now());
  ASSERT_THAT(list.spots.size(), Eq(1U));
  EXPECT_DOUBLE_EQ(list.spots[0].x, 30);
  EXPECT_THAT(list.picture, Eq(Size{300, 200}));
  edit.tick_all_dust(false);
  EXPECT_TRUE(dust_to_erase(edit.now()).spots.empty());
  EXPECT_TRUE(edit.undo());
  EXPECT_TRUE(edit.undo());
  EXPECT_THAT(dust_to_erase(edit.now()).spots.size(), Eq(2U));
  EXPECT_TRUE(edit.undo());
  EXPECT_TRUE(edit.now().dust.empty());
  EXPECT_FALSE(edit.can_undo());
}

TEST(MaskStore, KeepsAListOfDustThatTheTaskReads) {
  const fs::path folder = fresh_folder("dust_list");
  const MaskStore store(folder);
  const fill::SpotList list{{300, 200}, {{30, 40, 6, 0.05}}};
  const auto file = store.keep_dust("/photos/a.jpg", list);
  ASSERT_TRUE(file) << file.error().sentence;
  const auto read = fill::read_spot_list(*file);
  ASSERT_TRUE(read) << read.error().sentence;
  EXPECT_THAT(read->spots.size(), Eq(1U));
  EXPECT_THAT(read->picture, Eq(Size{300, 200}));
  EXPECT_FALSE(MaskStore({}).keep_dust("/photos/a.jpg", list)) << "there is no folder";
  fs::remove_all(folder);
}

TEST(MaskEdit, EveryStepCanBeTakenBackAndDoneAgain) {
  MaskEdit edit;
  ASSERT_TRUE(edit.add(click(0.5, 0.5)));
  ASSERT_TRUE(edit.add(click(0.1, 0.1, false)));
  edit.begin_object();
  ASSERT_TRUE(edit.add(stroke(0.2, 0.2, 0.3, 0.3, 0.01)));
  EXPECT_THAT(edit.now().prompts.objects.size(), Eq(2U));
  mask::MaskSettings settings = edit.now().settings;
  for (const double feather : {3.0, 5.0, 9.0}) {  // a slider that is drawn is one step
    settings.feather = feather;
    edit.set_settings(settings, "feather");
  }
  EXPECT_DOUBLE_EQ(edit.now().settings.feather, 9);
  ASSERT_TRUE(edit.undo());
  EXPECT_DOUBLE_EQ(edit.now().settings.feather, 0);
  ASSERT_TRUE(edit.undo());
  EXPECT_THAT(edit.now().prompts.objects.size(), Eq(1U));
  ASSERT_TRUE(edit.redo());
  EXPECT_THAT(edit.now().prompts.objects.size(), Eq(2U));
  edit.remove_object(0);
  EXPECT_THAT(edit.now().prompts.objects.front().prompts.front().kind, Eq(PromptKind::Stroke));
  edit.clear();
  EXPECT_FALSE(edit.now().says_something());
  while (edit.undo()) {
  }
  EXPECT_TRUE(edit.now() == MaskState{});
}

TEST(MaskEdit, RefusesWhatCannotBeAnsweredWithASentence) {
  MaskEdit edit;
  const auto first = edit.add(click(0.5, 0.5, false));
  ASSERT_FALSE(first);
  EXPECT_THAT(first.error().sentence, HasSubstr("click on the object first"));
  EXPECT_FALSE(edit.add(click(1.5, 0.5))) << "outside the photograph";
  edit.set_way(MaskWay::Painted);
  const auto painted = edit.add(click(0.5, 0.5));
  ASSERT_FALSE(painted);
  EXPECT_THAT(painted.error().sentence, HasSubstr("strokes of the brush"));
}

TEST(MaskStore, KeepsAMaskWithAllItIsMadeOf) {
  const fs::path folder = fresh_folder("shelf");
  const MaskStore shelf(folder);
  KeptMask kept;
  MaskEdit edit;
  ASSERT_TRUE(edit.add(click(0.25, 0.75)));
  ASSERT_TRUE(edit.add(stroke(0.1, 0.1, 0.2, 0.3, 0.02, false)));
  kept.state = edit.now();
  kept.state.settings.threshold = 0.3;
  kept.state.settings.refine.how = mask::Refinement::Hair;
  kept.state.depth = {0.2, 0.6, 0.1};
  kept.in_use = true;
  kept.invert = true;
  kept.picture = *shelf.picture_of("/photos/a.nef", kept.state, "strength");
  ASSERT_TRUE(shelf.store("/photos/a.nef", kept));
  const auto loaded = shelf.load("/photos/a.nef");
  ASSERT_TRUE(loaded && *loaded) << (loaded ? "" : loaded.error().sentence);
  EXPECT_TRUE((*loaded)->in_use && (*loaded)->invert);
  EXPECT_THAT((*loaded)->picture, Eq(kept.picture));
  EXPECT_DOUBLE_EQ((*loaded)->state.settings.threshold, 0.3);
  EXPECT_TRUE((*loaded)->state.settings.refine.how == mask::Refinement::Hair);
  EXPECT_TRUE((*loaded)->state.depth == kept.state.depth);
  EXPECT_TRUE((*loaded)->state.prompts.objects == kept.state.prompts.objects);
  EXPECT_FALSE(*shelf.load("/photos/b.nef")) << "another photograph has none";
  auto other = kept.state;
  other.settings.feather = 4;
  EXPECT_NE(*shelf.picture_of("/photos/a.nef", other, "strength"), kept.picture)
      << "a job that waits keeps the mask it was given";
}

TEST(MaskStore, RefusesTextsThatAreNone) {
  const std::string good = kept_mask_text({}, "/a");
  ASSERT_TRUE(kept_mask_of_text(good, "\"m\""));
  for (const auto& [from, to] : std::map<std::string, std::string>{
           {"\"latent_studio_mask\": 1", "\"latent_studio_mask\": 2"},
           {"\"objects\"", "\"subjects\""},
           {"\"threshold\": 0.5", "\"threshold\": 5.0"},
           {"\"picture\": \"\"", "\"picture\": \"../../etc/passwd\""},
           {"\"in_use\": false", "\"in_use\": 0"},
           {"\"far\"", "\"fat\""},
           {"\"prompts\": \"\"", "\"prompts\": \"{}\""}}) {
    std::string bad = good;
    const auto at = bad.find(from);
    ASSERT_NE(at, std::string::npos) << from << "\n" << good;
    bad.replace(at, from.size(), to);
    const auto read = kept_mask_of_text(bad, "\"m\"");
    ASSERT_FALSE(read) << bad;
    EXPECT_THAT(read.error().sentence, testing::StartsWith("\"m\"")) << from;
  }
}

TEST(MaskStore, PutsMasksIntoJobsThatWorkInParts) {
  Job job = plain_job("denoise");
  put_mask(job, "/m.png", true);
  EXPECT_THAT(mask_in(job), Eq(fs::path("/m.png")));
  EXPECT_TRUE(std::get<tasks::DenoiseSettings>(job.settings).mask.invert);
  Job erase = plain_job("erase");
  put_mask(erase, "/m.png", false);
  EXPECT_TRUE(mask_in(erase).empty()) << "erasing has no strength";
}

TEST(MaskLook, TintsWhatIsCoveredAndDrawsTheOutline) {
  auto mask = *Image<float>::create({4, 1});
  mask.view().at(2, 0) = 1;
  mask.view().at(3, 0) = 1;
  const auto tint = *mask_look(std::as_const(mask).view(), MaskStyle::Tint, 100);
  EXPECT_THAT(tint.view().at(0, 0, 3), Eq(0));
  EXPECT_THAT(tint.view().at(1, 0, 3), Eq(255)) << "the line";
  EXPECT_THAT(tint.view().at(3, 0, 3), Eq(115)) << "0.45 of 255";
  const auto dark = *mask_look(std::as_const(mask).view(), MaskStyle::Outside, 100);
  EXPECT_THAT(dark.view().at(0, 0, 3), Eq(184));
  EXPECT_THAT(dark.view().at(3, 0, 3), Eq(0));
  auto wide = *Image<float>::create({16, 1});
  for (int x = 8; x < 16; ++x) wide.view().at(x, 0) = 1;
  const auto half = *mask_look(std::as_const(wide).view(), MaskStyle::Alone, 8);
  EXPECT_THAT(half.width(), Eq(8));
  EXPECT_THAT(half.view().at(1, 0, 0), testing::Lt(10));
  EXPECT_THAT(half.view().at(6, 0, 0), testing::Gt(245));
  EXPECT_DOUBLE_EQ(mask_share(std::as_const(mask).view()), 0.5);
}

/// What a desk said, waited for from the test's thread.
class Listener {
 public:
  MaskDesk::Callbacks callbacks() {
    return {
        [this](const fs::path&, const std::string& what) { put([&] { busy_.push_back(what); }); },
        [this](const fs::path&, const MaskFound& found) { put([&] { found_ = found; }); },
        [this](const fs::path&, std::uint64_t, const std::string& sentence) {
          put([&] { problem_ = sentence; });
        },
        [this](const fs::path&, const fs::path& file) { put([&] { written_ = file; }); }};
  }
  template <class Done>
  bool wait(const Done& done) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), done);
  }
  std::optional<MaskFound> found_;
  std::string problem_;
  fs::path written_;
  std::vector<std::string> busy_;

 private:
  template <class Work>
  void put(const Work& work) {
    const std::scoped_lock lock(mutex_);
    work();
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
};

TEST(MaskDesk, FindsAnObjectShowsItAndWritesItInEveryForm) {
  const fs::path folder = fresh_folder("desk");
  const fs::path photo = disc(folder);
  Listener listener;
  MaskDesk desk(listener.callbacks());
  MaskMeans means;
  means.model = "built-in";
  desk.open(photo, means);
  MaskEdit edit;
  ASSERT_TRUE(edit.add(click(0.25, 0.5)));
  desk.ask(edit.now(), MaskStyle::Tint, 7);
  ASSERT_TRUE(listener.wait([&] { return listener.found_.has_value(); })) << listener.problem_;
  EXPECT_THAT(listener.found_->number, Eq(7U));
  const double area = 3.14159 * 40 * 40 / (240 * 160);
  EXPECT_NEAR(listener.found_->share, area, 0.02);
  EXPECT_THAT(listener.found_->overlay->channels(), Eq(4));
  EXPECT_THAT(listener.busy_, testing::Contains("encoding"));
  for (const char* name : {"m.png", "m.tif", "m.svg", "m.xmp", "m.json"}) {
    listener.written_.clear();
    desk.write(folder / name);
    ASSERT_TRUE(listener.wait([&] { return !listener.written_.empty(); })) << listener.problem_;
    EXPECT_GT(fs::file_size(folder / name), 100U) << name;
  }
  const auto picture = read::read_mask_file(folder / "m.png", {}, {});
  ASSERT_TRUE(picture);
  EXPECT_GT(picture->view().at(60, 80), 0.9F);
  EXPECT_LT(picture->view().at(200, 80), 0.1F);
  const auto prompts = tasks::read_prompts(folder / "m.json");
  ASSERT_TRUE(prompts) << prompts.error().sentence;
  EXPECT_TRUE(prompts->objects == edit.now().prompts.objects);
  EXPECT_TRUE((prompts->source_size == Size{240, 160}));
}

TEST(MaskDesk, PaintsExactlyWhatTheBrushCovers) {
  const fs::path folder = fresh_folder("painted");
  Listener listener;
  MaskDesk desk(listener.callbacks());
  desk.open(disc(folder), {});
  MaskEdit edit;
  edit.set_way(MaskWay::Painted);
  ASSERT_TRUE(edit.add(stroke(0.2, 0.5, 0.8, 0.5, 0.05)));
  desk.ask(edit.now(), MaskStyle::Alone, 1);
  ASSERT_TRUE(listener.wait([&] { return listener.found_.has_value(); })) << listener.problem_;
  const double wide = 2 * 0.05 * 240;
  EXPECT_NEAR(listener.found_->share, (wide * 0.6 * 240 + 3.14159 * 12 * 12) / (240 * 160), 0.005);
  desk.write(folder / "p.json");
  ASSERT_TRUE(listener.wait([&] { return !listener.problem_.empty(); }));
  EXPECT_THAT(listener.problem_, HasSubstr("only a mask of clicks"));
}

TEST(MaskDesk, SaysInOneSentenceWhatIsWrong) {
  const fs::path folder = fresh_folder("desk_bad");
  std::ofstream(folder / "bad.png") << "no picture";
  Listener listener;
  MaskDesk desk(listener.callbacks());
  desk.open(folder / "bad.png", {});
  MaskEdit edit;
  ASSERT_TRUE(edit.add(click(0.5, 0.5)));
  desk.ask(edit.now(), MaskStyle::Tint, 1);
  ASSERT_TRUE(listener.wait([&] { return !listener.problem_.empty(); }));
  EXPECT_THAT(listener.problem_, HasSubstr("bad.png"));
  listener.problem_.clear();
  desk.open(disc(folder), {});
  desk.write(folder / "early.png");
  ASSERT_TRUE(listener.wait([&] { return !listener.problem_.empty(); }));
  EXPECT_THAT(listener.problem_, HasSubstr("there is no mask yet"));
  EXPECT_FALSE(fs::exists(folder / "early.png"));
  listener.problem_.clear();
  edit.set_way(MaskWay::Depth);
  desk.ask(edit.now(), MaskStyle::Tint, 2);
  ASSERT_TRUE(listener.wait([&] { return !listener.problem_.empty(); }));
  EXPECT_THAT(listener.problem_, HasSubstr("depth needs a network"));
}

}  // namespace
}  // namespace latent::app
