// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/local_int8.h"

#include <gmock/gmock.h>

#include "models/store/package.h"
#include "sample_package.h"

namespace latent::models {
namespace {

using testing::HasSubstr;

std::vector<std::byte> bytes_in(const std::string& text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

LocalInt8 made_of(const std::string& f32_sha256) {
  LocalInt8Network network;
  network.file = "model.onnx";
  network.f32_sha256 = f32_sha256;
  network.onnx = bytes_in("eight bits \n and \0 more");
  network.sha256 = sha256_hex(network.onnx);
  network.facts.most_from_f32 = 0.03;
  network.facts.rms_from_f32 = 0.002;
  network.facts.loss_db = 0.06;
  network.facts.losses = {{"bayer 0.01", 0.06}, {"mono 0.01", -0.01}};
  network.facts.memory_bytes_per_px = 288;
  network.facts.memory_bytes_per_px_bf16 = 288;
  return {"sample", "2026-05-01T12:00:00Z", "latent 0.1.0", 7, {network}};
}

std::string refusal_of(const std::string& bytes) {
  const auto made = parse_local_int8(bytes);
  return made ? "taken" : made.error().sentence;
}

TEST(LocalInt8, IsReadAsItWasWritten) {
  LocalInt8 made = made_of("abc");
  made.networks.push_back(made.networks.front());
  made.networks.back().file = "model_x4.onnx";
  made.networks.back().onnx = bytes_in("others");
  made.networks.back().sha256 = sha256_of("others");
  const auto again = parse_local_int8(dump_local_int8(made));
  ASSERT_TRUE(again) << again.error().sentence;
  EXPECT_EQ(again->id, "sample");
  EXPECT_EQ(again->when, made.when);
  EXPECT_EQ(again->program, "latent 0.1.0");
  EXPECT_EQ(again->pictures, 7);
  ASSERT_EQ(again->networks.size(), 2U);
  const LocalInt8Network& first = again->networks[0];
  EXPECT_EQ(first.f32_sha256, "abc");
  EXPECT_EQ(first.onnx, made.networks[0].onnx);
  EXPECT_DOUBLE_EQ(first.facts.loss_db, 0.06);
  EXPECT_EQ(first.facts.losses, made.networks[0].facts.losses);
  EXPECT_DOUBLE_EQ(first.facts.tolerance, 0.03);
  EXPECT_EQ(again->networks[1].onnx, bytes_in("others"));
}

TEST(LocalInt8, DamageIsFoundAndNamed) {
  const std::string good = dump_local_int8(made_of("abc"));
  EXPECT_EQ(refusal_of(good), "taken");
  EXPECT_THAT(refusal_of("PK"), HasSubstr("no network that Latent made"));
  EXPECT_THAT(refusal_of(good.substr(0, good.size() - 1)), HasSubstr("networks[0].size"));
  EXPECT_THAT(refusal_of(good + "x"), HasSubstr("more in it than its list says"));
  EXPECT_THAT(refusal_of(good.substr(0, 60)), HasSubstr("cut short"));
  std::string other = good;
  other.back() = '!';
  EXPECT_THAT(refusal_of(other), HasSubstr("networks[0].sha256"));
  other = good;
  other.replace(other.find("latent_local_int8 1"), 19, "latent_local_int8 2");
  EXPECT_THAT(refusal_of(other), HasSubstr("later version"));
  other = good;
  other.replace(other.find("\"model.onnx\""), 12, "\"../odel.onx\"");
  EXPECT_THAT(refusal_of(other), HasSubstr("networks[0].file"));
}

TEST(LocalInt8, ServesTheVeryFileItWasMadeOf) {
  const ScratchFolder folder;
  const auto path = folder / "sample.dtmodel";
  write_zip(path, sample_entries());
  auto package = Package::open(path);
  ASSERT_TRUE(package) << package.error().sentence;
  EXPECT_TRUE(package->local_int8_key().empty());
  const auto plain = load_network(*package, NetworkKind::LatentCfaV1);
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->int8);

  package->use_local_int8(made_of("of another file"));
  EXPECT_EQ(package->local_int8("model.onnx"), nullptr);
  EXPECT_FALSE(load_network(*package, NetworkKind::LatentCfaV1)->int8);

  package->use_local_int8(made_of(plain->sha256));
  const auto network = load_network(*package, NetworkKind::LatentCfaV1);
  ASSERT_TRUE(network && network->int8 && network->spec.int8);
  EXPECT_EQ(network->int8->sha256, made_of("").networks[0].sha256);
  EXPECT_EQ(network->int8->golden_output.view().data, nullptr);
  EXPECT_DOUBLE_EQ(network->spec.int8->loss_db, 0.06);
  EXPECT_FALSE(package->local_int8_key().empty());
}

TEST(LocalInt8, IsKeptInTheStoreAndGoesFromIt) {
  const ScratchFolder folder;
  const auto store = folder / "st\xC3\xB6re";
  std::filesystem::create_directories(store);
  EXPECT_EQ(read_local_int8(store, "sample").error().code, ErrorCode::NotFound);
  EXPECT_EQ(read_local_int8({}, "sample").error().code, ErrorCode::NotFound);
  EXPECT_EQ(read_local_int8(store, "../sample").error().code, ErrorCode::NotFound);
  ASSERT_TRUE(write_local_int8(store, made_of("abc")));
  ASSERT_TRUE(write_local_int8(store, made_of("def")));  // in its place
  const auto made = read_local_int8(store, "sample");
  ASSERT_TRUE(made) << made.error().sentence;
  EXPECT_EQ(made->networks[0].f32_sha256, "def");

  std::filesystem::copy_file(local_int8_path(store, "sample"), local_int8_path(store, "other"));
  const auto other = read_local_int8(store, "other");
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().sentence, HasSubstr("of the model 'sample'"));
  EXPECT_THAT(other.error().sentence, HasSubstr("latent models quantise other"));

  ASSERT_TRUE(remove_local_int8(store, "sample"));
  EXPECT_EQ(remove_local_int8(store, "sample").error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace latent::models
