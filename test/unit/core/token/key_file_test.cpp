#include "core/token/key_file.hpp"
#include "crypto/base64url.hpp"
#include "test/support/problems.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace core = sluice::core;
namespace crypto = sluice::crypto;
using sluice::test::joined;

namespace {

/// A key file with mode 600, removed with the object.
class key_text {
  public:
    explicit key_text(std::string_view text, ::mode_t mode = S_IRUSR | S_IWUSR)
        : path_((std::filesystem::temp_directory_path() /
                 ("sluice-keys-" + std::to_string(::getpid()) + ".json"))
                    .string()) {
        std::ofstream(path_) << text;
        BOOST_REQUIRE(::chmod(path_.c_str(), mode) == 0);
    }
    key_text(const key_text&) = delete;
    key_text& operator=(const key_text&) = delete;
    ~key_text() { std::filesystem::remove(path_); }

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

std::string secret_of(char letter, std::size_t bytes = crypto::min_key_bytes) {
    return crypto::base64url_encode(std::string(bytes, letter));
}

std::string entry(const std::string& kid, const std::string& secret) {
    return R"({"kid": ")" + kid + R"(", "secret": ")" + secret + "\"}";
}

std::string keys_of(const std::vector<std::string>& entries) {
    std::string list;
    for (const auto& each : entries) {
        list += each + ",\n";
    }
    return "{\"keys\": [\n" + list + "]}";
}

std::optional<crypto::secret> secret(std::string_view bytes) {
    return crypto::secret(bytes);
}

/// True when the key named `kid` at `index` is the one made of `letter`.
bool is_key(const core::loaded_keys& keys, std::size_t index, std::string_view kid, char letter) {
    const auto& key = keys.ring.keys().at(index);
    const auto expected = crypto::hmac_key::make(std::string(crypto::min_key_bytes, letter));
    return key.kid() == kid && key.key().mac("message") == expected->mac("message");
}

} // namespace

BOOST_AUTO_TEST_SUITE(key_file)

BOOST_AUTO_TEST_CASE(the_first_key_signs_and_the_order_is_kept) {
    const key_text file("// newest first\n" + keys_of({entry("2024-06", secret_of('a')),
                                                       entry("2024-01", secret_of('b'))}));
    const auto loading = core::load_key_ring(file.path(), std::nullopt);
    BOOST_REQUIRE_MESSAGE(loading.keys, joined(loading.problems));
    BOOST_TEST(loading.keys->ring.keys().size() == 2U);
    BOOST_TEST(loading.keys->ring.newest().kid() == "2024-06");
    BOOST_TEST(is_key(*loading.keys, 0, "2024-06", 'a'));
    BOOST_TEST(is_key(*loading.keys, 1, "2024-01", 'b'));
    BOOST_TEST(!loading.keys->ephemeral);
    BOOST_TEST(loading.keys->notice == "");
}

BOOST_AUTO_TEST_CASE(a_key_that_could_never_be_used_is_a_mistake) {
    const auto with = [](const std::string& times) {
        return keys_of({R"({"kid": "k", "secret": ")" + secret_of('a') + "\", " + times + "}"});
    };
    const key_text good(with(R"("not_before": 100, "not_after": 101)"));
    BOOST_TEST(core::load_key_ring(good.path(), std::nullopt).keys.has_value());
    for (const auto* const times :
         {R"("not_before": 100, "not_after": 100)",
          R"("not_before": "2026-02-01T00:00:00Z", "not_after": "2026-01-01T00:00:00Z")"}) {
        const key_text file(with(times));
        const auto loading = core::load_key_ring(file.path(), std::nullopt);
        BOOST_TEST(!loading.keys);
        BOOST_TEST(joined(loading.problems) ==
                   file.path() + ": key 1 | not_after must be later than not_before\n");
    }
}

BOOST_AUTO_TEST_CASE(the_environment_alone) {
    const auto loading = core::load_key_ring("", secret(std::string(crypto::min_key_bytes, 'e')));
    BOOST_REQUIRE_MESSAGE(loading.keys, joined(loading.problems));
    BOOST_TEST(loading.keys->ring.keys().size() == 1U);
    BOOST_TEST(is_key(*loading.keys, 0, "env", 'e'));
    BOOST_TEST(!loading.keys->ephemeral);
    BOOST_TEST(loading.keys->notice == "");
}

