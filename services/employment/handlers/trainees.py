"""Enrolling persons in courses, and recording that they completed them."""

from collections import Counter

from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import employment as messages
from contracts.message import BulkReply
from kernel.errors import NotFound
from services.employment import repository
from services.employment.domain.people import Person
from services.employment.domain.training import Completion, Course, Trainee, check_same
from services.employment.handlers.lookup import employment_age, known_course, known_person

Trainees = dict[tuple[str, str], Trainee]


def enrol_trainees(tx: Transaction, message: messages.EnrolTrainees) -> BulkReply:
    """Each person once in a course, up to its capacity."""
    bulk = Bulk(message)
    items: list[messages.TraineeItem] = list(bulk.items())
    people = repository.heads(tx, {item.person_id for item in items})
    persons = repository.persons(tx, set(people.values()))
    courses = repository.locked_courses(tx, {item.course_ref for item in items})
    course_ids = {course.id for course in courses.values()}
    taken = Counter(repository.places_taken(tx, course_ids))
    trainees = repository.trainees(tx, course_ids, people)
    age_on = employment_age(tx.rules)
    made: list[Trainee] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.TraineeItem = entry.item
            person = known_person(persons, people[item.person_id])
            course = known_course(courses, item.course_ref)
            trainee = Trainee(tx.new_id(), course.id, person.id, item.enrolled_on)
            if same := trainees.get(trainee.key):
                check_same(same, trainee, "employment.already_enrolled", "enrolled_on")
                entry.unchanged(same.id)
                continue
            course.check_place(taken[course.id], trainee.enrolled_on)
            age_on(trainee.enrolled_on).check(person, trainee.enrolled_on, "enrolled_on")
            trainees[trainee.key] = trainee
            taken[course.id] += 1
            made.append(trainee)
            tx.record(_enrolled(trainee, course, person))
            entry.created(trainee.id)
    repository.add_trainees(tx, made)
    return bulk.reply()


def complete_trainings(tx: Transaction, message: messages.CompleteTrainings) -> BulkReply:
    """Each trainee completes a course once; the identifier answered is the trainee's."""
    bulk = Bulk(message)
    items: list[messages.CompletionItem] = list(bulk.items())
    people = repository.heads(tx, {item.person_id for item in items})
    persons = repository.persons(tx, set(people.values()))
    courses = repository.courses(tx, {item.course_ref for item in items})
    trainees = repository.trainees(tx, {course.id for course in courses.values()}, people)
    completions = repository.completions(tx, {trainee.id for trainee in trainees.values()})
    made: list[Completion] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.CompletionItem = entry.item
            person = known_person(persons, people[item.person_id])
            course = known_course(courses, item.course_ref)
            trainee = _trainee(trainees, course, person)
            completion = Completion(trainee.id, item.certified, item.completed_on)
            if same := completions.get(trainee.id):
                check_same(same, completion, "employment.already_completed", "completed_on")
                entry.unchanged(trainee.id)
                continue
            trainee.check_completion(item.completed_on)
            completions[trainee.id] = completion
            made.append(completion)
            tx.record(_completed(completion, trainee, course, person))
            entry.created(trainee.id)
    repository.add_completions(tx, made)
    return bulk.reply()


def _trainee(trainees: Trainees, course: Course, person: Person) -> Trainee:
    trainee = trainees.get((course.id, person.id))
    if trainee is None:
        raise NotFound(
            "employment.not_enrolled",
            "The person is not enrolled in this course; enrol the person first.",
            field="person_id",
        )
    return trainee


def _enrolled(trainee: Trainee, course: Course, person: Person) -> messages.TraineeEnrolled:
    return messages.TraineeEnrolled.model_validate(
        {
            "region": person.region,
            "trainee_id": trainee.id,
            "course_id": course.id,
            "person_id": person.id,
            "type": course.type,
            "enrolled_on": trainee.enrolled_on,
        }
    )


def _completed(
    completion: Completion, trainee: Trainee, course: Course, person: Person
) -> messages.TrainingCompleted:
    return messages.TrainingCompleted.model_validate(
        {
            "region": person.region,
            "trainee_id": trainee.id,
            "course_id": course.id,
            "person_id": person.id,
            "type": course.type,
            "certified": completion.certified,
            "completed_on": completion.completed_on,
        }
    )
