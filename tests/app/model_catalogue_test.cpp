// SPDX-License-Identifier: GPL-3.0-or-later
// Repositories of models, and what they offered when they were last asked.
#include <gmock/gmock.h>

#include "app/model_manager.h"
#include "app/model_policy.h"
#include "sample_package.h"
#include "sample_store.h"

namespace latent::app {
namespace {

using testing::HasSubstr;

class ModelCatalogue : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path store() const { return folder_ / "store"; }
  [[nodiscard]] ModelManager manager() const { return ModelManager(setup_in(store())); }
  [[nodiscard]] Status add(const std::string& name, const std::string& url,
                           const std::string& key = "") const {
    models::Repository repository;
    repository.name = name;
    repository.url = url;
    repository.key = key;
    return manager().add_repository(repository);
  }
  /// Puts what "kept" offered in the place where refresh() puts it.
  void keep(std::vector<models::Offer> offers) const {
    ASSERT_TRUE(add("kept", "owner/models"));
    const models::LatentIndex index{"kept", 1, "2026-01-01T00:00:00Z", std::move(offers)};
    models::put_bytes(store() / "catalogue" / "kept.json", models::dump_offers(index));
  }
  static models::Offer offer(const std::string& id, const std::string& licence) {
    models::Offer offer;
    offer.id = id;
    offer.name = id;
    offer.task = "rawdenoise";
    offer.version = "2.0";
    offer.url = "https://example.org/" + id + ".dtmodel";
    offer.sha256 = std::string(64, 'a');
    offer.trust.weights_licence = licence;
    return offer;
  }

  models::ScratchFolder folder_;
};

TEST_F(ModelCatalogue, TakesARepositoryOnceUnderANameThatIsOne) {
  ASSERT_TRUE(add("mine", "owner/models"));
  EXPECT_THAT(add("mine", "owner/other").error().sentence, HasSubstr("already"));
  for (const char* name : {"", "Mine", "a/b", "../x"}) {
    EXPECT_EQ(add(name, "owner/models").error().code, ErrorCode::Usage) << name;
  }
  const auto known = manager().repositories();
  ASSERT_TRUE(known);
  EXPECT_EQ(std::ranges::count(*known, "mine", &models::Repository::name), 1);
}

TEST_F(ModelCatalogue, RefusesAnAddressOrAKeyThatIsNone) {
  EXPECT_FALSE(add("mine", "ftp://example.org/models"));
  EXPECT_FALSE(add("mine", "https://example.org/models", "no key"));
  EXPECT_TRUE(add("mine", "https://example.org/models"));
}

TEST_F(ModelCatalogue, ShowsWhatWasOfferedWithThePolicysObjectionsAndWhatIsInstalled) {
  models::write_zip(folder_ / "sample.dtmodel", models::sample_entries());
  ASSERT_TRUE(manager().import_package(folder_ / "sample.dtmodel", {}, {}));
  keep({offer("other", "MIT"), offer("sample", "GPL-3.0-or-later")});
  ASSERT_TRUE(write_policy(store() / "policy.toml", {.licences = {"GPL-3.0-or-later"}}));
  const auto entries = manager().catalogue();
  ASSERT_TRUE(entries) << entries.error().sentence;
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ((*entries)[0].offer.id, "other");
  EXPECT_EQ((*entries)[0].objections.size(), 1U);
  EXPECT_EQ((*entries)[0].installed_version, "");
  EXPECT_EQ((*entries)[1].repository, "kept");
  EXPECT_THAT((*entries)[1].objections, testing::IsEmpty());
  EXPECT_EQ((*entries)[1].installed_version, "1.2");
}

TEST_F(ModelCatalogue, ForgetsARepositoryWithWhatItOffered) {
  keep({offer("other", "MIT")});
  ASSERT_TRUE(manager().remove_repository("kept"));
  EXPECT_FALSE(std::filesystem::exists(store() / "catalogue" / "kept.json"));
  EXPECT_THAT(*manager().catalogue(), testing::IsEmpty());
  const Status again = manager().remove_repository("kept");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace latent::app
