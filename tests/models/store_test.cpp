// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/store.h"

#include <gmock/gmock.h>

#include <thread>

#include "models/manifest/facts.h"
#include "models/store/pack.h"
#include "sample_package.h"

namespace latent::models {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

Origin from_a_test() {
  Origin origin;
  origin.kind = "file";
  origin.source = "a test";
  origin.version = "1.2";
  return origin;
}

Status install(StoreWriter& writer, const std::string& id, const std::string& content) {
  const fs::path file = writer.quarantine_path(".dtmodel");
  put_bytes(file, content);
  return writer.replace(id, file, from_a_test());
}

TEST(Store, StateIsReadAsItWasWritten) {
  StoreState state = new_state();
  state.enabled["denoise"] = "tiny";
  state.enabled["depth"] = "";
  state.pinned = {"tiny"};
  state.origins["tiny"] = from_a_test();
  state.repositories.push_back({"ours", "https://x", "RW", 4, "ab"});
  const auto again = parse_state(dump_state(state));
  ASSERT_TRUE(again) << again.error().sentence;
  EXPECT_EQ(again->enabled, state.enabled);
  EXPECT_EQ(again->pinned, state.pinned);
  EXPECT_EQ(again->origins, state.origins);
  EXPECT_EQ(again->repositories, state.repositories);
  for (const char* bad : {"", "[]", R"({"latent_store": 1})", R"({"latent_store": 2})"}) {
    EXPECT_FALSE(parse_state(bad)) << bad;
  }
}

TEST(Store, InstallsReplacesAndRemoves) {
  const ScratchFolder folder;
  const Store store(folder / "st\xC3\xB6re \xff");  // spaces, accents, bytes that are no text
  EXPECT_EQ(store.state()->repositories.size(), 1U);
  EXPECT_FALSE(fs::exists(store.folder())) << "reading makes nothing";
  auto writer = store.lock(0ms, {});
  ASSERT_TRUE(writer) << writer.error().sentence;
  ASSERT_TRUE(install(*writer, "tiny", "one"));
  ASSERT_TRUE(install(*writer, "tiny", "two"));
  EXPECT_EQ(bytes_of(store.folder() / "tiny.dtmodel"), "two");
  EXPECT_EQ(store.state()->origins.at("tiny").mark.bytes, 3U);
  ASSERT_TRUE(writer->remove("tiny"));
  EXPECT_TRUE(store.packages().empty());
  EXPECT_TRUE(store.state()->origins.empty());
  EXPECT_TRUE(fs::is_empty(store.folder() / "quarantine"));
}

TEST(Store, OneWritesAtATimeAndOthersWaitNoLongerThanSaid) {
  const ScratchFolder folder;
  const Store store(folder.path());
  auto first = store.lock(0ms, {});
  ASSERT_TRUE(first);
  const auto second = store.lock(60ms, {});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().sentence, HasSubstr("another program is changing it"));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(store.lock(10s, {stop.get_token(), {}}).error().code, ErrorCode::Cancelled);
  std::jthread release([&] {
    std::this_thread::sleep_for(50ms);
    const StoreWriter gone = *std::move(first);
  });
  EXPECT_TRUE(store.lock(10s, {}));
}

TEST(Store, AChangeThatWasMadeIsSeenThroughAndOneThatWasNotIsForgotten) {
  const ScratchFolder folder;
  const Store store(folder.path());
  {
    auto writer = store.lock(0ms, {});
    ASSERT_TRUE(writer && install(*writer, "tiny", "one"));
  }
  StoreState next = *store.state();
  next.enabled["denoise"] = "tiny";
  const auto mark = mark_of(folder / "tiny.dtmodel");
  next.pending = Pending{"tiny", mark->inode + 1};  // never renamed
  put_bytes(folder / "quarantine/state.next", dump_state(next));
  EXPECT_TRUE(store.state()->enabled.empty());
  next.pending = Pending{"tiny", mark->inode};  // renamed, then killed
  put_bytes(folder / "quarantine/state.next", dump_state(next));
  EXPECT_EQ(store.state()->enabled.at("denoise"), "tiny") << "readers see it without a lock";
  put_bytes(folder / "quarantine/17.dtmodel", "left behind");
  ASSERT_TRUE(store.lock(0ms, {}));
  EXPECT_TRUE(fs::is_empty(folder / "quarantine"));
  EXPECT_EQ(store.state()->enabled.at("denoise"), "tiny");
}

