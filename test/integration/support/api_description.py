"""Checks responses against docs/openapi.yaml: finds the operation of a response and validates the
response."""

import fnmatch
import json
import pathlib

import yaml
from jsonschema import Draft202012Validator, RefResolver

PATH = pathlib.Path(__file__).resolve().parents[3] / "docs/openapi.yaml"
PREFIX = "urn:sluice:problem:"


class ApiDescription:
    def __init__(self, path=PATH):
        self.document = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.resolver = RefResolver("", self.document)
        #: operationId → (path, its object)
        self.operations = {}
        #: operationId → the method
        self.methods = {}
        for path, methods in self.document["paths"].items():
            for method in {"get", "head", "options"} & set(methods):
                operation = methods[method]["operationId"]
                self.operations[operation] = (path, methods[method])
                self.methods[operation] = method.upper()

    def resolve(self, node):
        """The target of a $ref; any other value unchanged."""
        while isinstance(node, dict) and "$ref" in node:
            node = self.resolver.resolve(node["$ref"])[1]
        return node

    def responses(self, operation):
        """status (or "default") → the response object."""
        described = self.operations[operation][1]["responses"]
        return {status: self.resolve(response) for status, response in described.items()}

    def promises(self):
        """Every (operation, status, problem slug or None) that the document lists for GET."""
        for operation in sorted(name for name, method in self.methods.items() if method == "GET"):
            for status, response in self.responses(operation).items():
                if status != "default":
                    for slug in response.get("x-problems", [None]):
                        yield operation, int(status), slug

    def parameters(self, operation):
        path, described = self.operations[operation]
        shared = self.document["paths"][path].get("parameters", [])
        return [self.resolve(each) for each in [*shared, *described.get("parameters", [])]]

    def check(self, operation, response):
        """Fails unless the document allows this response; returns the problem's slug or None."""
        responses = self.responses(operation)
        described = responses.get(str(response.status))
        if described is None:
            assert response.status >= 400, f"{operation} answered {response.status}: not described"
            described = responses["default"]
        self._check_headers(described, response)
        self._check_content(described, response)
        if "problem+json" not in (response.get("Content-Type") or ""):
            return None
        slug = response.json()["type"].removeprefix(PREFIX)
        allowed = described.get("x-problems")
        is_of_every_path = slug not in {each for _, _, each in self.promises()}
        assert allowed is None or slug in allowed or is_of_every_path, (operation, slug)
        return slug

    def check_without_content(self, operation, response):
        """The same for the response to a HEAD or OPTIONS, which has no content."""
        responses = self.responses(operation)
        described = responses.get(str(response.status), responses["default"])
        assert response.body == b"" and "content" not in described
        self._check_headers(described, response)

    def _check_headers(self, described, response):
        for name, header in described.get("headers", {}).items():
            header = self.resolve(header)
            value = response.get(name)
            if value is None:
                assert not header.get("required"), f"{response.status} without {name}"
            else:
                self._validate(value, header["schema"])

    def _check_content(self, described, response):
        content = described.get("content")
        if content is None:
            assert response.body == b"" and response.get("Content-Type") is None
            return
        kind = response.get("Content-Type").split(";")[0]
        matching = [each for each in content if fnmatch.fnmatch(kind, each)]
        assert matching, f"{kind} is not among {list(content)}"
        if kind.endswith("json"):
            self._validate(json.loads(response.body), content[matching[0]]["schema"])

    def _validate(self, value, schema):
        Draft202012Validator(schema, resolver=self.resolver).validate(value)
