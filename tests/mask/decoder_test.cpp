// SPDX-License-Identifier: GPL-3.0-or-later
// The decoders beside a network that writes down what it was asked. The same arithmetic beside
// PyTorch: tests/program/test_mask_networks.py.
#include "mask/decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "mask/decoder_automatic.h"
#include "mask/net_finder.h"
#include "models/manifest/manifest.h"

namespace latent::mask {
namespace {

constexpr int kSide = 64;
constexpr Size kPicture{160, 80};

models::Manifest manifest(const std::string& arch, const std::string& attributes = "",
                          const std::string& task = "mask") {
  const auto read = models::parse_manifest(
      R"({"id": "net", "name": "n", "description": "d", "task": ")" + task + R"(", "arch": ")" +
      arch + R"(", "attributes": {"input_sizes": [64])" + attributes + "}}");
  if (!read) ADD_FAILURE() << read.error().sentence;
  return read ? *read : models::Manifest{};
}

NetContract contract(const std::string& arch, NetCompat compat = NetCompat::None,
                     const std::string& attributes = "") {
  const auto made = net_contract(manifest(arch, attributes), compat);
  if (!made) ADD_FAILURE() << made.error().sentence;
  return made ? *made : NetContract{};
}

NetTensor tensor(const std::string& name, std::vector<std::int64_t> dims, float value = 0) {
  std::int64_t count = 1;
  for (const auto side : dims) count *= side;
  return {name, std::move(dims), std::vector<float>(static_cast<std::size_t>(count), value)};
}

const NetTensor& named(const std::vector<NetTensor>& tensors, const std::string& name) {
  static const NetTensor kNone;
  const auto found = std::ranges::find(tensors, name, &NetTensor::name);
  if (found == tensors.end()) ADD_FAILURE() << "no " << name;
  return found == tensors.end() ? kNone : *found;
}

/// Answers as SAM 2 does: three masks, the second with the best score, each of one value.
struct Sam {
  std::vector<NetTensor> asked;
  int calls = 0;
  NetRun run = [this](std::vector<NetTensor> inputs) -> Result<std::vector<NetTensor>> {
    asked = std::move(inputs);
    ++calls;
    std::vector<NetTensor> outputs{tensor("masks", {1, 3, kSide, kSide}),
                                   tensor("iou_predictions", {1, 3}),
                                   tensor("low_res_masks", {1, 3, 16, 16})};
    for (std::size_t i = 0; i < 3; ++i) {
      const auto fill = [&](NetTensor& all, float value) {
        const auto plane = all.values.size() / 3;
        std::fill_n(all.values.begin() + static_cast<std::ptrdiff_t>(i * plane), plane, value);
      };
      fill(outputs[0], static_cast<float>(i) + 1);
      fill(outputs[2], -static_cast<float>(i) - 1);
      outputs[1].values[i] = i == 1 ? 0.9F : 0.2F;
    }
    return outputs;
  };
};

std::vector<Prompt> click(double x, double y, bool on_object = true) {
  Prompt prompt;
  prompt.on_object = on_object;
  prompt.places = {{x, y}};
  return {prompt};
}

Prompt box() {
  Prompt prompt;
  prompt.kind = PromptKind::Box;
  prompt.places = {{0.75, 0.5}, {0.25, 0.125}};
  return prompt;
}

Result<NetAnswer> ask(const NetContract& how, const std::vector<Prompt>& prompts, const NetRun& run,
                      const Image<float>* before = nullptr) {
  const NetFrame frame = net_frame(how, kPicture);
  const auto points = points_of(how, frame, prompts);
  const std::vector<NetTensor> features{tensor("image_embed", {1, 2, 4, 4})};
  return decode({how, frame, features, points, before}, run);
}