BOOST_AUTO_TEST_CASE(both_is_a_migration) {
    const key_text file(keys_of({entry("new", secret_of('a'))}));
    const auto loading =
        core::load_key_ring(file.path(), secret(std::string(crypto::min_key_bytes, 'e')));
    BOOST_REQUIRE_MESSAGE(loading.keys, joined(loading.problems));
    BOOST_TEST(is_key(*loading.keys, 0, "new", 'a'));
    BOOST_TEST(is_key(*loading.keys, 1, "env", 'e'));
    BOOST_TEST(loading.keys->notice.find("still accepted") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(neither_is_a_random_key_and_says_so) {
    const auto one = core::load_key_ring("", std::nullopt);
    const auto two = core::load_key_ring("", std::nullopt);
    BOOST_REQUIRE(one.keys && two.keys);
    BOOST_TEST(one.keys->ephemeral);
    BOOST_TEST(one.keys->notice.find("tokens become invalid") != std::string::npos);
    BOOST_TEST((one.keys->ring.newest().key().mac("m") != two.keys->ring.newest().key().mac("m")));
}

BOOST_AUTO_TEST_CASE(a_weak_environment_secret_is_refused) {
    for (const std::size_t size : {0U, 1U, 31U}) { // docs/security.md, threat 8
        const auto loading = core::load_key_ring("", secret(std::string(size, 'e')));
        BOOST_TEST_CONTEXT(size) {
            BOOST_TEST(!loading.keys);
            BOOST_TEST(joined(loading.problems) ==
                       "environment SLUICE_SECRET | must have at least 32 bytes\n");
        }
    }
}

BOOST_AUTO_TEST_CASE(the_environment_key_needs_a_name_and_a_place_of_its_own) {
    const auto env = [] { return secret(std::string(crypto::min_key_bytes, 'e')); };
    {
        const key_text file(keys_of({entry("env", secret_of('a'))}));
        BOOST_TEST(core::load_key_ring(file.path(), std::nullopt).keys.has_value());
        const auto loading = core::load_key_ring(file.path(), env());
        BOOST_TEST(!loading.keys);
        BOOST_TEST(joined(loading.problems).find("has the kid \"env\"") != std::string::npos);
    }
    std::vector<std::string> entries;
    for (std::size_t i = 0; i < core::max_keys; ++i) {
        entries.push_back(entry("k" + std::to_string(i), secret_of('a')));
    }
    const key_text file(keys_of(entries));
    BOOST_TEST(core::load_key_ring(file.path(), std::nullopt).keys.has_value());
    BOOST_TEST(!core::load_key_ring(file.path(), env()).keys);
}

BOOST_AUTO_TEST_CASE(contents_that_are_refused_without_showing_them) {
    const std::string hidden = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlYzE"; // 32 bytes
    const auto good = entry("a", hidden);
    struct sample {
        std::string text;
        std::string_view where; // behind the path
        std::string_view what;
    };
    const std::vector<sample> samples{
        {"", "", "line 1, column 1"},
        {hidden, "", "not valid JSON"},
        {"[" + good + "]", "", "one object"},
        {"{}", "", "one object"},
        {R"({"keys": {}})", "", "one object"},
        {R"({"keys": []})", "", "1 to 16 keys"},
        {R"({"keys": [)" + good + R"(], "more": 1})", "", "only member"},
        {R"({"keys": [)" + good + R"(], "keys": []})", "", "\"keys\" is given twice"},
        {keys_of(std::vector<std::string>(17, good)), "", "1 to 16 keys"},
        {keys_of({"\"" + hidden + "\""}), ": key 1",
         "an object with the members \"kid\" and \"secret\""},
        {keys_of({R"({"kid": "a"})"}), ": key 1",
         "an object with the members \"kid\" and \"secret\""},
        {keys_of({R"({"kid": "a", "secret": ")" + hidden + R"(", "alg": "HS256"})"}), ": key 1",
         "an object with the members \"kid\" and \"secret\""},
        {keys_of({R"({"kid": "a", "secret": ")" + hidden + R"(", "secret": "b"})"}), "",
         "\"secret\" is given twice"},
        {keys_of({good, entry("a", secret_of('b'))}), ": key 2", "same as that of an earlier"},
        {keys_of({entry("", hidden)}), ": key 1", "kid must be"},
        {keys_of({entry("a b", hidden)}), ": key 1", "kid must be"},
        {keys_of({entry("../../dev/null", hidden)}), ": key 1", "kid must be"},
        {keys_of({entry(std::string(65, 'k'), hidden)}), ": key 1", "kid must be"},
        {keys_of({R"({"kid": 7, "secret": ")" + hidden + "\"}"}), ": key 1", "kid must be"},
        {keys_of({good, entry("b", hidden + "=")}), ": key 2", "base64url"},
        {keys_of({entry("a", hidden + "+/")}), ": key 1", "base64url"},
        {keys_of({entry("a", hidden.substr(0, 42))}), ": key 1", "base64url"}, // not canonical
        {keys_of({entry("a", secret_of('s', 31))}), ": key 1", "at least 32 bytes"},
        {keys_of({entry("a", "")}), ": key 1", "at least 32 bytes"},
        {keys_of({R"({"kid": "a", "secret": 12345})"}), ": key 1", "at least 32 bytes"},
        {std::string(core::max_key_file_bytes + 1, ' '), "", "is larger than"},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.text.substr(0, 200)) {
            const key_text file(each.text);
            const auto loading = core::load_key_ring(file.path(), std::nullopt);
            const auto text = joined(loading.problems);
            BOOST_TEST(!loading.keys);
            BOOST_REQUIRE_MESSAGE(loading.problems.size() == 1U, text);
            BOOST_TEST(loading.problems[0].where == file.path() + std::string(each.where));
            BOOST_TEST(loading.problems[0].what.find(each.what) != std::string::npos, text);
            BOOST_TEST(text.find(hidden.substr(0, 8)) == std::string::npos, text);
        }
    }
}

