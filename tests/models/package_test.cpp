// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/package.h"

#include <gmock/gmock.h>

#include <functional>

#include "sample_package.h"

namespace latent::models {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

TEST(Package, OpensAGoodArchiveAndGivesItsFiles) {
  const ScratchFolder folder;
  write_zip(folder / "sample.dtmodel", sample_entries());
  const auto package = Package::open(folder / "sample.dtmodel");
  ASSERT_TRUE(package) << package.error().sentence;
  EXPECT_EQ(package->manifest().id, "sample");
  EXPECT_EQ(package->sha256(), sha256_of(bytes_of(folder / "sample.dtmodel")));
  const auto licence = package->file("LICENSE");
  ASSERT_TRUE(licence);
  EXPECT_EQ(licence->size(), 4U);
  const auto missing = package->file("nothing");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
}

TEST(Package, LoadsTheNetworkWithItsGoldenPair) {
  const ScratchFolder folder;
  write_zip(folder / "sample.dtmodel", sample_entries());
  const auto package = Package::open(folder / "sample.dtmodel");
  ASSERT_TRUE(package);
  const auto network = load_network(*package, NetworkKind::LatentCfaV1);
  ASSERT_TRUE(network) << network.error().sentence;
  EXPECT_EQ(network->onnx.size(), std::strlen("these bytes are never run"));
  EXPECT_EQ(network->sha256, sha256_of("these bytes are never run"));
  EXPECT_EQ(network->golden_input.shape(), (TensorShape{1, 20, 2, 3}));
  EXPECT_EQ(network->golden_output.view().data[7], -0.5F);
  EXPECT_DOUBLE_EQ(network->tolerance_bf16, 0.03);
}

TEST(Package, OpensTheSameFolderUnpacked) {
  const ScratchFolder folder;
  for (const RawEntry& entry : sample_entries()) put_bytes(folder / entry.name, entry.content);
  for (const fs::path& path : {folder / "sample", folder / "sample/"}) {
    const auto package = Package::open(path);
    ASSERT_TRUE(package) << package.error().sentence;
    EXPECT_EQ(package->sha256(), sha256_of(bytes_of(folder / "sample/config.json")));
    EXPECT_TRUE(load_network(*package, NetworkKind::LatentCfaV1));
  }
}

TEST(Package, APackageTooLargeToKeepIsReadAgainAndHeldToItsHash) {
  const ScratchFolder folder;
  std::string large(std::size_t{65} << 20U, '\0');
  for (std::size_t i = 0; i < large.size(); i += 16)
    large[i] = static_cast<char>(i * 2654435761U >> 24U);
  auto config = sample_config();
  config["latent"]["files"]["large.bin"] = {{"sha256", sha256_of(large)}, {"size", large.size()}};
  auto entries = sample_entries(config);
  entries.push_back({"sample/large.bin", large});
  for (const RawEntry& entry : entries) put_bytes(folder / entry.name, entry.content);
  const auto package = Package::open(folder / "sample");
  ASSERT_TRUE(package) << package.error().sentence;
  const auto licence = package->file("LICENSE");
  ASSERT_TRUE(licence) << licence.error().sentence;
  EXPECT_EQ(licence->size(), 4U);
  put_bytes(folder / "sample/LICENSE", "FREE");
  const auto changed = package->file("LICENSE");
  ASSERT_FALSE(changed);
  EXPECT_THAT(changed.error().sentence, HasSubstr("changed while it was in use"));
  put_bytes(folder / "sample/LICENSE", "free and longer");
  EXPECT_FALSE(package->file("LICENSE"));
}

TEST(Package, APackageForDarktableOpensWithoutHashes) {
  const ScratchFolder folder;
  auto config = sample_config();
  config.erase("latent");
  write_zip(folder / "sample.dtmodel", sample_entries(config));
  const auto package = Package::open(folder / "sample.dtmodel");
  ASSERT_TRUE(package) << package.error().sentence;
  const auto network = load_network(*package, NetworkKind::LatentCfaV1);
  ASSERT_FALSE(network);
  EXPECT_THAT(network.error().sentence, HasSubstr("has no network of kind latent_cfa_v1"));
}

TEST(Package, NoFileThereIsNotFound) {
  const auto package = Package::open("/nowhere/at/all.dtmodel");
  ASSERT_FALSE(package);
  EXPECT_EQ(package.error().code, ErrorCode::NotFound);
}

TEST(Package, OfARealPackageEveryTruncationIsRefused) {
  const ScratchFolder folder;
  write_zip(folder / "whole.dtmodel", sample_entries());
  const std::string whole = bytes_of(folder / "whole.dtmodel");
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    put_bytes(folder / "cut.dtmodel", whole.substr(0, size));
    EXPECT_FALSE(Package::open(folder / "cut.dtmodel")) << size << " of " << whole.size();
  }
}

