// SPDX-License-Identifier: GPL-3.0-or-later
// The words of masks and depth maps.
#include <string>
#include <utility>

#include "app/settings_table.h"
#include "app/shared_settings.h"

namespace latent::app {

using namespace rows;  // NOLINT(google-build-using-namespace): as settings_table.cpp

namespace {

/// How maps and masks are written.
template <class Settings>
Table mask_file() {
  const auto at = [](std::string key, std::string help) {
    return Row{Section::Output, std::move(key), std::move(help)};
  };
  return {
      word<std::string>(
          at("format",
             "png, tif or pfm: a picture of the map or mask; svg or xmp: a mask as darktable's "
             "path"),
          {{"png", "png"}, {"tif", "tif"}, {"pfm", "pfm"}, {"svg", "svg"}, {"xmp", "xmp"}},
          of_job(&Job::format)),
      word<int>(at("bit_depth", "bits per sample: 8, 16, or 32 (float); auto: 16, of pfm 32"),
                {{"auto", 0}, {"8", 8}, {"16", 16}, {"32", 32}}, in<Settings>(&Settings::bits)),
  };
}

Table make_depth_table() {
  using Settings = tasks::DepthSettings;
  Table table{
      task_model(),
      auto_percent({.key = "near",
                    .help = "the mask begins at this depth, in percent from the nearest point (0) "
                            "to the farthest (100); without --near, --far and --point the depth "
                            "map itself is written"},
                   in<Settings>(&Settings::near)),
      auto_percent({.key = "far", .help = "the mask ends at this depth, in the same percent"},
                   in<Settings>(&Settings::far)),
      percent({.key = "soft",
               .help = "depth over which the mask falls off outside its range, in percent"},
              in<Settings>(&Settings::soft)),
      text({.key = "point",
            .help = "X,Y: the mask lies around the depth of this point, in pixels or in percent "
                    "of the sides"},
           Form::Name, in<Settings>(&Settings::point)),
      percent({.key = "spread",
               .help = "of --point: how far the mask reaches to both sides, in percent of depth"},
              in<Settings>(&Settings::spread)),
      flag({.key = "invert", .help = "what is outside the range; of a map: near is white"},
           in<Settings>(&Settings::invert)),
      word<bool>({.key = "edges",
                  .help = "edges of the map: snap (moved to those of the picture), or smooth"},
                 {{"snap", true}, {"smooth", false}}, in<Settings>(&Settings::snap_edges)),
      compat<Settings>(),
  };
  append(table, places());
  append(table, mask_file<Settings>());
  append(table, engine_settings());
  return table;
}

Table make_mask_table() {
  using Settings = MaskChoice;
  using mask::MaskSettings;
  Setting network = model({.key = "model",
                           .help = "builtin (needs no network), the id of an installed model, or "
                                   "a .dtmodel file; default: the model enabled for masks, else "
                                   "builtin"},
                          &Job::model);
  network.words = {"builtin"};
  Setting prompts = text({.key = "prompts",
                          .help = "prompts that latent mask -o FILE.json stored: a file, or beside "
                                  "(<photograph>.prompts.json of each photograph)"},
                         Form::Name, in<Settings>(&Settings::prompts));
  prompts.words = {"beside"};
  prompts.path_endings = {".json"};
  Table table{
      std::move(network),
      word<std::string>(
          {.key = "auto",
           .help = "find the subject, or the sky, without prompts, by a model of the task "
                   "mask-ai-subject or mask-ai-sky"},
          {{"none", ""}, {"subject", "subject"}, {"sky", "sky"}},
          in<Settings>(&Settings::automatic)),
      std::move(prompts),
      flag({.key = "prompts_anyway", .help = "use prompts that were made for another photograph"},
           in<Settings>(&Settings::prompts_anyway)),
      places({.key = "boxes", .help = "boxes around the object", .option = "--box"}, 4,
             in<Settings>(&Settings::boxes)),
      places({.key = "clicks", .help = "places on the object", .option = "--click"}, 2,
             in<Settings>(&Settings::clicks)),
      places({.key = "not", .help = "places that are not of the object"}, 2,
             in<Settings>(&Settings::not_on)),
      flag({.key = "second_prompts",
            .help = "after each answer ask again, with a click in the middle of what was found"},
           in<Settings>(&Settings::mask, &MaskSettings::second_prompts)),
      word<mask::SmallObjects>(
          {.key = "small_objects",
           .help = "crop: look for objects that are small in the frame again "
                   "in a crop around them"},
          {{"whole", mask::SmallObjects::Whole}, {"crop", mask::SmallObjects::Crop}},
          in<Settings>(&Settings::mask, &MaskSettings::small_objects)),
      number({.key = "threshold",
              .help = "where the outline lies in the soft edge; more makes the mask smaller"},
             {0.01, 0.99}, in<Settings>(&Settings::mask, &MaskSettings::threshold)),
      number({.key = "cleanup",
              .help = "pieces and holes below this share of the picture are removed"},
             {0, 0.1}, in<Settings>(&Settings::mask, &MaskSettings::cleanup)),
      number({.key = "smoothing", .help = "rounds off the outline: a radius in pixels"}, {0, 200},
             in<Settings>(&Settings::mask, &MaskSettings::smoothing)),
      number({.key = "feather", .help = "softens the edge over so many pixels"}, {0, 1000},
             in<Settings>(&Settings::mask, &MaskSettings::feather)),
      word<mask::Refinement>(
          {.key = "refine", .help = "how the edge is refined: none, edge, or hair (hair and fur)"},
          {{"none", mask::Refinement::None},
           {"edge", mask::Refinement::Edge},
           {"hair", mask::Refinement::Hair}},
          in<Settings>(&Settings::mask, &MaskSettings::refine, &mask::RefineSettings::how)),
      word<mask::KeptPieces>(
          {.key = "objects", .help = "keep-clicked, or all pieces that were found"},
          {{"keep-clicked", mask::KeptPieces::Clicked}, {"all", mask::KeptPieces::All}},
          in<Settings>(&Settings::mask, &MaskSettings::objects)),
      word<mask::NetCompat>(
          {.key = "compat",
           .help = "how to run models: none (as they were trained), or as darktable 5.6 or 5.8 "
                   "does"},
          {{"none", mask::NetCompat::None},
           {"darktable-5.6", mask::NetCompat::Darktable56},
           {"darktable-5.8", mask::NetCompat::Darktable58}},
          in<Settings>(&Settings::compat)),
  };
  append(table, places());
  append(table, mask_file<Settings>());
  table.push_back(word<EditRule>(
      {.section = Section::Output,
       .key = "edits",
       .help = "of an .xmp that is overwritten: keep its edit and add the mask to it, or replace "
               "it",
       .option = ""},
      {{"keep", EditRule::Keep}, {"replace", EditRule::Replace}}, in<Settings>(&Settings::edits)));
  append(table, engine_settings());
  return table;
}

}  // namespace

const Table& depth_settings() {
  static const Table table = make_depth_table();
  return table;
}

const Table& mask_settings() {
  static const Table table = make_mask_table();
  return table;
}

}  // namespace latent::app
