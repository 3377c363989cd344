"""The rules of scripts/check_layers on small trees that break them, one each."""

import importlib.machinery
import importlib.util
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
_loader = importlib.machinery.SourceFileLoader("check_layers", str(ROOT / "scripts/check_layers"))
rules = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_layers", _loader))
_loader.exec_module(rules)

LAYERS = {"core": (set(), r"boost/asio"), "http": ({"core"}, r"openssl/")}
ROOMS = {"core/base": set(), "core/token": {"core/base"}, "http/loop": set()}


def offences(texts, layers=None, rooms=None, most=3):
    return [text for _, _, text in
            rules.room_offences(texts, layers or LAYERS, rooms or ROOMS, most)]


class RoomRule(unittest.TestCase):
    def test_arrows_of_the_table_pass(self):
        self.assertEqual([], offences({
            "core/base/a.hpp": ["#pragma once", "#include <string>"],
            "core/token/b.hpp": ['#include "core/base/a.hpp"'],
            "core/token/b.cpp": ['#include "core/token/b.hpp"'],
            "http/loop/c.cpp": ['#include "core/token/b.hpp"', "#include <boost/asio.hpp>"]}))

    def test_an_arrow_back_to_a_room_is_found(self):
        found = offences({"core/base/a.hpp": ['#include "core/token/b.hpp"']})
        self.assertEqual(['core/base must not include "core/token/b.hpp"'], found)

    def test_an_arrow_back_to_a_layer_is_found(self):
        found = offences({"core/base/a.cpp": ['#include "http/loop/c.hpp"']})
        self.assertEqual(['core/base must not include "http/loop/c.hpp"'], found)

    def test_a_library_that_a_layer_may_not_see_is_found(self):
        found = offences({"core/base/a.cpp": ["#include <boost/asio/post.hpp>"]})
        self.assertEqual(["core must not include <boost/asio/post.hpp>"], found)

    def test_a_circle_in_the_table_is_found(self):
        found = offences({}, rooms=ROOMS | {"core/base": {"core/token"}})
        self.assertEqual(
            ["the table of rooms has a circle: core/base -> core/token -> core/base"], found)

    def test_a_circle_of_layers_is_found(self):
        found = offences({}, layers=LAYERS | {"core": ({"http"}, "x")})
        self.assertEqual(["the table of layers has a circle: core -> http -> core"], found)

    def test_a_circle_of_headers_inside_a_room_is_found(self):
        found = offences({"core/base/a.hpp": ['#include "core/base/b.hpp"'],
                          "core/base/b.hpp": ['#include "core/base/a.hpp"']})
        self.assertEqual(["headers include each other: "
                          "core/base/a.hpp -> core/base/b.hpp -> core/base/a.hpp"], found)

    def test_a_room_that_is_too_large_is_found(self):
        found = offences({f"core/base/{name}.hpp": [""] for name in "abcd"})
        self.assertEqual(["core/base holds 4 files; make another room (at most 3)"], found)

    def test_a_file_outside_every_room_is_found(self):
        self.assertEqual(["core is no room of the table in scripts/check_layers"],
                         offences({"core/a.hpp": [""]}))

    def test_an_include_of_no_room_is_found(self):
        found = offences({"core/base/a.hpp": ['#include "core/bse/b.hpp"']})
        self.assertEqual(
            ['"core/bse/b.hpp" lies in no room of the table in scripts/check_layers'], found)

    def test_a_table_that_names_no_room_is_found(self):
        found = offences({}, rooms=ROOMS | {"core/base": {"core/bse"}})
        self.assertEqual(["room core/base: core/bse is no room of the layer core"], found)

    def test_a_file_that_is_too_long_is_found(self):
        lines = ["x"] * (rules.MAX_LINES + 1)
        found = [text for _, text in rules.file_offences(pathlib.Path("a.cpp"), lines)]
        self.assertEqual(1, len(found))
        self.assertEqual([], list(rules.file_offences(pathlib.Path("a.cpp"), lines[1:])))

    def test_a_path_that_does_not_exist_is_found(self):
        def found(path, line):
            return [text for _, text in rules.mention_offences(path, [line])]

        self.assertEqual(["mentions core/base/gone.hpp, which does not exist"],
                         found("docs/a.md", "see `core/base/gone.hpp`"))
        self.assertEqual(["mentions http/loop/gone, which does not exist"],
                         found("core/base/a.cpp", "// by http/loop/gone."))
        for line in ("core/base/error", "../core/base/error.hpp", "docs/decisions/0013", "http/1.1",
                     "https://example.org/docs/gone.md", "core/base/<name>.hpp", "http/handlers"):
            self.assertEqual([], found("docs/a.md", line), line)
        self.assertEqual([], found("CHANGELOG.md", "core/base/gone.hpp"))

    def test_a_citation_of_nothing_is_found(self):
        def found(line):
            return [text for _, text in
                    rules.citation_offences("a.cpp", [line], {"3"}, {"1"})]

        self.assertEqual([], found("// docs/security.md, threats 3 and docs/api.md §1"))
        self.assertEqual(["cites docs/security.md, threat 4, which does not exist"],
                         found("// docs/security.md, threat 4"))
        self.assertEqual(["cites docs/api.md §2, which does not exist"], found("// docs/api.md §2"))
        self.assertEqual(1, len(found("// contract §1")))
        self.assertEqual(1, len(found("// a limit (threats row 49)")))
        self.assertEqual(1, len(found("x // threats 61")))


class Tree(unittest.TestCase):
    def test_the_tree_obeys(self):
        self.assertEqual(0, rules.main())


if __name__ == "__main__":
    unittest.main()
