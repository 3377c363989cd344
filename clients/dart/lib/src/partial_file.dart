// The files of a download: `<target>.part` has the bytes so far, `<target>.etag` the version that
// they belong to. The target itself appears complete or not at all.

import 'dart:io';

import 'errors.dart';

class PartialFile {
  PartialFile(this.target)
      : _part = File('${target.path}.part'),
        _tag = File('${target.path}.etag');

  final File target;
  final File _part;
  final File _tag;
  RandomAccessFile? _open;

  /// Paths that a download of this process writes to.
  static final Set<String> _inUse = {};

  String get _key => target.absolute.path;

  /// Reserves the files. Fails with `storage-busy` if another download of this process has them.
  void acquire() {
    if (!_inUse.add(_key)) throw const DownloadError('storage-busy');
  }

  void release() => _inUse.remove(_key);

  /// What an earlier attempt left: bytes without a version are worth nothing, since nothing can show
  /// that the rest of the file belongs to them.
  Future<({int have, String etag})> inspect() => guardStorage(() async {
        if (!await _part.exists() || !await _tag.exists()) return (have: 0, etag: '');
        final etag = await _tag.readAsString();
        return etag.isEmpty ? (have: 0, etag: '') : (have: await _part.length(), etag: etag);
      });

  /// Begins with an empty file of the version [etag]. In this order a crash never leaves bytes of one
  /// version beside the tag of another.
  Future<void> restart(String etag) => guardStorage(() async {
        await _closeFile();
        await _deleteIfThere(_tag);
        await _part.parent.create(recursive: true);
        _open = await _part.open(mode: FileMode.write);
        if (etag.isNotEmpty) await _tag.writeAsString(etag, flush: true);
      });

  /// Continues after the bytes that are there.
  Future<void> append() => guardStorage(() async {
        await _closeFile();
        _open = await _part.open(mode: FileMode.append);
      });

  /// Returns when the system has taken the bytes, so that a slow disk slows the network down. An
  /// IOSink would report a full disk later and elsewhere.
  Future<void> write(List<int> bytes) => guardStorage(() => _open!.writeFrom(bytes));

  /// Closes the file after an interruption and keeps it.
  Future<void> close() => guardStorage(_closeFile);

  /// The bytes so far, to compute a digest over them.
  Stream<List<int>> read() => _part.openRead();

  /// Puts the complete file in its place, in one step, and removes the rest.
  Future<File> finish() => guardStorage(() async {
        await _closeFile();
        final file = await _part.rename(target.path);
        await _deleteIfThere(_tag);
        return file;
      });

  /// Deletes everything but a finished file.
  Future<void> discard() => guardStorage(() async {
        await _closeFile();
        await _deleteIfThere(_tag);
        await _deleteIfThere(_part);
      });

  Future<void> _closeFile() async {
    final file = _open;
    _open = null;
    try {
      await file?.flush(); // before the rename, and before a resume counts on these bytes
    } finally {
      await file?.close();
    }
  }

  static Future<void> _deleteIfThere(File file) async {
    if (await file.exists()) await file.delete();
  }
}

/// Names a failure of the disk: it is an IOException, as failures of the network are, but another
/// attempt does not cure it.
Future<T> guardStorage<T>(Future<T> Function() work) async {
  try {
    return await work();
  } on FileSystemException catch (cause) {
    throw storageError(cause);
  }
}
