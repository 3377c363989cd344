// Converts an error response of the service (RFC 9457) to a DownloadError.

import 'dart:convert';
import 'dart:io';

import 'package:http/http.dart' as http;

import 'errors.dart';

const _prefix = 'urn:sluice:problem:';

/// The time of a Retry-After field: seconds, or a date (RFC 9110 §10.2.3).
Duration? retryAfterOf(String? value, {DateTime? now}) {
  if (value == null) return null;
  final text = value.trim();
  if (RegExp(r'^\d{1,9}$').hasMatch(text)) return Duration(seconds: int.parse(text));
  try {
    final wait = HttpDate.parse(text).difference(now ?? DateTime.now());
    return wait.isNegative ? Duration.zero : wait;
  } on Exception {
    return null; // HttpDate.parse throws an HttpException
  }
}

/// Reads an error response. The body need not be a problem document: a proxy may answer in HTML.
Future<DownloadError> readProblem(http.StreamedResponse response) async {
  final body = _object(await _start(response.stream));
  final type = body['type'];
  final parameter = body['parameter'];
  return DownloadError(
    type is String && type.startsWith(_prefix)
        ? type.substring(_prefix.length)
        : 'http-${response.statusCode}',
    status: response.statusCode,
    retryAfter: retryAfterOf(response.headers['retry-after']),
    requestId: response.headers['x-request-id'],
    parameter: parameter is String ? parameter : null,
  );
}

/// At most about 64 KiB of the body: a problem document is shorter, and the rest of a longer body is
/// of no use.
Future<List<int>> _start(Stream<List<int>> stream) async {
  final bytes = <int>[];
  await for (final chunk in stream) {
    bytes.addAll(chunk);
    if (bytes.length > 65536) break;
  }
  return bytes;
}

Map<String, dynamic> _object(List<int> bytes) {
  try {
    final value = jsonDecode(utf8.decode(bytes));
    return value is Map<String, dynamic> ? value : const {};
  } on FormatException {
    return const {};
  }
}