TEST(Store, AFolderThatCannotBeMadeIsOneSentence) {
  const ScratchFolder folder;
  put_bytes(folder / "file", "x");
  const auto writer = Store(folder / "file/below").lock(0ms, {});
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::Io);
}

TEST(Facts, AreRememberedUntilThePackageChanges) {
  const ScratchFolder folder;
  write_zip(folder / "sample.dtmodel", sample_entries());
  const PackagePlace place{"sample", folder / "sample.dtmodel"};
  FactsCache first(folder / "facts.json");
  const PackageFacts facts = first.facts_of(place, {});
  EXPECT_EQ(facts.version, "1.2");
  EXPECT_EQ(facts.kinds, std::vector<std::string>{"latent_cfa_v1"});
  EXPECT_TRUE(first.changed());
  first.save();
  FactsCache second(folder / "facts.json");
  EXPECT_EQ(second.facts_of(place, {}), facts);
  EXPECT_FALSE(second.changed());
  auto config = sample_config();
  config["version"] = "3.0";
  fs::remove(place.path);
  write_zip(place.path, sample_entries(config));
  EXPECT_EQ(second.facts_of(place, {}).version, "3.0");
  put_bytes(folder / "facts.json", "{\"facts\": 1, \"packages\": {\"x\": 3}}");
  FactsCache damaged(folder / "facts.json");
  EXPECT_EQ(damaged.facts_of(place, {}).version, "3.0");
}

TEST(Facts, HashesAreRememberedUntilTheArchiveChanges) {
  const ScratchFolder folder;
  write_zip(folder / "sample.dtmodel", sample_entries());
  const PackagePlace place{"sample", folder / "sample.dtmodel"};
  FactsCache first(folder / "facts.json");
  (void)first.facts_of(place, {});
  EXPECT_EQ(first.sha256_of(place), sha256_of(bytes_of(place.path)));
  first.save();
  FactsCache second(folder / "facts.json");
  (void)second.facts_of(place, {});
  EXPECT_EQ(second.sha256_of(place), sha256_of(bytes_of(place.path)));
  EXPECT_FALSE(second.changed()) << "nothing was opened or hashed";
  put_bytes(place.path, "another file");
  EXPECT_EQ(second.sha256_of(place), sha256_of("another file"));
  fs::create_directories(folder / "unpacked");
  EXPECT_FALSE(second.sha256_of({"unpacked", folder / "unpacked"}));
  EXPECT_FALSE(second.sha256_of({"absent", folder / "absent.dtmodel"}));
}

TEST(Pack, GivesTheSameBytesForTheSameFolderAndRefusesWhatIsNoPackage) {
  const ScratchFolder folder;
  for (const RawEntry& entry : sample_entries()) put_bytes(folder / entry.name, entry.content);
  ASSERT_TRUE(pack_folder(folder / "sample", folder / "a.dtmodel", {}, {}));
  fs::last_write_time(folder / "sample/config.json", fs::file_time_type::clock::now() - 100h);
  ASSERT_TRUE(pack_folder(folder / "sample", folder / "b.dtmodel", {}, {}));
  EXPECT_EQ(bytes_of(folder / "a.dtmodel"), bytes_of(folder / "b.dtmodel"));
  EXPECT_TRUE(Package::open(folder / "a.dtmodel"));
  EXPECT_FALSE(pack_folder(folder / "sample", folder / "a.dtmodel", {}, {})) << "it is there";
  put_bytes(folder / "sample/unlisted", "x");
  EXPECT_FALSE(pack_folder(folder / "sample", folder / "c.dtmodel", {}, {}));
  EXPECT_FALSE(fs::exists(folder / "c.dtmodel"));
}

}  // namespace
}  // namespace latent::models
