"""The three kinds of media, each with its file, its route, its claims and its query."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

TOKEN_ROUTE = "/api/get-download-token/v2"


class Media:
    """Common to all kinds. Subclasses are frozen dataclasses of plain identifiers."""

    kind = ""

    def segments(self):
        raise NotImplementedError

    def path(self):
        """The path of the file below the media root in the default layout."""
        raise NotImplementedError

    def claims(self):
        raise NotImplementedError

    def target(self):
        """The download route, percent-encoded by RFC 3986."""
        return "/download2/" + "/".join(quote(part, safe="") for part in self.segments())

    def query(self, user_id, **extra):
        """The target of a token request; `extra` adds parameters, None omits one."""
        fields = {**self.claims(), "user_id": user_id, **extra}
        return TOKEN_ROUTE + "?" + urlencode({k: v for k, v in fields.items() if v is not None})


@dataclass(frozen=True)
class Lesson(Media):
    filename: str
    trainer: str = "trainer123"
    course: str = "course456"
    module: str = "module789"
    lesson: str = "lesson001"
    kind = "lesson"

    def rel(self):
        return "/".join((self.trainer, self.course, self.module, self.lesson))

    def segments(self):
        return (self.trainer, self.course, self.module, self.lesson, self.filename)

    def path(self):
        return f"{self.rel()}/{self.filename}"

    def claims(self):
        return {"type": "lesson", "rel": self.rel(), "filename": self.filename}


@dataclass(frozen=True)
class Course(Media):
    filename: str
    course: str = "course456"
    trainer: str = "trainer123"
    kind = "course"

    def segments(self):
        return ("course", self.course, self.filename)

    def path(self):
        return f"{self.trainer}/{self.course}/{self.filename}"

    def claims(self):
        return {"type": "course", "course_id": self.course, "filename": self.filename}


@dataclass(frozen=True)
class Module(Media):
    filename: str
    course: str = "course456"
    module: str = "module789"
    trainer: str = "trainer123"
    kind = "module"

    def segments(self):
        return ("module", self.course, self.module, self.filename)

    def path(self):
        return f"{self.trainer}/{self.course}/{self.module}/{self.filename}"

    def claims(self):
        return {
            "type": "module",
            "course_id": self.course,
            "module_id": self.module,
            "filename": self.filename,
        }


VIDEO = Lesson("Video.mp4")
COURSE_PRESENTATION = Course("presentation.mp4")
MODULE_PRESENTATION = Module("presentation.mp4")
ACCENTS = Lesson("Été à la plage.mp4", lesson="lesson002")
JAPANESE = Lesson("日本語の授業.mp4", lesson="lesson003")
SAMPLES = (VIDEO, COURSE_PRESENTATION, MODULE_PRESENTATION, ACCENTS, JAPANESE)
