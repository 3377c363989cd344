// A scripted HTTP service on loopback: each request gets the next answer of the script.

import 'dart:async';
import 'dart:convert';
import 'dart:io';
import 'dart:math';

typedef Answer = FutureOr<void> Function(HttpRequest request);

class Service {
  Service._(this._server) {
    _server.listen((request) async {
      requests.add(request.headers);
      if (_script.isEmpty) return refusal(500, 'internal')(request);
      await _script.removeAt(0)(request);
    });
  }

  static Future<Service> open() async => Service._(await HttpServer.bind('127.0.0.1', 0));

  final HttpServer _server;
  final List<Answer> _script = [];
  final List<HttpHeaders> requests = [];

  Uri get url => Uri.parse('http://127.0.0.1:${_server.port}/download2/a/b/c/d/x.mp4');

  void play(List<Answer> script) {
    _script
      ..clear()
      ..addAll(script);
    requests.clear();
  }

  List<String?> sent(String field) => [for (final each in requests) each.value(field)];

  Future<void> close() => _server.close(force: true);
}

/// The first [upTo] bytes of a 200, then the end of the connection.
Answer whole(List<int> content, String etag, {int? upTo, Map<String, String> fields = const {}}) =>
    (request) => _send(request, 200, content, etag, upTo: upTo, fields: fields);

/// A 206 from the requested position on.
Answer part(List<int> content, String etag, {int? upTo}) => (request) {
      final asked = request.headers.value('range')!;
      final start = int.parse(RegExp(r'^bytes=(\d+)-$').firstMatch(asked)!.group(1)!);
      final range = {'Content-Range': 'bytes $start-${content.length - 1}/${content.length}'};
      return _send(request, 206, content.sublist(start), etag, upTo: upTo, fields: range);
    };

Answer refusal(int status, String slug, [Map<String, String> fields = const {}]) =>
    (request) async {
      final response = request.response..statusCode = status;
      response.headers.contentType = ContentType('application', 'problem+json');
      fields.forEach(response.headers.set);
      response.write(jsonEncode({'type': 'urn:sluice:problem:$slug', 'status': status}));
      await response.close();
    };

/// Sends by hand, so that the connection can end before the response does.
Future<void> _send(HttpRequest request, int status, List<int> content, String etag,
    {int? upTo, Map<String, String> fields = const {}}) async {
  final socket = await request.response.detachSocket(writeHeaders: false);
  final head = StringBuffer('HTTP/1.1 $status X\r\nConnection: close\r\n')
    ..write('ETag: $etag\r\nContent-Length: ${content.length}\r\n');
  fields.forEach((name, value) => head.write('$name: $value\r\n'));
  socket
    ..add(ascii.encode('$head\r\n'))
    ..add(content.sublist(0, min(upTo ?? content.length, content.length)));
  await socket.flush();
  await socket.close();
}
