import 'dart:async';
import 'dart:io';

import 'package:http/http.dart' as http;
import 'package:sluice_download/sluice_download.dart';
import 'package:sluice_download/src/facts.dart';
import 'package:sluice_download/src/problem.dart';
import 'package:test/test.dart';

void main() {
  test('a full disk is not a failure of the network', () {
    const full = FileSystemException('write', 'x.part', OSError('No space left on device', 28));
    final error = DownloadError.of(full)!;
    expect((error.code, error.reaction), ('storage-full', Reaction.fail));
    const denied = FileSystemException('open', 'x.part', OSError('Permission denied', 13));
    expect(DownloadError.of(denied)!.code, 'storage-denied');
  });

  test('failures of the network are retried', () {
    for (final cause in [
      const SocketException('reset'),
      const HttpException('Connection closed while receiving data'),
      const HandshakeException(),
      http.ClientException('reset'),
      TimeoutException('slow'),
    ]) {
      expect(DownloadError.of(cause)!.reaction, Reaction.retry, reason: '$cause');
    }
  });

  test('exceptions of the app are its own', () {
    expect(DownloadError.of(const FormatException('of a session')), null);
  });

  test('every error has a text in both languages', () {
    for (final code in [...problems.keys, ...localFailures.keys, 'http-302', 'http-418']) {
      for (final language in ['fr', 'en']) {
        expect(messageFor(DownloadError(code), language), isNotEmpty);
      }
    }
  });

  test('the status decides where there is no problem type', () {
    Reaction of(int status) => DownloadError('http-$status', status: status).reaction;
    expect([302, 400, 401, 403, 404, 408, 429, 500, 502, 503].map(of), [
      Reaction.fail, Reaction.fail, Reaction.renew, Reaction.fail, Reaction.fail, //
      Reaction.retry, Reaction.retry, Reaction.retry, Reaction.retry, Reaction.retry,
    ]);
  });

  test('Retry-After: seconds, a date, nonsense', () {
    final now = DateTime.utc(2026, 1, 1);
    expect(retryAfterOf('7'), const Duration(seconds: 7));
    expect(retryAfterOf('Thu, 01 Jan 2026 00:01:00 GMT', now: now), const Duration(minutes: 1));
    expect(retryAfterOf('Thu, 01 Jan 2026 00:00:00 GMT', now: now.add(const Duration(days: 1))),
        Duration.zero);
    expect([retryAfterOf(null), retryAfterOf('soon')], [null, null]);
  });

  test('strong tags and digests', () {
    expect([strongTag('"a"'), strongTag('W/"a"'), strongTag(null)], ['"a"', '', '']);
    final zeros = '${'A' * 43}=';
    expect(sha256Of('sha-512=:AAAA:, sha-256=:$zeros:'), List.filled(32, 0));
    expect([sha256Of(null), sha256Of('sha-256=:AAAA:')], [null, null]);
  });
}