BOOST_AUTO_TEST_CASE(all_faults_of_a_file_at_once) {
    const key_text file(keys_of({entry("a b", "short"), entry("ok", secret_of('a')), "7"}));
    const auto loading = core::load_key_ring(file.path(), secret("short"));
    BOOST_TEST(!loading.keys);
    BOOST_TEST(loading.problems.size() == 4U, joined(loading.problems));
}

BOOST_AUTO_TEST_CASE(files_that_others_can_touch) {
    const auto text = keys_of({entry("a", secret_of('a'))});
    for (const ::mode_t mode : {0660U, 0604U, 0602U, 0601U, 0620U, 0644U, 0666U}) {
        BOOST_TEST_CONTEXT(mode) {
            const key_text file(text, mode);
            const auto loading = core::load_key_ring(file.path(), std::nullopt);
            BOOST_TEST(!loading.keys);
            BOOST_TEST(joined(loading.problems).find("chmod 6") != std::string::npos);
        }
    }
    for (const ::mode_t mode : {0600U, 0400U, 0700U, 0640U, 0440U}) {
        BOOST_TEST_CONTEXT(mode) {
            const key_text file(text, mode);
            BOOST_TEST(core::load_key_ring(file.path(), std::nullopt).keys.has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_file_of_another_user) {
    const key_text file(keys_of({entry("a", secret_of('a'))}));
    if (::chown(file.path().c_str(), 65534, 65534) != 0) {
        return; // only root can set this up
    }
    const auto loading = core::load_key_ring(file.path(), std::nullopt);
    BOOST_TEST(!loading.keys);
    BOOST_TEST(joined(loading.problems).find("another user, nobody") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_no_regular_file) {
    const auto folder = std::filesystem::temp_directory_path();
    const auto fifo = (folder / ("sluice-fifo-" + std::to_string(::getpid()))).string();
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    for (const std::string& path : {fifo, folder.string(), std::string("/dev/null")}) {
        BOOST_TEST_CONTEXT(path) {
            const auto loading = core::load_key_ring(path, std::nullopt);
            BOOST_TEST(!loading.keys);
            BOOST_TEST(joined(loading.problems).find("not a regular file") != std::string::npos);
        }
    }
    std::filesystem::remove(fifo);
    const auto loading = core::load_key_ring("/nonexistent/keys.json", std::nullopt);
    BOOST_TEST(joined(loading.problems).find("cannot be opened") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_reload_reads_the_file_again_and_keeps_what_it_cannot_read) {
    const auto env = secret(std::string(crypto::min_key_bytes, 'e'));
    const auto from_env = core::load_key_ring("", env).keys.value();
    BOOST_TEST(is_key(core::reload_key_ring("", from_env).keys.value(), 0, "env", 'e'));
    {
        const key_text file(keys_of({entry("a", secret_of('a'))}));
        const auto both = core::reload_key_ring(file.path(), from_env).keys.value();
        BOOST_TEST(is_key(both, 0, "a", 'a'));
        BOOST_TEST(is_key(both, 1, "env", 'e'));
        const key_text changed(keys_of({entry("b", secret_of('b'))})); // under the same name
        const auto again = core::reload_key_ring(file.path(), both).keys.value();
        BOOST_TEST(is_key(again, 0, "b", 'b'));
        BOOST_TEST(is_key(again, 1, "env", 'e'));
    }
    const auto gone = core::reload_key_ring("/nonexistent/keys", from_env);
    BOOST_TEST(!gone.keys);
    BOOST_TEST(joined(gone.problems).find("cannot be opened") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_reload_keeps_a_random_key_and_never_falls_back_to_one) {
    const auto random = core::load_key_ring("", std::nullopt).keys.value();
    const auto kept = core::reload_key_ring("", random).keys.value();
    BOOST_TEST(kept.ephemeral);
    BOOST_TEST((kept.ring.newest().key().mac("m") == random.ring.newest().key().mac("m")));

    const key_text file(keys_of({entry("a", secret_of('a'))}));
    const auto with_file = core::reload_key_ring(file.path(), random).keys.value();
    BOOST_TEST(!with_file.ephemeral);
    BOOST_TEST(with_file.ring.keys().size() == 1U);
    const auto without = core::reload_key_ring("", with_file);
    BOOST_TEST(!without.keys);
    BOOST_TEST(joined(without.problems).find("no key would be left") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
