// The pause before a repeated request.

import 'dart:math';

class RetryPolicy {
  const RetryPolicy({
    this.base = const Duration(milliseconds: 500),
    this.cap = const Duration(seconds: 30),
    this.attempts = 8,
    this.patience = const Duration(minutes: 5),
  });

  /// The pause before the first retry.
  final Duration base;

  /// The longest pause that this library chooses.
  final Duration cap;

  /// Consecutive failures without a received byte after which the download fails.
  final int attempts;

  /// The longest Retry-After that is obeyed. After a longer one the download fails.
  final Duration patience;

  /// Exponential, with jitter over the upper half, so that clients that were cut at the same time do
  /// not all return at the same time. [attempt] counts from 0. A [retryAfter] is a lower bound.
  Duration pause(int attempt, {Duration retryAfter = Duration.zero, Random? random}) {
    final doubled = base.inMilliseconds * pow(2, min(attempt, 20)).toInt();
    final full = min(cap.inMilliseconds, doubled);
    final chosen = full / 2 + full / 2 * (random ?? Random()).nextDouble();
    final isAsked = retryAfter > Duration.zero;
    return isAsked
        ? retryAfter + Duration(milliseconds: chosen ~/ 2)
        : Duration(milliseconds: chosen.round());
  }
}
