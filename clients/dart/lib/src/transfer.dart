// Transfers one file with as many requests as necessary: requests a token, reads the content, and
// resumes behind the last byte after an interruption. Transfer knows no user interface.

import 'dart:async';
import 'dart:io';

import 'package:crypto/crypto.dart';
import 'package:http/http.dart' as http;
import 'package:http/io_client.dart';

import 'backoff.dart';
import 'errors.dart';
import 'facts.dart';
import 'grants.dart';
import 'media.dart';
import 'partial_file.dart';
import 'problem.dart';
import 'requests.dart';
import 'stop.dart';

/// A client for [Transfer]: it gives up a connection that is not established in time, and leaves the
/// bytes of a response as they are.
http.Client newClient({Duration connectTimeout = const Duration(seconds: 20)}) {
  final client = HttpClient()
    ..connectionTimeout = connectTimeout
    ..autoUncompress = false;
  return IOClient(client);
}

class Transfer {
  Transfer({
    required this.media,
    required this.grants,
    required this.client,
    required PartialFile file,
    this.retry = const RetryPolicy(),
    this.stallTimeout = const Duration(seconds: 30),
    this.onProgress,
    this.onWait,
  }) : _file = file;

  final MediaRequest media;
  final GrantProvider grants;
  final http.Client client;
  final RetryPolicy retry;

  /// Time without a byte after which a connection is closed.
  final Duration stallTimeout;

  /// Bytes on the disk, and bytes in all.
  final void Function(int received, int size)? onProgress;

  /// The next attempt is at [until], because of [why].
  final void Function(DownloadError why, DateTime until)? onWait;

  /// Consecutive rejected tokens after which the download fails.
  static const _mostRenewals = 2;

  final PartialFile _file;
  Grant? _grant;
  FileFacts? _facts;
  String _etag = '';
  int _received = 0;
  int _failures = 0;
  int _renewals = 0;
  bool _isCancelled = false;
  Stop _stop = Stop();
  Completer<void>? _paused;

  /// Closes the connection and keeps the position.
  void pause() {
    if (_paused != null || _isCancelled) return;
    _paused = Completer<void>();
    _stop.request();
  }

  void resume() {
    _paused?.complete();
    _paused = null;
  }

  /// Ends [run] with `cancelled`.
  void cancel() {
    _isCancelled = true;
    _stop.request();
    resume();
  }

  /// Ends a wait for the next attempt. For apps that notice that the network is back.
  void retryNow() => _stop.wake();

  /// Downloads the file, or the rest of it, and returns when it is complete and in its place.
  Future<File> run() async {
    _file.acquire();
    try {
      final left = await _file.inspect();
      _received = left.have;
      _etag = left.etag;
      await _persist();
      await _check();
      return await _file.finish();
    } finally {
      _file.release();
    }
  }

  Future<void> _persist() async {
    for (;;) {
      while (_paused != null) {
        await _paused!.future;
      }
      if (_isCancelled) throw const DownloadError('cancelled');
      final stop = _stop = Stop();
      try {
        return await _attempt(stop);
      } on Exception catch (cause) {
        await _file.close();
        final why = DownloadError.of(cause);
        if (why == null) rethrow; // of the app, not of the network
        await _recover(why);
      }
    }
  }

  /// Returns if the transfer should be retried; throws if it should not.
  Future<void> _recover(DownloadError why) async {
    if (_isCancelled) throw const DownloadError('cancelled');
    // A pause, which may be over already.
    if (_paused != null || why.code == 'cancelled') return;
    if (why.reaction == Reaction.renew && ++_renewals <= _mostRenewals) {
      _grant = null;
      return;
    }
    if (why.reaction != Reaction.retry || ++_failures > retry.attempts) throw why;
    final asked = why.retryAfter ?? Duration.zero;
    if (asked > retry.patience) throw why;
    final wait = retry.pause(_failures - 1, retryAfter: asked);
    onWait?.call(why, DateTime.now().add(wait));
    await (_stop = Stop()).sleep(wait);
  }

