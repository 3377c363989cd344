#include "core/files/secret_file.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <string_view>

using namespace sluice;
using core::file_secrecy;

namespace {

std::string objection_to(const std::string& path, file_secrecy wanted, std::size_t most = 100) {
    core::trusted_text text;
    return core::read_trusted_file(path, wanted, most, text);
}

} // namespace

BOOST_AUTO_TEST_SUITE(secret_file)

BOOST_AUTO_TEST_CASE(who_else_may_touch_it) {
    struct row {
        mode_t mode;
        std::string_view closed; // part of the objection; empty: none
        std::string_view unwritable;
    };
    const test::temp_dir dir;
    dir.write_file("key", "k");
    for (const auto& [mode, closed, unwritable] :
         {row{0600, "", ""}, row{0400, "", ""}, row{0640, "", ""}, row{0440, "", ""},
          row{0604, "chmod 600", ""}, row{0644, "chmod 600", ""},
          row{0620, "chmod 640", "chmod 640"}, row{0660, "chmod 640", "chmod 640"},
          row{0602, "chmod 600", "chmod 644"}, row{0666, "chmod 600", "chmod 644"}}) {
        BOOST_TEST_REQUIRE(::chmod(dir.path("key").c_str(), mode) == 0);
        const auto of = [&](file_secrecy wanted) { return objection_to(dir.path("key"), wanted); };
        BOOST_TEST_CONTEXT(std::oct << mode) {
            const auto first = of(file_secrecy::closed);
            const auto second = of(file_secrecy::unwritable);
            BOOST_TEST(first.empty() == closed.empty());
            BOOST_TEST(first.find(closed) != std::string::npos, first);
            BOOST_TEST(second.empty() == unwritable.empty());
            BOOST_TEST(second.find(unwritable) != std::string::npos, second);
        }
    }
}

// Owners and groups, as root sees them; test_file_owners.py has them as the service sees them.
BOOST_AUTO_TEST_CASE(whose_it_is) {
    if (::geteuid() != 0) {
        return; // only root can set this up
    }
    const test::temp_dir dir;
    dir.write_secret("key", "k");
    const auto path = dir.path("key");
    const auto of = [&](uid_t user, gid_t group, mode_t mode) {
        BOOST_TEST_REQUIRE(::chown(path.c_str(), user, group) == 0);
        BOOST_TEST_REQUIRE(::chmod(path.c_str(), mode) == 0);
        return objection_to(path, file_secrecy::closed);
    };
    constexpr uid_t service = 65534; // nobody, whose one group is nogroup
    constexpr gid_t its_group = 65534;
    constexpr gid_t foreign = 4; // adm
    BOOST_TEST(of(0, foreign, 0640) == "");
    BOOST_TEST(of(service, its_group, 0600).starts_with("belongs to another user"));
    BOOST_TEST_REQUIRE(::chown(dir.path().c_str(), service, its_group) == 0);
    BOOST_TEST(of(service, its_group, 0600) == "");
    BOOST_TEST(of(service, its_group, 0640) == "");
    BOOST_TEST(of(service, 0, 0440) == "");
    BOOST_TEST(of(service, foreign, 0640).find("can be read by the group adm") == 0U);
    BOOST_TEST(of(service, foreign, 0600) == "");
    BOOST_TEST(of(service, its_group, 0644).find("chmod 600") != std::string::npos);
    BOOST_TEST(of(1, 1, 0600).starts_with("belongs to another user")); // not the directory's owner
}

BOOST_AUTO_TEST_CASE(what_is_no_such_file) {
    const test::temp_dir dir;
    BOOST_TEST(objection_to(dir.path("absent"), file_secrecy::closed).find("cannot be opened") !=
               std::string::npos);
    BOOST_TEST_REQUIRE(::mkfifo(dir.path("fifo").c_str(), 0600) == 0);
    BOOST_TEST(objection_to(dir.path("fifo"), file_secrecy::closed) == "is not a regular file");
    dir.make_dir("folder");
    BOOST_TEST(!objection_to(dir.path("folder"), file_secrecy::closed).empty());
    dir.write_file("long", std::string(101, 'x'));
    ::chmod(dir.path("long").c_str(), 0600);
    BOOST_TEST(!objection_to(dir.path("long"), file_secrecy::closed).empty());
    BOOST_TEST(objection_to(dir.path("long"), file_secrecy::closed, 101).empty());
}

BOOST_AUTO_TEST_SUITE_END()