TEST(DecoderSam2, TakesTheBestOfThreeAndFeedsItBack) {
  Sam sam;
  const auto answer = ask(contract("sam2"), click(0.5, 0.25), sam.run);
  ASSERT_TRUE(answer) << answer.error().sentence;
  EXPECT_FLOAT_EQ(answer->score, 0.9F);
  EXPECT_FLOAT_EQ(answer->logits.view().at(3, 3), 2);
  EXPECT_FLOAT_EQ(answer->before.view().at(3, 3), -2);
  EXPECT_FLOAT_EQ(named(sam.asked, "has_mask_input").values[0], 0);
  ASSERT_TRUE(ask(contract("sam2"), click(0.5, 0.25), sam.run, &answer->before));
  EXPECT_FLOAT_EQ(named(sam.asked, "has_mask_input").values[0], 1);
  EXPECT_FLOAT_EQ(named(sam.asked, "mask_input").values[5], -2);
}

TEST(DecoderSam2, StretchesAndLeavesThePaddingPointToTheGraph) {
  Sam sam;
  std::vector<Prompt> prompts = click(0.5, 0.25);
  prompts.push_back(box());
  ASSERT_TRUE(ask(contract("sam2"), prompts, sam.run));
  const std::vector<float> coords{31.5F, 15.5F, 15.5F, 7.5F, 47.5F, 31.5F};
  EXPECT_EQ(named(sam.asked, "point_coords").values, coords);
  EXPECT_EQ(named(sam.asked, "point_labels").values, (std::vector<float>{1, 2, 3}));
}

TEST(DecoderSam2, LetterboxesAndDoublesThePaddingPointAsDarktableDoes) {
  Sam sam;
  std::vector<Prompt> prompts = click(0.5, 0.25, true);
  prompts.push_back(click(0.9, 0.9, false).front());
  ASSERT_TRUE(ask(contract("sam2", NetCompat::Darktable56), prompts, sam.run));
  // The pixel's number times 64 / 160.
  const auto& coords = named(sam.asked, "point_coords").values;
  ASSERT_EQ(coords.size(), 6U);
  EXPECT_NEAR(coords[0], 79.5 * 0.4, 1e-5);
  EXPECT_NEAR(coords[1], 19.5 * 0.4, 1e-5);
  EXPECT_EQ(coords[4], 0);
  EXPECT_EQ(named(sam.asked, "point_labels").values, (std::vector<float>{1, 0, -1}));
}

TEST(DecoderSam2, HearsTheManifest) {
  Sam sam;
  const auto how = contract("sam2", NetCompat::None,
                            R"(, "best_mask": "first", "previous_mask": "none", "resize_mode":
                               "longest_side", "padding_point": "caller")");
  const auto answer = ask(how, click(0.5, 0.25), sam.run);
  ASSERT_TRUE(answer);
  EXPECT_FLOAT_EQ(answer->logits.view().at(0, 0), 1);
  EXPECT_TRUE(answer->before.empty());
  EXPECT_EQ(named(sam.asked, "point_labels").values, (std::vector<float>{1, -1}));
  EXPECT_NEAR(named(sam.asked, "point_coords").values[1], 0.25 * 32 - 0.5, 1e-5);
}

TEST(DecoderSam2, NamesWrongShapesAndWhatIsNoNumber) {
  const auto sentence = [](std::vector<NetTensor> outputs) {
    const auto answer =
        ask(contract("sam2"), click(0.5, 0.5),
            [&](std::vector<NetTensor>) -> Result<std::vector<NetTensor>> { return outputs; });
    return answer ? std::string() : answer.error().sentence;
  };
  EXPECT_NE(sentence({}).find("gives no 'masks'"), std::string::npos);
  EXPECT_NE(sentence({tensor("masks", {1, 3, 8, 8}), tensor("iou_predictions", {1, 2}),
                      tensor("low_res_masks", {1, 3, 4, 4})})
                .find("[1, 3, 8, 8]"),
            std::string::npos);
  EXPECT_NE(sentence({tensor("masks", {1, 3, 8, 4}), tensor("iou_predictions", {1, 3}),
                      tensor("low_res_masks", {1, 3, 4, 4})})
                .find("'masks'"),
            std::string::npos);
  auto bad = tensor("masks", {1, 3, 8, 8});
  bad.values[7] = std::numeric_limits<float>::quiet_NaN();
  const std::string words =
      sentence({bad, tensor("iou_predictions", {1, 3}), tensor("low_res_masks", {1, 3, 4, 4})});
  EXPECT_NE(words.find("no numbers"), std::string::npos);
  EXPECT_NE(words.find("'net'"), std::string::npos);
}

