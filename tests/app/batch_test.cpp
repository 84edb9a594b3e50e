// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batch.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <new>
#include <stdexcept>
#include <utility>

#include "base/safe_file.h"

namespace latent::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// Keeps what it is told, a line each.
class Told : public BatchObserver {
 public:
  void started(const fs::path&, std::size_t, std::size_t) override {}
  void progressed(double) override {}
  void expects(const fs::path&, const LargeResult&) override {}
  void finished(const FileReport& report) override {
    lines.push_back("done " + report.output.filename().string());
  }
  void skipped(const fs::path& source, const Skipped& why) override {
    const fs::path& shown = why.why == Skipped::Why::Exists ? why.other : source;
    lines.push_back("skipped " + shown.filename().string());
    reasons.push_back(why.reason);
  }
  void failed(const fs::path&, const Error& error) override {
    lines.push_back("failed " + error.sentence);
  }
  std::vector<std::string> lines;
  std::vector<std::string> reasons;
};

class BatchTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("latent_batch_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    batch_.output.folder = folder_ / "out";
    batch_.suffix = "_denoise";
    batch_.extension = "tif";
    // A task that writes where its result came from.
    batch_.run = [](const fs::path& source, const OutputName& output, const Batch::Foresee&,
                    const RunControl&) -> Result<TaskAnswer> {
      std::ofstream(output.path) << source.string();
      return Result<TaskAnswer>(tl::in_place);
    };
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path touch(const std::string& name) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << "source";
    return folder_ / name;
  }
  std::string content(const std::string& name) {
    std::string text;
    std::getline(std::ifstream(folder_ / name), text);
    return text;
  }

  fs::path folder_;
  Batch batch_;
};

TEST_F(BatchTest, EverySourceHasAResultOfItsOwnAlsoWhenItIsTakenUpAgain) {
  batch_.sources = {touch("c1/a.png"), touch("c2/a.png")};
  batch_.output.if_exists = IfExists::Overwrite;
  Told first;
  EXPECT_EQ(run_batch(batch_, first, {}).done, 2U);
  EXPECT_EQ(content("out/a_c1_denoise.tif"), batch_.sources[0]);
  EXPECT_EQ(content("out/a_c2_denoise.tif"), batch_.sources[1]);
  fs::remove(folder_ / "out/a_c2_denoise.tif");
  batch_.output.if_exists = IfExists::Skip;
  Told again;
  EXPECT_EQ(run_batch(batch_, again, {}).failed, 0U);
  EXPECT_THAT(again.lines, ElementsAre("skipped a_c1_denoise.tif", "done a_c2_denoise.tif"));
}

TEST_F(BatchTest, ASourceIsLeftAsItIsAndTheRestGoesOn) {
  batch_.sources = {touch("d/a.png"), touch("d/a_denoise.tif"), touch("d/b.png")};
  batch_.output = {.file = {}, .folder = {}, .if_exists = IfExists::Overwrite};
  Told told;
  const BatchResult result = run_batch(batch_, told, {});
  EXPECT_EQ(result.failed, 2U);
  EXPECT_EQ(result.done, 1U);
  EXPECT_THAT(told.lines[0], HasSubstr("which is a source of this run"));
  EXPECT_EQ(told.lines[2], "done b_denoise.tif");
  EXPECT_EQ(content("d/a_denoise.tif"), "source");
}

TEST_F(BatchTest, AFileThatIsListedTwiceByWhateverNameIsDoneOnce) {
  const fs::path source = touch("d/a.png");
  fs::create_symlink(source, folder_ / "d/link.png");
  fs::create_hard_link(source, folder_ / "d/second.png");
  batch_.sources = {source, folder_ / "d/../d/a.png", folder_ / "d/link.png",
                    folder_ / "d/second.png", touch("d/b.png")};
  Told told;
  const BatchResult result = run_batch(batch_, told, {});
  EXPECT_EQ(result.done, 2U);
  EXPECT_EQ(result.skipped, 3U);
  EXPECT_THAT(told.lines, ElementsAre("done a_denoise.tif", "skipped a.png", "skipped link.png",
                                      "skipped second.png", "done b_denoise.tif"));
  EXPECT_THAT(told.reasons[2], HasSubstr("the same file as '" + source.string() + "'"));
}

