#include "core/access/store_url.hpp"

#include <boost/test/unit_test.hpp>

namespace core = sluice::core;

BOOST_AUTO_TEST_SUITE(store_url)

BOOST_AUTO_TEST_CASE(what_can_be_a_store) {
    for (const auto* const good :
         {"/var/lib/sluice/store.db", "store.db", "sqlite:///var/lib/sluice/store.db",
          "postgresql:///sluice", "postgresql://sluice@db.example:5432/sluice?sslmode=verify-full",
          "postgres://db.example,db2.example/sluice", "postgresql:///?service=sluice",
          "postgresql://[::1]:5432/sluice"}) {
        BOOST_TEST(core::objection_to_store_url(good) == "", good);
    }
    for (const auto* const bad : {"mysql://db/sluice", "sqlite://store.db", "http://db.example",
                                  "postgresql:/u:p@db/x", "POSTGRES://db/x"}) {
        BOOST_TEST(core::objection_to_store_url(bad) != "", bad);
    }
}

BOOST_AUTO_TEST_CASE(paths) {
    BOOST_TEST(core::sqlite_path("sqlite:///var/x.db") == "/var/x.db");
    BOOST_TEST(core::sqlite_path("x.db") == "x.db");
    BOOST_TEST(core::is_postgres_url("postgres://x"));
    BOOST_TEST(!core::is_postgres_url("sqlite:///postgres://x"));
}

BOOST_AUTO_TEST_SUITE_END()