TEST(DecoderSamHq, AsksForTheFilledPartAndAppendsThePaddingPointWithoutABox) {
  std::vector<NetTensor> asked;
  const NetRun run = [&](std::vector<NetTensor> inputs) -> Result<std::vector<NetTensor>> {
    asked = std::move(inputs);
    return std::vector<NetTensor>{tensor("masks", {1, 1, 32, 64}, 3),
                                  tensor("iou_predictions", {1, 1}, 0.5F),
                                  tensor("low_res_masks", {1, 1, 16, 16}, 4)};
  };
  const auto answer = ask(contract("samhq"), click(0.5, 0.25), run);
  ASSERT_TRUE(answer) << answer.error().sentence;
  EXPECT_TRUE(answer->cut);
  EXPECT_EQ(answer->logits.size(), (Size{64, 32}));
  EXPECT_EQ(named(asked, "orig_im_size").values, (std::vector<float>{32, 64}));
  EXPECT_EQ(named(asked, "point_labels").values, (std::vector<float>{1, -1}));
  ASSERT_TRUE(ask(contract("samhq"), {box()}, run));
  EXPECT_EQ(named(asked, "point_labels").values, (std::vector<float>{2, 3}));
}

TEST(DecoderSegNext, RecognisesLogitsAndFeedsBackAPictureOf0And1) {
  std::vector<NetTensor> asked;
  float value = 5;
  const NetRun run = [&](std::vector<NetTensor> inputs) -> Result<std::vector<NetTensor>> {
    asked = std::move(inputs);
    auto mask = tensor("mask", {1, 1, kSide, kSide}, value);
    mask.values[0] = value > 1 ? -3 : 0.25F;
    return std::vector<NetTensor>{mask};
  };
  const auto logits = ask(contract("segnext"), {box()}, run);
  ASSERT_TRUE(logits) << logits.error().sentence;
  EXPECT_FLOAT_EQ(logits->logits.view().at(1, 0), 5);
  EXPECT_FLOAT_EQ(logits->before.view().at(0, 0), 0);
  EXPECT_FLOAT_EQ(logits->before.view().at(1, 0), 1);
  EXPECT_EQ(named(asked, "point_labels").values, (std::vector<float>{1}));  // the box's middle
  value = 0.75F;  // all of it could be a probability
  const auto shares = ask(contract("segnext"), click(0.5, 0.5), run);
  ASSERT_TRUE(shares);
  EXPECT_FLOAT_EQ(shares->logits.view().at(1, 0), 0.25F);
  value = 5;
  const auto darktable = ask(contract("segnext", NetCompat::Darktable56), click(0.5, 0.5), run);
  ASSERT_TRUE(darktable);
  EXPECT_FLOAT_EQ(darktable->logits.view().at(1, 0), 4.5F);
  EXPECT_FLOAT_EQ(darktable->before.view().at(1, 0), 5);
}

TEST(NetContract, RefusesWhatItDoesNotKnow) {
  const auto refused = [](const models::Manifest& given) {
    const auto made = net_contract(given);
    return made ? std::string() : made.error().sentence;
  };
  EXPECT_NE(refused(manifest("other")).find("'other'"), std::string::npos);
  EXPECT_NE(refused(manifest("sam2", "", "denoise")).find("'denoise'"), std::string::npos);
  EXPECT_NE(refused(manifest("sam2", R"(, "resize_mode": "crop")")).find("resize_mode"),
            std::string::npos);
  EXPECT_NE(refused(manifest("sam2", R"(, "norm_std": [0, 1, 1])")).find("deviation"),
            std::string::npos);
  EXPECT_NE(refused(manifest("samhq", R"(, "resize_mode": "stretch")")).find("longest_side"),
            std::string::npos);
  // Means in steps of 255 are those of 1.
  const auto made = net_contract(manifest("sam2", R"(, "norm_mean": [123.675, 116.28, 103.53])"));
  ASSERT_TRUE(made);
  EXPECT_NEAR(made->mean[0], 0.485, 1e-6);
}

