#include "app/status/control_entrance.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(control_entrance)

BOOST_AUTO_TEST_CASE(only_root_and_the_user_of_the_service_may_ask) {
    using entrance = sluice::app::control_entrance;
    BOOST_TEST(entrance::may_ask(0, 1000));
    BOOST_TEST(entrance::may_ask(1000, 1000));
    BOOST_TEST(!entrance::may_ask(1001, 1000));
    BOOST_TEST(!entrance::may_ask(65534, 0));
}

BOOST_AUTO_TEST_SUITE_END()