/// Every file whose name says so was made by the task.
KnownResults by_name() {
  return {[](const fs::path& path) -> std::optional<std::string> {
            if (path.stem().string().find("_denoise") == std::string::npos) return std::nullopt;
            return "Latent 1";
          },
          false};
}

/// A task that looks, as tasks do, when it has the file.
Batch::Run looking(Batch::Run run, const KnownResults& known) {
  return
      [run, known](const fs::path& source, const OutputName& output, const Batch::Foresee& foresee,
                   const RunControl& control) -> Result<TaskAnswer> {
        TaskAnswer answer;
        answer.done_before_by = known.again ? "" : known.made_by(source).value_or("");
        if (!answer.done_before_by.empty()) return answer;
        return run(source, output, foresee, control);
      };
}

TEST_F(BatchTest, ResultsAmongTheSourcesAreSkippedUnderEveryRule) {
  const Batch::Run run = batch_.run;
  for (const IfExists rule : {IfExists::NextFreeName, IfExists::Overwrite, IfExists::Skip}) {
    fs::remove_all(folder_);
    batch_.sources = {touch("d/a.png"), touch("d/a_denoise.tif"), touch("d/a_denoise_1.tif"),
                      touch("d/b.png")};
    batch_.output = {.file = {}, .folder = {}, .if_exists = rule};
    batch_.results = by_name();
    batch_.run = looking(run, batch_.results);
    Told told;
    const BatchResult result = run_batch(batch_, told, {});
    EXPECT_EQ(result.failed, 0U);
    EXPECT_EQ(result.done, rule == IfExists::Skip ? 1U : 2U);
    EXPECT_THAT(told.lines[1], "skipped a_denoise.tif");
    EXPECT_THAT(told.lines[2], "skipped a_denoise_1.tif");
    EXPECT_THAT(told.lines[3], "done b_denoise.tif");
    EXPECT_THAT(
        told.reasons.back(),
        HasSubstr(
            "Latent 1 has processed it in this way before; to process it once more, use --again"));
    EXPECT_EQ(content("d/a_denoise_1.tif"), "source");
    EXPECT_EQ(content("d/a_denoise.tif"),
              rule == IfExists::Overwrite ? batch_.sources[0].string() : "source");
  }
}

TEST_F(BatchTest, WhoInsistsHasResultsDoneAgainWhereTheyAreInNobodysWay) {
  const Batch::Run run = batch_.run;
  batch_.results = by_name();
  batch_.results.again = true;
  batch_.run = looking(run, batch_.results);
  batch_.sources = {touch("d/a.png"), touch("d/a_denoise.tif")};
  batch_.output = {};
  Told numbered;
  EXPECT_EQ(run_batch(batch_, numbered, {}).done, 2U);
  EXPECT_THAT(numbered.lines, ElementsAre("done a_denoise_1.tif", "done a_denoise_2.tif"));
  batch_.output.if_exists = IfExists::Overwrite;
  Told replaced;
  EXPECT_EQ(run_batch(batch_, replaced, {}).failed, 0U);
  EXPECT_THAT(replaced.lines, ElementsAre("done a_denoise.tif", "skipped a_denoise.tif"));
  EXPECT_THAT(replaced.reasons[0], HasSubstr("it is the result of '"));
}

/// Writes as SafeFile does; the first time another program is quicker.
Batch::Run overtaken_once() {
  return [first = true](const fs::path& source, const OutputName& output, const Batch::Foresee&,
                        const RunControl&) mutable -> Result<TaskAnswer> {
    const Overwrite overwrite = output.overwrite ? Overwrite::Replace : Overwrite::Refuse;
    LATENT_TRY(auto file, SafeFile::create(output.path, {.overwrite = overwrite}));
    if (std::exchange(first, false)) std::ofstream(output.path) << "another's";
    LATENT_CHECK(file.write(source.native()));
    LATENT_CHECK(file.commit());
    return Result<TaskAnswer>(tl::in_place);
  };
}