Image<std::uint8_t> picture() {
  auto made = Image<std::uint8_t>::create(kPicture, 3);
  for (int y = 0; y < kPicture.height; ++y) {
    for (int x = 0; x < kPicture.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        made->view().at(x, y, c) = static_cast<std::uint8_t>((x * 3 + y * 5 + c * 40) % 256);
      }
    }
  }
  return *std::move(made);
}

TEST(NetPicture, PadsWith0AfterNormalisation) {
  const auto how = contract("samhq");
  const NetFrame frame = net_frame(how, kPicture);
  EXPECT_EQ(frame.filled, (Size{64, 32}));
  const auto seen = net_picture(how, frame, picture().view());
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->values[40 * 64 + 3], 0);
  EXPECT_NE(seen->values[10 * 64 + 3], 0);
}

TEST(NetPicture, SamplesAsDarktable56AndWithItsOffsetMendedIn58) {
  for (const auto& [compat, shift] :
       {std::pair{NetCompat::Darktable56, 0.0}, std::pair{NetCompat::Darktable58, 0.5}}) {
    const auto how = contract("sam2", compat);
    const auto photo = picture();
    const auto seen = net_picture(how, net_frame(how, kPicture), photo.view());
    ASSERT_TRUE(seen);
    // (20, 10) of the square lies between four pixels of the photograph.
    const double x = (20 + shift) / 0.4 - shift;
    const double y = (10 + shift) / 0.4 - shift;
    const int left = static_cast<int>(x);
    const int top = static_cast<int>(y);
    const auto at = [&](int column, int row) { return double{1} * photo.view().at(column, row); };
    const double above = at(left, top) + (x - left) * (at(left + 1, top) - at(left, top));
    const double below =
        at(left, top + 1) + (x - left) * (at(left + 1, top + 1) - at(left, top + 1));
    const double sample = above + (y - top) * (below - above);
    EXPECT_NEAR(seen->values[10 * 64 + 20], (sample / 255 - 0.485) / 0.229, 1e-4);
  }
}

/// A model whose decoder is `sam`, which must outlive it.
std::shared_ptr<NetModel> sam_model(Sam& sam, NetContract of) {
  auto model = std::make_shared<NetModel>();
  model->contract = std::move(of);
  model->encoder_input = "image";
  model->decoder_inputs = {"image_embed", "point_coords", "point_labels", "mask_input",
                           "has_mask_input"};
  model->encode = [](std::vector<NetTensor>, const RunControl&) -> Result<std::vector<NetTensor>> {
    return std::vector<NetTensor>{tensor("image_embeddings", {1, 2, 4, 4}, 1)};
  };
  model->decode = [&sam](std::vector<NetTensor> inputs, const RunControl&) {
    return sam.run(std::move(inputs));
  };
  return model;
}

