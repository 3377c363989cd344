// One download as a user sees it: started, paused, resumed, failed, retried, complete.

import 'dart:async';
import 'dart:io';

import 'package:http/http.dart' as http;

import 'backoff.dart';
import 'errors.dart';
import 'grants.dart';
import 'media.dart';
import 'meter.dart';
import 'partial_file.dart';
import 'transfer.dart';

enum DownloadState {
  /// Not started, or stopped by [Download.cancel].
  idle,

  /// Requests a token and the file.
  starting,
  running,

  /// Waits for the network or the service; continues by itself.
  waiting,
  paused,
  done,
  failed,
}

class Snapshot {
  const Snapshot(
    this.state, {
    this.received = 0,
    this.size,
    this.speed = 0,
    this.remaining,
    this.error,
    this.until,
  });

  final DownloadState state;
  final int received;

  /// Null until the service has reported it.
  final int? size;

  /// Bytes per second over the last seconds.
  final double speed;
  final Duration? remaining;

  /// Why it failed or waits.
  final DownloadError? error;

  /// While waiting: when it continues.
  final DateTime? until;
}

/// Downloads [media] to [target]. The file appears there when it is complete; until then its bytes
/// are in `<target>.part`, and a later [start] continues with them, also after the app was killed.
class Download {
  Download({
    required this.media,
    required this.target,
    required GrantProvider grants,
    http.Client? client,
    RetryPolicy retry = const RetryPolicy(),
    Duration stallTimeout = const Duration(seconds: 30),
  })  : _grants = grants,
        _client = client,
        _retry = retry,
        _stallTimeout = stallTimeout;

  final MediaRequest media;
  final File target;
  final GrantProvider _grants;
  final http.Client? _client;
  final RetryPolicy _retry;
  final Duration _stallTimeout;

  final _changes = StreamController<Snapshot>.broadcast();
  final _meter = Meter();
  Transfer? _transfer;
  Snapshot _snapshot = const Snapshot(DownloadState.idle);

  Snapshot get snapshot => _snapshot;

  /// Each new snapshot; for a StreamBuilder.
  Stream<Snapshot> get changes => _changes.stream;

  /// Starts or continues. Completes when the file is in its place; throws a [DownloadError] when
  /// only the user can help, and what [GrantProvider] throws. Call it again to retry.
  Future<File> start() async {
    if (_transfer != null) throw const DownloadError('storage-busy');
    final client = _client ?? newClient();
    final transfer = _transfer = _newTransfer(client);
    _set(DownloadState.starting);
    try {
      final file = await transfer.run();
      _set(DownloadState.done);
      return file;
    } on DownloadError catch (error) {
      final isCancelled = error.code == 'cancelled';
      _set(isCancelled ? DownloadState.idle : DownloadState.failed, error: error);
      rethrow;
    } catch (_) {
      _set(DownloadState.failed);
      rethrow;
    } finally {
      _transfer = null;
      if (_client == null) client.close();
    }
  }

  /// Closes the connection and keeps what is there. [start] goes on waiting.
  void pause() {
    if (_transfer == null) return;
    _transfer?.pause();
    _meter.reset();
    _set(DownloadState.paused);
  }

  void resume() {
    if (_snapshot.state != DownloadState.paused) return;
    _set(DownloadState.starting);
    _transfer?.resume();
  }

  /// Ends [start] with `cancelled`. What is there stays until [discard].
  void cancel() => _transfer?.cancel();

  /// Ends a wait for the next attempt. For apps that notice that the network is back.
  void retryNow() => _transfer?.retryNow();

  /// Deletes what an unfinished download has left. Not while it runs.
  Future<void> discard() async {
    if (_transfer != null) throw const DownloadError('storage-busy');
    await PartialFile(target).discard();
    _snapshot = const Snapshot(DownloadState.idle);
  }

  Future<void> dispose() async {
    cancel();
    await _changes.close();
  }

  Transfer _newTransfer(http.Client client) => Transfer(
        media: media,
        grants: _grants,
        client: client,
        file: PartialFile(target),
        retry: _retry,
        stallTimeout: _stallTimeout,
        onProgress: _progressed,
        onWait: (why, until) {
          _meter.reset();
          if (_isPaused) return;
          _set(DownloadState.waiting, error: why, until: until);
        },
      );

  bool get _isPaused => _snapshot.state == DownloadState.paused;

  void _progressed(int received, int size) {
    _meter.add(received);
    final state = _isPaused ? DownloadState.paused : DownloadState.running;
    _set(state, received: received, size: size);
  }

  void _set(
    DownloadState state, {
    int? received,
    int? size,
    DownloadError? error,
    DateTime? until,
  }) {
    final here = received ?? _snapshot.received;
    final all = size ?? _snapshot.size;
    _snapshot = Snapshot(
      state,
      received: here,
      size: all,
      speed: state == DownloadState.running ? _meter.speed : 0,
      remaining: all == null ? null : _meter.remaining(all, here),
      error: error,
      until: until,
    );
    if (!_changes.isClosed) _changes.add(_snapshot);
  }
}
