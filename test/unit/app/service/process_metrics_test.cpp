#include "app/service/process_metrics.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <string>

using sluice::app::process_metrics;

namespace {

double value_of(const std::string& name) {
    std::string text;
    process_metrics().append(text);
    const auto at = text.find("\n" + name + " ");
    BOOST_REQUIRE(at != std::string::npos);
    return std::stod(text.substr(at + name.size() + 2));
}

} // namespace

BOOST_AUTO_TEST_SUITE(process)

BOOST_AUTO_TEST_CASE(every_figure_is_plausible) {
    BOOST_TEST(value_of("process_cpu_seconds_total") > 0);
    BOOST_TEST(value_of("process_resident_memory_bytes") > 1e6);
    BOOST_TEST(value_of("process_virtual_memory_bytes") >=
               value_of("process_resident_memory_bytes"));
    BOOST_TEST(value_of("process_threads") == 1);
    BOOST_TEST(value_of("process_start_time_seconds") > 1.7e9);
}

BOOST_AUTO_TEST_CASE(descriptors_are_counted) {
    const auto before = value_of("process_open_fds");
    const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    BOOST_TEST(value_of("process_open_fds") == before + 1);
    ::close(fd);
    BOOST_TEST(value_of("process_max_fds") > before);
}

BOOST_AUTO_TEST_SUITE_END()