TEST(NetFinder, AsksOncePerPromptAndAgreesHoweverItGotThere) {
  Sam sam;
  const auto finder = net_finder(sam_model(sam, contract("sam2")), picture().view(), {});
  ASSERT_TRUE(finder) << finder.error().sentence;
  EXPECT_EQ((*finder)->size(), kPicture);
  std::vector<Prompt> prompts = click(0.5, 0.25);
  ASSERT_TRUE((*finder)->select(0, prompts, nullptr, {}));
  prompts.push_back(box());
  const auto mask = (*finder)->select(0, prompts, nullptr, {});
  ASSERT_TRUE(mask);
  EXPECT_EQ(sam.calls, 2);
  EXPECT_FLOAT_EQ(named(sam.asked, "image_embed").values[0], 1);  // by part of its name
  EXPECT_EQ(mask->view().at(80, 20), 1);
  EXPECT_EQ(mask->view().at(2, 2), 0);  // outside the box
  ASSERT_TRUE((*finder)->select(0, click(0.5, 0.25), nullptr, {}));
  EXPECT_EQ(sam.calls, 2);  // undone: known already
  EXPECT_FALSE((*finder)->select(1, click(0.5, 0.25, false), nullptr, {}));
}

TEST(NetFinder, HasWhatHangsOnThePhotographAloneComputedOnce) {
  Sam sam;
  const auto plain = sam_model(sam, contract("sam2"));
  const auto model = std::make_shared<NetModel>(*plain);
  int prepared = 0;
  model->prepare = [&prepared](std::vector<NetTensor> features, const RunControl&) {
    ++prepared;
    for (float& value : features.front().values) value += 41;
    return features;
  };
  const auto finder = net_finder(model, picture().view(), {});
  ASSERT_TRUE(finder) << finder.error().sentence;
  ASSERT_TRUE((*finder)->select(0, click(0.5, 0.25), nullptr, {}));
  ASSERT_TRUE((*finder)->select(1, click(0.25, 0.5), nullptr, {}));
  EXPECT_EQ(sam.calls, 2);
  EXPECT_EQ(prepared, 1);
  EXPECT_FLOAT_EQ(named(sam.asked, "image_embed").values[0], 42);
  model->prepare = [](std::vector<NetTensor>, const RunControl&) -> Result<std::vector<NetTensor>> {
    return fail(ErrorCode::Cancelled, "cancelled");
  };
  const auto stopped = net_finder(model, picture().view(), {});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
}

/// A finder over `sam`, in our own arithmetic.
std::unique_ptr<Finder> finder_over(Sam& sam) {
  auto finder = net_finder(sam_model(sam, contract("sam2")), picture().view(), {});
  EXPECT_TRUE(finder) << finder.error().sentence;
  return *std::move(finder);
}

Prompt stroke(std::vector<Place> places, double radius, bool on_object) {
  Prompt prompt;
  prompt.kind = PromptKind::Stroke;
  prompt.on_object = on_object;
  prompt.radius = radius;
  prompt.places = std::move(places);
  return prompt;
}

TEST(NetFinder, ABrushThatTakesAwayAsksNothingAndIsRememberedWithTheNextClick) {
  Sam sam;
  const auto finder = finder_over(sam);
  std::vector<Prompt> prompts = click(0.5, 0.25);
  ASSERT_TRUE(finder->select(0, prompts, nullptr, {}));
  prompts.push_back(stroke({{0.1, 0.8}, {0.4, 0.8}}, 0.1, false));
  const auto mask = finder->select(0, prompts, nullptr, {});
  ASSERT_TRUE(mask) << mask.error().sentence;
  EXPECT_EQ(sam.calls, 1);
  EXPECT_EQ(mask->view().at(150, 10), 1);  // elsewhere as it was
  prompts.push_back(click(0.9, 0.25).front());
  ASSERT_TRUE(finder->select(0, prompts, nullptr, {}));
  EXPECT_EQ(sam.calls, 2);
  EXPECT_EQ(named(sam.asked, "point_labels").values, (std::vector<float>{1, 0, 0, 1}));
  const auto& before = named(sam.asked, "mask_input");
  ASSERT_EQ(before.values.size(), 256U);
  EXPECT_FLOAT_EQ(before.values[13 * 16 + 4], -10);  // under the brush
  EXPECT_FLOAT_EQ(before.values[3 * 16 + 4], -2);    // what the network said
}

