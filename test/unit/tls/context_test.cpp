#include "test/support/certificate.hpp"
#include "test/support/temp_dir.hpp"
#include "tls/context.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/ssl.h>

#include <stdexcept>

using namespace sluice;

namespace {

struct fixture {
    fixture() { write(one); }

    void write(const test::certificate& pair) {
        folder.write_file("tls.crt", pair.chain);
        folder.write_secret("tls.key", pair.key);
    }

    [[nodiscard]] core::listener_settings listener() const {
        core::listener_settings settings;
        settings.certificate = folder.path("tls.crt");
        settings.key = folder.path("tls.key");
        return settings;
    }

    // The reason why the files cannot be used; empty when they can.
    [[nodiscard]] std::string refusal() const {
        try {
            static_cast<void>(tls::context(listener()).load({}));
            return {};
        } catch (const std::runtime_error& fault) {
            return fault.what();
        }
    }

    test::temp_dir folder;
    test::certificate one = test::make_certificate();
};

} // namespace

BOOST_AUTO_TEST_SUITE(context_suite)

BOOST_FIXTURE_TEST_CASE(files_are_taken_or_refused_with_the_reason, fixture) {
    const auto other = test::make_certificate();
    const auto certificate = listener().certificate;
    const auto key = listener().key;
    const auto half = one.chain.substr(0, one.chain.size() / 2);
    const struct {
        test::certificate pair;
        std::string reason;
    } table[] = {
        {one, ""},
        {{one.chain + other.chain, one.key}, ""},
        {{"", one.key},
         "certificate " + certificate + ": no PEM certificate or key found in this file"},
        {{one.key, one.key},
         "certificate " + certificate + ": no PEM certificate or key found in this file"},
        {{half, one.key}, "certificate " + certificate + ": bad end line"},
        {{one.chain, ""}, "key " + key + ": unsupported"},
        {{one.chain, other.key}, "key " + key + ": does not match " + certificate},
    };
    for (const auto& row : table) {
        BOOST_TEST_CONTEXT(row.reason) {
            write(row.pair);
            BOOST_TEST(refusal() == row.reason);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(one_that_has_expired_can_be_used_and_says_so, fixture) {
    write(test::make_certificate(std::chrono::hours(-1)));
    tls::context context(listener());
    context.use(context.load({}));
    const auto now = std::chrono::system_clock::now();
    BOOST_TEST((context.valid().until < now));
    BOOST_TEST((context.valid().from < context.valid().until));
}

BOOST_FIXTURE_TEST_CASE(what_is_in_use_stays_until_the_next_is_used, fixture) {
    tls::context context(listener());
    context.use(context.load({}));
    const auto before = context.valid().until;
    write(test::make_certificate(std::chrono::hours(48)));
    auto next = context.load({});
    BOOST_TEST((context.valid().until == before));
    context.use(std::move(next));
    BOOST_TEST((context.valid().until > before));
}

BOOST_FIXTURE_TEST_CASE(the_oldest_version_is_the_setting, fixture) {
    const tls::context context(listener());
    core::config::tls_section settings;
    BOOST_TEST(SSL_CTX_get_min_proto_version(context.load(settings).get()) == TLS1_2_VERSION);
    settings.min_version = core::tls_version::v1_3;
    BOOST_TEST(SSL_CTX_get_min_proto_version(context.load(settings).get()) == TLS1_3_VERSION);
}

BOOST_AUTO_TEST_SUITE_END()