TEST(Package, AFlippedByteNeverGivesOtherContent) {
  const ScratchFolder folder;
  write_zip(folder / "whole.dtmodel", sample_entries(), Zip::Stored);
  const std::string whole = bytes_of(folder / "whole.dtmodel");
  for (std::size_t i = 0; i < whole.size(); i += 13) {
    std::string bent = whole;
    bent[i] = static_cast<char>(bent[i] ^ 0x10);
    put_bytes(folder / "bent.dtmodel", bent);
    const auto package = Package::open(folder / "bent.dtmodel");
    if (!package) continue;  // most; times and permissions in the zip may be anything
    for (const auto& [name, content] : sample_files()) {
      const auto file = package->file(name);
      ASSERT_TRUE(file);
      EXPECT_EQ(std::string(reinterpret_cast<const char*>(file->data()), file->size()), content);
    }
  }
}

/// One way to build a bad archive, and what the refusal must say.
struct Hostile {
  const char* title;
  std::function<void(std::vector<RawEntry>&)> spoil;
  ErrorCode code;
  const char* says;
  Zip how = Zip::Deflated;
};

void PrintTo(const Hostile& hostile, std::ostream* stream) { *stream << hostile.title; }

class HostilePackage : public testing::TestWithParam<Hostile> {};

TEST_P(HostilePackage, IsRefusedWithASentence) {
  const ScratchFolder folder;
  auto entries = sample_entries();
  GetParam().spoil(entries);
  write_zip(folder / "bad.dtmodel", entries, GetParam().how);
  Limits limits;
  limits.max_package_entries = 50;
  limits.max_package_bytes = 40U << 20U;
  const auto package = Package::open(folder / "bad.dtmodel", limits);
  ASSERT_FALSE(package);
  EXPECT_EQ(package.error().code, GetParam().code) << package.error().sentence;
  EXPECT_THAT(package.error().sentence, HasSubstr(GetParam().says));
}

auto add(RawEntry entry) {
  return [entry](std::vector<RawEntry>& entries) { entries.push_back(entry); };
}

auto rename_top(const std::string& top) {
  return [top](std::vector<RawEntry>& entries) { entries = sample_entries(sample_config(), top); };
}

auto content(const std::string& name, const std::string& text) {
  return [name, text](std::vector<RawEntry>& entries) {
    for (RawEntry& entry : entries) {
      if (entry.name == name) entry.content = text;
    }
  };
}

INSTANTIATE_TEST_SUITE_P(
    Archives, HostilePackage,
    testing::Values(
        Hostile{"slip", add({"../evil", "x"}), ErrorCode::Corrupt, "unsafe name '../evil'"},
        Hostile{"deep slip", add({"sample/../../evil", "x"}), ErrorCode::Corrupt, "unsafe name"},
        Hostile{"absolute", add({"/etc/evil", "x"}), ErrorCode::Corrupt, "unsafe name"},
        Hostile{"backslash", add({"sample\\evil", "x"}), ErrorCode::Corrupt,
                "'evil' does not stand"},
        Hostile{"drive", add({"c:evil", "x"}), ErrorCode::Corrupt, "unsafe name"},
        Hostile{"control", add({"sample/e\x1b[31m", "x"}), ErrorCode::Corrupt, "unsafe name"},
        Hostile{"link", add({"sample/l", "", AE_IFLNK, "/etc/passwd"}), ErrorCode::Corrupt,
                "no ordinary file"},
        Hostile{"outside", add({"evil", "x"}), ErrorCode::Corrupt, "outside its top folder"},
        Hostile{"second top", add({"other/x", "x"}), ErrorCode::Corrupt, "second top folder"},
        Hostile{"empty second top", add({"other/", "", AE_IFDIR, ""}), ErrorCode::Corrupt,
                "second top folder"},
        Hostile{"twice", add({"sample/LICENSE", "free"}), ErrorCode::Corrupt, "twice"},
        Hostile{"unlisted", add({"sample/extra", "x"}), ErrorCode::Corrupt,
                "does not stand in the manifest"},
        Hostile{"bomb", add({"sample/zeros", std::string(30U << 20U, '\0')}), ErrorCode::TooLarge,
                "200 times its size"},
        Hostile{"many",
                [](std::vector<RawEntry>& entries) {
                  for (int i = 0; i < 60; ++i)
                    entries.push_back({"sample/" + std::to_string(i), "x"});
                },
                ErrorCode::TooLarge, "more than 50 entries"},
        Hostile{"encrypted", [](std::vector<RawEntry>&) {}, ErrorCode::Corrupt, "encrypted",
                Zip::Encrypted},
        Hostile{"nothing", [](std::vector<RawEntry>& entries) { entries.clear(); },
                ErrorCode::Corrupt, "no model package"}));

