#include "store/url_check.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(url_check)

BOOST_AUTO_TEST_CASE(urls_without_a_password) {
    for (const auto* const good :
         {"", "store.db", "/var/lib/a=b/store.db", "sqlite:///var/lib/sluice/store.db",
          "postgresql:///sluice", "postgres://db.example,db2.example/sluice",
          "postgresql://sluice@db.example:5432/sluice?sslmode=verify-full",
          "postgresql:///?service=sluice", "postgresql://[::1]:5432/sluice",
          "postgresql:///x?passfile=/etc/sluice/pgpass",
          "postgresql:///x?application_name=password"}) {
        BOOST_TEST(sluice::store::objection_to_url(good) == "", good);
    }
}

// docs/security.md, threat 59.
BOOST_AUTO_TEST_CASE(passwords_are_refused_however_they_are_spelt) {
    for (const auto* const bad :
         {"postgresql://sluice:hunter2@db.example/sluice", "postgres://:hunter2@/x",
          "postgresql://sluice:hunter2@/x", "postgresql://u%3ax:hunter2@db/x",
          "postgresql:///sluice?host=db&password=hunter2", "postgresql:///x?sslpassword=hunter2",
          "postgresql:///x?%70assword=hunter2", "postgresql:///x?ssl%70assword=hunter2",
          "postgresql:///x?%70%61%73%73%77%6f%72%64=hunter2"}) {
        const auto objection = sluice::store::objection_to_url(bad);
        BOOST_TEST(objection.find("PGPASSFILE") != std::string::npos, bad);
        BOOST_TEST(objection.find("hunter2") == std::string::npos, bad);
    }
    for (const auto* const bad : {"host=db password=hunter2", "dbname=x user=hunter2",
                                  "postgresql:///x?nosuch=hunter2", "postgresql:///%zzhunter2"}) {
        const auto objection = sluice::store::objection_to_url(bad);
        BOOST_TEST(objection != "", bad);
        BOOST_TEST(objection.find("hunter2") == std::string::npos, bad);
    }
}

BOOST_AUTO_TEST_SUITE_END()
