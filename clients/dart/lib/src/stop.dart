// Ends waits: for a response, for bytes, for the next attempt.

import 'dart:async';

import 'errors.dart';

class Stop {
  Stop() {
    _stopped.future.ignore(); // nobody may be waiting when it is requested
  }

  final _stopped = Completer<Never>();
  final _woken = Completer<void>();

  /// Every wait of [guard] fails with `cancelled`, and [sleep] returns.
  void request() {
    if (!_stopped.isCompleted) _stopped.completeError(const DownloadError('cancelled'));
    wake();
  }

  /// [sleep] returns.
  void wake() {
    if (!_woken.isCompleted) _woken.complete();
  }

  /// The result of [work]; throws a TimeoutException after [limit]. [tooLate] gets a result that
  /// nobody waits for any more.
  Future<T> guard<T>(Future<T> work, Duration limit, {void Function(T late)? tooLate}) async {
    try {
      return await Future.any<T>([work, _stopped.future]).timeout(limit);
    } catch (_) {
      if (tooLate != null) work.then<void>(tooLate).ignore();
      rethrow;
    }
  }

  Future<void> sleep(Duration wait) async {
    final timer = Timer(wait, wake);
    await _woken.future;
    timer.cancel();
  }
}