TEST_F(BatchTest, ANameThatIsTakenMeanwhileFollowsTheRule) {
  const auto told_by = [&](IfExists rule) {
    fs::remove_all(folder_ / "out");
    batch_.output.if_exists = rule;
    batch_.run = overtaken_once();
    Told told;
    (void)run_batch(batch_, told, {});
    return told.lines;
  };
  batch_.sources = {touch("a.png")};
  EXPECT_THAT(told_by(IfExists::Skip), ElementsAre("skipped a_denoise.tif"));
  EXPECT_EQ(content("out/a_denoise.tif"), "another's");
  EXPECT_THAT(told_by(IfExists::NextFreeName), ElementsAre("done a_denoise_1.tif"));
  EXPECT_EQ(content("out/a_denoise.tif"), "another's");
  EXPECT_EQ(content("out/a_denoise_1.tif"), batch_.sources[0]);
  EXPECT_THAT(told_by(IfExists::Refuse), ElementsAre(HasSubstr("is there already")));
  EXPECT_EQ(content("out/a_denoise.tif"), "another's");
  EXPECT_THAT(told_by(IfExists::Overwrite), ElementsAre("done a_denoise.tif"));
  EXPECT_EQ(content("out/a_denoise.tif"), batch_.sources[0]);
}

TEST_F(BatchTest, WhoeverOverwritesDoesTheWorkOnceThoughTheTargetCameMeanwhile) {
  int runs = 0;
  batch_.sources = {touch("a.png")};
  batch_.output.if_exists = IfExists::Overwrite;
  batch_.run = [&runs, run = overtaken_once()](
                   const fs::path& source, const OutputName& output, const Batch::Foresee& foresee,
                   const RunControl& control) mutable -> Result<TaskAnswer> {
    ++runs;
    return run(source, output, foresee, control);
  };
  Told told;
  EXPECT_EQ(run_batch(batch_, told, {}).done, 1U);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(content("out/a_denoise.tif"), batch_.sources[0]);
}

TEST_F(BatchTest, ATaskThatTookTheNextFreeNameIsToldUnderIt) {
  batch_.sources = {touch("a.png")};
  batch_.run = [](const fs::path& source, const OutputName& output, const Batch::Foresee&,
                  const RunControl&) -> Result<TaskAnswer> {
    std::ofstream(output.path) << "another's";
    TaskAnswer answer;
    LATENT_TRY(answer.common.output, output.another());
    std::ofstream(answer.common.output) << source.string();
    return answer;
  };
  Told told;
  EXPECT_EQ(run_batch(batch_, told, {}).done, 1U);
  EXPECT_THAT(told.lines, ElementsAre("done a_denoise_1.tif"));
  EXPECT_EQ(content("out/a_denoise.tif"), "another's");
}

TEST_F(BatchTest, WhateverIsThrownEndsItsOwnFileOnly) {
  batch_.sources = {touch("d/a.png"), touch("d/b.png"), touch("d/c.png"), touch("d/d.png")};
  batch_.run = [](const fs::path& source, const OutputName&, const Batch::Foresee&,
                  const RunControl&) -> Result<TaskAnswer> {
    if (source.stem() == "a") throw std::bad_alloc();
    if (source.stem() == "b") throw std::runtime_error("a wheel came off");
    if (source.stem() == "c") throw 7;  // NOLINT(hicpp-exception-baseclass)
    return Result<TaskAnswer>(tl::in_place);
  };
  Told told;
  EXPECT_EQ(run_batch(batch_, told, {}).failed, 3U);
  EXPECT_THAT(told.lines,
              ElementsAre(HasSubstr("a.png': it needs more memory than this machine gives"),
                          HasSubstr("b.png': internal fault: a wheel came off"),
                          HasSubstr("c.png': internal fault"), "done d_denoise.tif"));
}

TEST_F(BatchTest, WithoutARuleForWhatIsThereNumbersCountOn) {
  batch_.sources = {touch("d/a.png"), touch("d/a_denoise.png")};
  batch_.output = {};
  Told told;
  EXPECT_EQ(run_batch(batch_, told, {}).done, 2U);
  EXPECT_THAT(told.lines, ElementsAre("done a_denoise.tif", "done a_denoise_1.tif"));
}

}  // namespace
}  // namespace latent::app
