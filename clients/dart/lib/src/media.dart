// The media of a download: the parameters of the token endpoint.

sealed class MediaRequest {
  const MediaRequest({
    required this.userId,
    required this.filename,
    this.ttl,
    this.resume,
  });

  /// The user who downloads.
  final String userId;

  /// The exact file name.
  final String filename;

  /// Seconds in which a download can be started. The service has a default and a maximum.
  final int? ttl;

  /// Seconds after that in which a download that has begun can be continued (the resume window).
  final int? resume;

  String get type;

  /// The parameters that say where the file is.
  Map<String, String> get place;

  /// All query parameters of the token endpoint, not yet encoded.
  Map<String, String> get parameters => {
        'type': type,
        'user_id': userId,
        ...place,
        'filename': filename,
        if (ttl != null) 'ttl': '$ttl',
        if (resume != null) 'resume': '$resume',
      };
}

/// A video of a lesson. [rel] is `trainer/course/module/lesson`.
final class LessonMedia extends MediaRequest {
  const LessonMedia({
    required super.userId,
    required this.rel,
    required super.filename,
    super.ttl,
    super.resume,
  });

  final String rel;

  @override
  String get type => 'lesson';

  @override
  Map<String, String> get place => {'rel': rel};
}

/// The presentation of a course.
final class CourseMedia extends MediaRequest {
  const CourseMedia({
    required super.userId,
    required this.courseId,
    required super.filename,
    super.ttl,
    super.resume,
  });

  final String courseId;

  @override
  String get type => 'course';

  @override
  Map<String, String> get place => {'course_id': courseId};
}

/// The presentation of a module.
final class ModuleMedia extends MediaRequest {
  const ModuleMedia({
    required super.userId,
    required this.courseId,
    required this.moduleId,
    required super.filename,
    super.ttl,
    super.resume,
  });

  final String courseId;
  final String moduleId;

  @override
  String get type => 'module';

  @override
  Map<String, String> get place => {'course_id': courseId, 'module_id': moduleId};
}