INSTANTIATE_TEST_SUITE_P(
    Contents, HostilePackage,
    testing::Values(
        Hostile{"wrong id", rename_top("another"), ErrorCode::Corrupt, "top folder is 'another'"},
        Hostile{"no config", [](std::vector<RawEntry>& entries) { entries.erase(entries.begin()); },
                ErrorCode::Corrupt, "config.json is missing"},
        Hostile{"missing file", [](std::vector<RawEntry>& entries) { entries.pop_back(); },
                ErrorCode::Corrupt, "'LICENSE' is missing"},
        Hostile{"other content", content("sample/LICENSE", "FREE"), ErrorCode::Corrupt,
                "not the one whose hash"},
        Hostile{"other size", content("sample/LICENSE", "not free"), ErrorCode::Corrupt,
                "8 bytes where the manifest says 4"},
        Hostile{"no JSON", content("sample/config.json", "id: sample"), ErrorCode::Corrupt,
                "not JSON"},
        Hostile{"huge manifest", content("sample/config.json", std::string(5U << 20U, ' ')),
                ErrorCode::TooLarge, "larger than 4194304 bytes", Zip::Stored},
        Hostile{"too large stored", add({"sample/large", std::string(41U << 20U, '\0')}),
                ErrorCode::TooLarge, "larger than 40 MiB", Zip::Stored}));

TEST(Package, WhatIsNoZipIsRefused) {
  const ScratchFolder folder;
  const std::string tar_like = std::string("sample/config.json") + std::string(2000, '\0');
  for (const std::string& bytes : {std::string(), std::string("PK\x03\x04"), std::string(5000, 'x'),
                                   std::string("\x1f\x8b\x08"), tar_like}) {
    put_bytes(folder / "bad.dtmodel", bytes);
    const auto package = Package::open(folder / "bad.dtmodel");
    ASSERT_FALSE(package);
    // Of what does not even begin as a zip does nothing is damaged.
    const bool zip = bytes.empty() || bytes.starts_with("PK");
    EXPECT_EQ(package.error().code, zip ? ErrorCode::Corrupt : ErrorCode::Unsupported);
  }
}

TEST(Package, AFolderWithALinkIsRefused) {
  const ScratchFolder folder;
  for (const RawEntry& entry : sample_entries()) put_bytes(folder / entry.name, entry.content);
  fs::create_symlink("/etc/passwd", folder / "sample/link");
  const auto package = Package::open(folder / "sample");
  ASSERT_FALSE(package);
  EXPECT_THAT(package.error().sentence, HasSubstr("no ordinary file"));
}

TEST(Package, AGoldenTensorOfAnotherShapeIsRefused) {
  const ScratchFolder folder;
  const std::string wrong = npy("(1, 3, 2, 3)", std::vector<float>(18));
  auto config = sample_config();
  config["latent"]["files"]["golden/cfa_output.npy"] = {{"sha256", sha256_of(wrong)},
                                                        {"size", wrong.size()}};
  auto entries = sample_entries(config);
  content("sample/golden/cfa_output.npy", wrong)(entries);
  write_zip(folder / "sample.dtmodel", entries);
  const auto package = Package::open(folder / "sample.dtmodel");
  ASSERT_TRUE(package) << package.error().sentence;
  const auto network = load_network(*package, NetworkKind::LatentCfaV1);
  ASSERT_FALSE(network);
  EXPECT_THAT(network.error().sentence, HasSubstr("[1, 4, height, width]"));
}

TEST(Package, WhatShipsIsGood) {
  const fs::path weights = fs::path(LATENT_SOURCE_DIR) / "weights";
  if (!fs::exists(weights)) GTEST_SKIP() << "no weights/ in this checkout";
  for (const auto& entry : fs::directory_iterator(weights)) {
    if (entry.path().extension() != ".dtmodel") continue;
    const auto package = Package::open(entry.path());
    ASSERT_TRUE(package) << package.error().sentence;
    ASSERT_TRUE(package->manifest().latent);
    for (const NetworkSpec& spec : package->manifest().latent->networks) {
      const auto network = load_network(*package, spec.kind, spec.scale);
      EXPECT_TRUE(network) << network.error().sentence;
    }
  }
}

}  // namespace
}  // namespace latent::models
