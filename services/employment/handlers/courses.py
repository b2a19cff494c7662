"""Opening training courses."""

from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import employment as messages
from contracts.message import BulkReply
from services.employment import repository
from services.employment.domain.training import Course, check_same


def open_courses(tx: Transaction, message: messages.OpenCourses) -> BulkReply:
    """Each reference once, in a region of the caller's."""
    bulk = Bulk(message)
    tx.no_scope("the region of each course is checked with the course; without a valid one there is none")
    by_ref = repository.courses(tx, {item.ref for item in bulk.items()})
    made: list[Course] = []
    for entry in bulk:
        with entry.deciding():
            tx.within(entry.item.region)
            course = Course(tx.new_id(), **entry.item.model_dump())
            course.check()
            if same := by_ref.get(course.ref):
                check_same(same, course, "employment.ref_taken", "ref")
                entry.unchanged(same.id)
                continue
            by_ref[course.ref] = course
            made.append(course)
            tx.record(_opened(course))
            entry.created(course.id)
    repository.add_courses(tx, made)
    return bulk.reply()


def _opened(course: Course) -> messages.CourseOpened:
    return messages.CourseOpened.model_validate(
        {
            "region": course.region,
            "course_id": course.id,
            "type": course.type,
            "starts_on": course.starts_on,
            "ends_on": course.ends_on,
        }
    )