TEST(NetFinder, ABrushThatAddsIsDrawnIntoTheMaskBeforeAndItsPointsLieEvenly) {
  Sam sam;
  const auto finder = finder_over(sam);
  std::vector<Prompt> prompts = click(0.5, 0.25);
  // Many places at the beginning of the line, as of a hand that hesitates.
  std::vector<Place> line;
  for (int i = 0; i < 50; ++i) line.push_back({0.2 + i * 0.0001, 0.5});
  line.push_back({0.6, 0.5});
  prompts.push_back(stroke(line, 0.1, true));
  ASSERT_TRUE(finder->select(0, prompts, nullptr, {}));
  EXPECT_EQ(sam.calls, 2);
  const auto& coords = named(sam.asked, "point_coords").values;
  ASSERT_EQ(coords.size(), 6U);  // the click, and two for 64 pixels by a brush of 32
  EXPECT_NEAR(coords[2], 0.3 * 64 - 0.5, 1e-4);
  EXPECT_NEAR(coords[4], 0.5 * 64 - 0.5, 1e-4);
  EXPECT_FLOAT_EQ(named(sam.asked, "mask_input").values[8 * 16 + 6], 10);
  EXPECT_FLOAT_EQ(named(sam.asked, "mask_input").values[1 * 16 + 6], -2);
}

TEST(NetFinder, AsksTwiceForAClickAsDarktableDoes) {
  Sam sam;
  const auto model = sam_model(sam, contract("sam2", NetCompat::Darktable58));
  const auto finder = net_finder(model, picture().view(), {});
  ASSERT_TRUE(finder) << finder.error().sentence;
  std::vector<Prompt> prompts = click(0.5, 0.25);
  const auto mask = (*finder)->select(0, prompts, nullptr, {});
  ASSERT_TRUE(mask) << mask.error().sentence;
  EXPECT_EQ(mask->view().at(100, 60), 1);  // the network says so everywhere
  EXPECT_EQ(sam.calls, 2);
  // The user's click, the thickest place, the box, and the point that darktable appends.
  EXPECT_EQ(named(sam.asked, "point_labels").values, (std::vector<float>{1, 1, 2, 3, -1}));
  EXPECT_FLOAT_EQ(named(sam.asked, "has_mask_input").values[0], 1);
  prompts.push_back(click(0.9, 0.9).front());
  ASSERT_TRUE((*finder)->select(0, prompts, nullptr, {}));
  EXPECT_EQ(sam.calls, 4);
  EXPECT_EQ(named(sam.asked, "point_labels").values, (std::vector<float>{1, 1, 1, 2, 3, -1}));
}

TEST(AutomaticMask, IsSoftAndRefusedWhereNothingIsFound) {
  auto how = net_contract(manifest("any", R"(, "edge_refine": "none")", "mask-ai-sky"));
  ASSERT_TRUE(how) << how.error().sentence;
  float value = 2;
  const NetRun run = [&](std::vector<NetTensor> inputs) -> Result<std::vector<NetTensor>> {
    EXPECT_EQ(inputs.front().name, "in");
    return std::vector<NetTensor>{tensor("out", {1, 1, 32, 32}, value)};
  };
  const auto mask = automatic_mask(*how, picture().view(), "in", run);
  ASSERT_TRUE(mask) << mask.error().sentence;
  EXPECT_EQ(mask->size(), kPicture);
  EXPECT_NEAR(mask->view().at(9, 9), 1 / (1 + std::exp(-2.0)), 1e-5);
  value = 0.75F;  // a probability already
  const auto share = automatic_mask(*how, picture().view(), "in", run);
  ASSERT_TRUE(share);
  EXPECT_NEAR(share->view().at(9, 9), 0.75, 1e-5);
  how->edge_refine = true;
  const auto led = automatic_mask(*how, picture().view(), "in", run);
  ASSERT_TRUE(led);
  EXPECT_NEAR(led->view().at(9, 9), 0.75, 1e-3);
  value = 0.25F;
  EXPECT_EQ(automatic_mask(*how, picture().view(), "in", run).error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace latent::mask
