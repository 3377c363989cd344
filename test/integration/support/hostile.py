"""A table of messages, byte for byte, that a strict HTTP/1.1 server rejects. The tests send them to
this service; scripts/compare_strictness sends them to other servers too. The rules are those of RFC
9110 and RFC 9112; where these allow a choice, the table has the stricter one."""

from dataclasses import dataclass

HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


@dataclass(frozen=True)
class Case:
    """One message. `statuses`: the correct status codes."""

    group: str
    name: str
    data: bytes
    statuses: frozenset

    @property
    def id(self):
        return f"{self.group}: {self.name}"


def _cases(group, statuses, messages):
    return [Case(group, name, data, frozenset(statuses)) for name, data in messages.items()]


def _line(line):
    return line + b"\r\nHost: x\r\n\r\n"


def _target(target):
    return _line(b"GET " + target + b" HTTP/1.1")


def _fields(fields):
    return HEAD + fields + b"\r\n"


def _host(value):
    return b"GET /healthz HTTP/1.1\r\nHost: " + value + b"\r\n\r\n"


VERSIONS = _cases(
    "version",
    {400},
    {
        "none (HTTP/0.9)": b"GET /healthz\r\n\r\n",
        "lower case": _line(b"GET /healthz http/1.1"),
        "mixed case": _line(b"GET /healthz Http/1.1"),
        "without minor": _line(b"GET /healthz HTTP/1"),
        "leading zeros": _line(b"GET /healthz HTTP/01.01"),
        "two digits": _line(b"GET /healthz HTTP/1.10"),
        "comma": _line(b"GET /healthz HTTP/1,1"),
        "sign": _line(b"GET /healthz HTTP/+1.1"),
        "space before the number": _line(b"GET /healthz HTTP/ 1.1"),
        "space after": _line(b"GET /healthz HTTP/1.1 "),
        "tab after": _line(b"GET /healthz HTTP/1.1\t"),
        "text after": _line(b"GET /healthz HTTP/1.1 x"),
        "another protocol": _line(b"GET /healthz ICY/1.1"),
        "NUL after": _line(b"GET /healthz HTTP/1.1\0"),
    },
) + _cases(
    "version",
    {505},
    {
        "0.9 spelt out": _line(b"GET /healthz HTTP/0.9"),
        "1.2": _line(b"GET /healthz HTTP/1.2"),
        "2.0": _line(b"GET /healthz HTTP/2.0"),
        "3.0": _line(b"GET /healthz HTTP/3.0"),
        "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    },
)

METHODS = _cases(
    "method",
    {400},
    {
        "empty": _line(b" /healthz HTTP/1.1"),
        "at sign": _line(b"G@T /healthz HTTP/1.1"),
        "parenthesis": _line(b"G(T /healthz HTTP/1.1"),
        "quotes": _line(b'"GET" /healthz HTTP/1.1'),
        "colon": _line(b"GET: /healthz HTTP/1.1"),
        "control": _line(b"G\x01T /healthz HTTP/1.1"),
        "NUL": _line(b"GE\0T /healthz HTTP/1.1"),
        "beyond ASCII": _line("GÉT /healthz HTTP/1.1".encode()),
        "tabs instead of spaces": _line(b"GET\t/healthz\tHTTP/1.1"),
        "vertical tab": _line(b"GET\x0b/healthz HTTP/1.1"),
        "two spaces": _line(b"GET  /healthz HTTP/1.1"),
        "two spaces before the version": _line(b"GET /healthz  HTTP/1.1"),
        "leading space": _line(b" GET /healthz HTTP/1.1"),
        "leading tab": _line(b"\tGET /healthz HTTP/1.1"),
        "no target": _line(b"GET HTTP/1.1"),
        "CONNECT": _line(b"CONNECT x:80 HTTP/1.1"),
    },
) + _cases(
    "method",
    {501},
    {
        "lower case": _line(b"get /healthz HTTP/1.1"),
        "unknown": _line(b"BREW /healthz HTTP/1.1"),
        "200 letters": _line(b"A" * 200 + b" /healthz HTTP/1.1"),
        "20,000 letters": _line(b"A" * 20_000 + b" /healthz HTTP/1.1"),
        "letters without an end": b"A" * 20_000,
    },
)

TARGETS = _cases(
    "target",
    {400},
    {
        "space": _target(b"/health z"),
        "tab": _target(b"/health\tz"),
        "NUL": _target(b"/health\0z"),
        "DEL": _target(b"/health\x7fz"),
        "control": _target(b"/health\x1fz"),
        "byte beyond ASCII": _target(b"/health\xffz"),
        "UTF-8": _target("/é".encode()),
        "fragment": _target(b"/healthz#x"),
        "quotation mark": _target(b'/health"z'),
        "angle brackets": _target(b"/<healthz>"),
        "backslash": _target(b"\\healthz"),
        "backslash within": _target(b"/a\\..\\healthz"),
        "bad escape": _target(b"/healthz%"),
        "bad escape, letters": _target(b"/healthz%zz"),
        "escaped NUL": _target(b"/healthz%00"),
        "escaped line break": _target(b"/healthz%0d%0aX-A:%20b"),
        "escaped slash": _target(b"/a%2fhealthz"),
        "escaped backslash": _target(b"/a%5chealthz"),
        "dot segments": _target(b"/a/../healthz"),
        "escaped dot segments": _target(b"/a/%2e%2e/healthz"),
        "dot segments with a parameter": _target(b"/a/..;/healthz"),
        "overlong UTF-8": _target(b"/%c0%ae%c0%ae/healthz"),
        "empty segment": _target(b"//healthz"),
        "no slash": _target(b"healthz"),
        "asterisk for GET": _target(b"*"),
        "authority for GET": _target(b"x:80"),
        "another scheme": _target(b"ftp://x/healthz"),
        "scheme without a host": _target(b"http:///healthz"),
        "scheme alone": _target(b"http://"),
        "user in the authority": _target(b"http://user@x/healthz"),
        "port out of range": _target(b"http://x:65536/healthz"),
        "fragment after the authority": _target(b"http://x#/healthz"),
        "backslash after the authority": _target(b"http://x\\@y/healthz"),
    },
)

FIELDS = _cases(
    "field",
    {400},
    {
        "space before the colon": _fields(b"X-A : b\r\n"),
        "tab before the colon": _fields(b"X-A\t: b\r\n"),
        "space before the first name": b"GET /healthz HTTP/1.1\r\n Host: x\r\n\r\n",
        "folded line": _fields(b"X-A: b\r\n c\r\n"),
        "folded line, tab": _fields(b"X-A: b\r\n\tc\r\n"),
        "folded line, empty": _fields(b"X-A: b\r\n \r\n"),
        "folded length": _fields(b"Content-Length:\r\n 0\r\n"),
        "no colon": _fields(b"X-A\r\n"),
        "empty name": _fields(b": b\r\n"),
        "space within the name": _fields(b"X A: b\r\n"),
        "control within the name": _fields(b"X\x01A: b\r\n"),
        "NUL within the name": _fields(b"X\0A: b\r\n"),
        "parentheses within the name": _fields(b"X(A): b\r\n"),
        "name beyond ASCII": _fields("X-É: b\r\n".encode()),
        "NUL": _fields(b"X-A: b\0c\r\n"),
        "control": _fields(b"X-A: b\x01c\r\n"),
        "vertical tab": _fields(b"X-A: b\x0bc\r\n"),
        "form feed": _fields(b"X-A: b\x0cc\r\n"),
        "escape": _fields(b"X-A: \x1b[2J\r\n"),
        "DEL": _fields(b"X-A: b\x7fc\r\n"),
        "bare CR within": _fields(b"X-A: b\rX-B: c\r\n"),
        "bare CR at the end": _fields(b"X-A: b\r\r\n"),
        "bare LF": _fields(b"X-A: b\nX-B: c\r\n"),
        "bare LF at the end": HEAD + b"X-A: b\n\n",
        "bare LF after the request line": b"GET /healthz HTTP/1.1\nHost: x\r\n\r\n",
        "LF CR": HEAD + b"X-A: b\n\r\n\r",
        "leading LF": b"\n" + HEAD + b"\r\n",
        "leading CR alone": b"\r" + HEAD + b"\r\n",
        "two Authorization": _fields(b"Authorization: a b\r\nAuthorization: a b\r\n"),
        "two Content-Type": _fields(b"Content-Type: a/b\r\nContent-Type: a/b\r\n"),
        "two Expect": _fields(b"Expect: 100-continue\r\nExpect: 100-continue\r\n"),
        "two Range": _fields(b"Range: bytes=0-0\r\nRange: bytes=1-1\r\n"),
        "two If-Range": _fields(b'If-Range: "a"\r\nIf-Range: "b"\r\n'),
        "two If-Modified-Since": _fields(
            b"If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n" * 2
        ),
        "two If-Unmodified-Since": _fields(
            b"If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n" * 2
        ),
        "two Origin": _fields(b"Origin: https://a.example\r\nOrigin: https://b.example\r\n"),
    },
) + _cases("field", {417}, {"unknown expectation": _fields(b"Expect: the-unexpected\r\n")})

HOSTS = _cases(
    "host",
    {400},
    {
        "none": b"GET /healthz HTTP/1.1\r\n\r\n",
        "empty": _host(b""),
        "spaces alone": _host(b"   "),
        "two": _fields(b"Host: x\r\n"),
        "two that differ": _fields(b"Host: y\r\n"),
        "two on HTTP/1.0": b"GET /healthz HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
        "list": _host(b"x, y"),
        "user": _host(b"user@x"),
        "path": _host(b"x/healthz"),
        "query": _host(b"x?y"),
        "fragment": _host(b"x#y"),
        "space": _host(b"x y"),
        "scheme": _host(b"http://x"),
        "port of letters": _host(b"x:y"),
        "two ports": _host(b"x:80:80"),
        "signed port": _host(b"x:+80"),
        "port out of range": _host(b"x:65536"),
        "port without a host": _host(b":80"),
        "open bracket": _host(b"[::1"),
        "bracket around a name": _host(b"[x]"),
        "IPv6 with too many groups": _host(b"[1:2:3:4:5:6:7:8:9]"),
        "IPv6 with a zone": _host(b"[fe80::1%25eth0]"),
        "text after the bracket": _host(b"[::1]x"),
        "backslash": _host(b"x\\y"),
        "percent escape": _host(b"x%00y"),
        "quotation mark": _host(b'x"y'),
        "beyond ASCII": _host("é.example".encode()),
        "300 bytes": _host(b"x" * 300),
    },
)

LENGTHS = _cases(
    "length",
    {400},
    {
        "two": _fields(b"Content-Length: 0\r\nContent-Length: 44\r\n"),
        "two equal": _fields(b"Content-Length: 0\r\nContent-Length: 0\r\n"),
        "two, one in lower case": _fields(b"Content-Length: 0\r\ncontent-length: 0\r\n"),
        "list": _fields(b"Content-Length: 0, 0\r\n"),
        "empty": _fields(b"Content-Length:\r\n"),
        "plus": _fields(b"Content-Length: +0\r\n"),
        "minus": _fields(b"Content-Length: -1\r\n"),
        "inner space": _fields(b"Content-Length: 0 0\r\n"),
        "hexadecimal": _fields(b"Content-Length: 0x0\r\n"),
        "underscore": _fields(b"Content-Length: 1_0\r\n"),
        "fraction": _fields(b"Content-Length: 0.0\r\n"),
        "exponent": _fields(b"Content-Length: 0e0\r\n"),
        "letters": _fields(b"Content-Length: zero\r\n"),
        "Arabic digit": _fields("Content-Length: ٠\r\n".encode()),
        "2^64": _fields(b"Content-Length: 18446744073709551616\r\n"),
        "20 digits": _fields(b"Content-Length: 99999999999999999999\r\n"),
        "content for GET": _fields(b"Content-Length: 5\r\n") + b"hello",
        "content for HEAD": b"HEAD" + _fields(b"Content-Length: 5\r\n")[3:] + b"hello",
    },
) + _cases(
    "length",
    {413},
    {
        "a gigabyte": _fields(b"Content-Length: 1073741824\r\n"),
        "2^64 - 1": _fields(b"Content-Length: 18446744073709551615\r\n"),
    },
)

CODINGS = _cases(
    "coding",
    {400},
    {
        "length before chunked": _fields(b"Content-Length: 5\r\n" + CHUNKED) + b"0\r\n\r\n",
        "length after chunked": _fields(CHUNKED + b"Content-Length: 5\r\n") + b"0\r\n\r\n",
        "length and identity": _fields(b"Transfer-Encoding: identity\r\nContent-Length: 0\r\n"),
        "length and xchunked": _fields(b"Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n"),
        "length and nothing": _fields(b"Transfer-Encoding:\r\nContent-Length: 0\r\n"),
        "empty": _fields(b"Transfer-Encoding:\r\n"),
        "gzip, chunked": _fields(b"Transfer-Encoding: gzip, chunked\r\n") + b"0\r\n\r\n",
        "chunked, gzip": _fields(b"Transfer-Encoding: chunked, gzip\r\n") + b"0\r\n\r\n",
        "chunked, chunked": _fields(b"Transfer-Encoding: chunked, chunked\r\n") + b"0\r\n\r\n",
        "chunked twice": _fields(CHUNKED * 2) + b"0\r\n\r\n",
        "gzip, then chunked": _fields(b"Transfer-Encoding: gzip\r\n" + CHUNKED) + b"0\r\n\r\n",
        "chunked, then gzip": _fields(CHUNKED + b"Transfer-Encoding: gzip\r\n") + b"0\r\n\r\n",
        "leading comma": _fields(b"Transfer-Encoding: ,chunked\r\n") + b"0\r\n\r\n",
        "trailing comma": _fields(b"Transfer-Encoding: chunked,\r\n") + b"0\r\n\r\n",
        "parameter": _fields(b"Transfer-Encoding: chunked;q=1\r\n") + b"0\r\n\r\n",
        "folded": _fields(b"Transfer-Encoding:\r\n chunked\r\n") + b"0\r\n\r\n",
        "space before the colon": _fields(b"Transfer-Encoding : chunked\r\n") + b"0\r\n\r\n",
        "vertical tab before chunked": _fields(b"Transfer-Encoding: \x0bchunked\r\n") + b"0\r\n\r\n",
        "on HTTP/1.0": b"GET /healthz HTTP/1.0\r\n" + CHUNKED + b"\r\n0\r\n\r\n",
        "chunked content for GET": _fields(CHUNKED) + b"5\r\nhello\r\n0\r\n\r\n",
        "chunked in capitals": _fields(b"Transfer-Encoding: CHUNKED\r\n") + b"5\r\nhello\r\n0\r\n\r\n",
        "two zeros for the last chunk": _fields(CHUNKED) + b"00\r\n\r\n",
        "last chunk with an extension": _fields(CHUNKED) + b"0;a=b\r\n\r\n",
        "last chunk with a space": _fields(CHUNKED) + b"0 \r\n\r\n",
        "last chunk ended by LF": _fields(CHUNKED) + b"0\n\n",
        "last chunk ended by LF in part": _fields(CHUNKED) + b"0\r\n\n",
        "last chunk after an empty line": _fields(CHUNKED) + b"\r\n0\r\n\r\n",
        "expectation and last chunk": _fields(CHUNKED + b"Expect: 100-continue\r\n") + b"0\r\n\r\n",
        "chunk size of letters": _fields(CHUNKED) + b"x\r\nhello\r\n0\r\n\r\n",
        "negative chunk size": _fields(CHUNKED) + b"-1\r\nhello\r\n0\r\n\r\n",
        "chunk size 0x5": _fields(CHUNKED) + b"0x5\r\nhello\r\n0\r\n\r\n",
        "chunk size of 2^64": _fields(CHUNKED) + b"10000000000000000\r\nhello\r\n0\r\n\r\n",
        "chunk without its end": _fields(CHUNKED) + b"5\r\nhelloGET / HTTP/1.1\r\n\r\n",
        "chunk ended by LF": _fields(CHUNKED) + b"5\nhello\n0\n\n",
        "chunk extension": _fields(CHUNKED) + b"5;a=b\r\nhello\r\n0\r\n\r\n",
        "chunk extension of 100 kB": _fields(CHUNKED) + b"5;" + b"a" * 100_000 + b"\r\nhello\r\n",
        "trailer": _fields(CHUNKED) + b"0\r\nAuthorization: Bearer x\r\n\r\n",
    },
) + _cases(
    "coding",
    {501},
    {
        "gzip": _fields(b"Transfer-Encoding: gzip\r\n"),
        "identity": _fields(b"Transfer-Encoding: identity\r\n"),
        "xchunked": _fields(b"Transfer-Encoding: xchunked\r\n"),
        "quoted": _fields(b'Transfer-Encoding: "chunked"\r\n'),
    },
)

SIZES = _cases(
    "size",
    {414},
    {
        "target of 9000 bytes": _target(b"/" + b"x" * 9000),
        "query of 9000 bytes": _target(b"/healthz?" + b"x" * 9000),
        "request line without an end": b"GET /" + b"x" * 20_000,
    },
) + _cases(
    "size",
    {431},
    {
        "field of 20 kB": _fields(b"X-A: " + b"x" * 20_000 + b"\r\n"),
        "name of 20 kB": _fields(b"X" * 20_000 + b": a\r\n"),
        "200 fields": _fields(b"X-A: b\r\n" * 200),
        "field without an end": HEAD + b"X-A: " + b"x" * 20_000,
    },
)

CASES = VERSIONS + METHODS + TARGETS + FIELDS + HOSTS + LENGTHS + CODINGS + SIZES

# The request that follows each message in the same write. A response to it means that a request was
# smuggled past the first one.
FOLLOWED_BY = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