  /// One request. Returns when the file is complete.
  Future<void> _attempt(Stop stop) async {
    final response = await _ask(stop);
    if (!await _place(response, stop)) return;
    await _read(response, stop);
  }

  Future<http.StreamedResponse> _ask(Stop stop) async {
    final have = _etag.isEmpty ? 0 : _received; // without a tag nothing shows what the rest belongs to
    var grant = _grant;
    if (grant == null || !grant.admits(DateTime.now(), isResume: have > 0)) {
      grant = await stop.guard(grants(media), stallTimeout);
      _grant = grant;
    }
    // Not StreamedRequest, which sends "Transfer-Encoding: chunked" with a GET (dart-lang/http#1969).
    final request = http.Request('GET', grant.url)
      ..followRedirects = false // the token is for this host only
      ..headers.addAll(downloadFields(token: grant.token, have: have, etag: _etag));
    return stop.guard(client.send(request), stallTimeout, tooLate: _drop);
  }

  /// Decides where the content of a response is written; false if the file is complete already.
  Future<bool> _place(http.StreamedResponse response, Stop stop) async {
    final range = response.headers['content-range'] ?? '';
    final tag = strongTag(response.headers['etag']);
    switch (response.statusCode) {
      case 200:
        final facts = FileFacts.of(response.headers, length: response.contentLength);
        _received = 0;
        _facts = facts;
        _etag = facts.etag;
        await _file.restart(_etag);
        onProgress?.call(0, facts.size);
        return true;
      case 206:
        final match = RegExp(r'^bytes (\d+)-\d+/(\d+)$').firstMatch(range);
        if (match == null || int.parse(match.group(1)!) != _received) {
          throw const DownloadError('unexpected-response');
        }
        if (tag != _etag) throw await _startAgain();
        _facts = FileFacts(
          size: int.parse(match.group(2)!),
          etag: tag,
          digest: sha256Of(response.headers['repr-digest']) ?? _facts?.digest,
        );
        await _file.append();
        return true;
      case 416 when _received > 0 && _etag.isNotEmpty:
        _drop(response);
        if (range != 'bytes */$_received' || tag != _etag) throw await _startAgain();
        _facts = FileFacts(size: _received, etag: tag, digest: _facts?.digest);
        return false;
      default:
        throw await stop.guard(readProblem(response), stallTimeout);
    }
  }

  /// Forgets the bytes of a version that the service no longer has. Returns the reason to try again.
  Future<DownloadError> _startAgain() async {
    await _file.discard();
    _received = 0;
    _etag = '';
    _facts = null;
    return const DownloadError('incomplete');
  }

  Future<void> _read(http.StreamedResponse response, Stop stop) async {
    final size = _facts!.size;
    final chunks = StreamIterator(response.stream);
    try {
      while (await stop.guard(chunks.moveNext(), stallTimeout)) {
        final chunk = chunks.current;
        if (_received + chunk.length > size) throw const DownloadError('unexpected-response');
        await _file.write(chunk);
        _received += chunk.length;
        _failures = 0;
        _renewals = 0;
        onProgress?.call(_received, size);
      }
    } finally {
      unawaited(chunks.cancel());
    }
    if (_received < size) throw const DownloadError('incomplete');
  }

  /// Compares the whole file with the digest of the service, where it sent one.
  Future<void> _check() async {
    final expected = _facts?.digest;
    if (expected == null) return;
    await _file.close();
    final found = await guardStorage(() => sha256.bind(_file.read()).first);
    for (var i = 0; i < expected.length; i++) {
      if (found.bytes[i] == expected[i]) continue;
      await _file.discard();
      throw const DownloadError('digest-mismatch');
    }
  }
}

/// Closes the connection of a response whose body nobody reads.
void _drop(http.StreamedResponse response) {
  unawaited(response.stream.listen(null, onError: (Object _) {}).cancel());
}
