// Speed and remaining time, averaged over the last few seconds.

class Meter {
  Meter({this.window = const Duration(seconds: 5)});

  final Duration window;
  final List<({DateTime time, int bytes})> _samples = [];

  /// [bytes]: the total received so far.
  void add(int bytes, {DateTime? time}) {
    final now = time ?? DateTime.now();
    if (_samples.isNotEmpty &&
        now.difference(_samples.last.time) < const Duration(milliseconds: 100)) {
      _samples.last = (time: _samples.last.time, bytes: bytes);
      return;
    }
    _samples.add((time: now, bytes: bytes));
    while (_samples.length > 2 && now.difference(_samples.first.time) > window) {
      _samples.removeAt(0);
    }
  }

  /// Discards the samples from before a pause.
  void reset() => _samples.clear();

  /// Bytes per second; 0 while unknown.
  double get speed {
    if (_samples.length < 2) return 0;
    final time = _samples.last.time.difference(_samples.first.time).inMicroseconds;
    final bytes = _samples.last.bytes - _samples.first.bytes;
    return time <= 0 || bytes <= 0 ? 0 : bytes * 1e6 / time;
  }

  /// The time until [size] is reached; null while unknown.
  Duration? remaining(int size, int received) {
    final now = speed;
    return now <= 0 ? null : Duration(milliseconds: ((size - received) * 1000 / now).round());
  }
}
