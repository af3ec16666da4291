"""Who may know that there is something to list; the right to the list is that of the course or the event."""

from lms.accounts.models import Person
from lms.courses import policy as courses
from lms.courses.models import Course
from lms.events import policy as events
from lms.events.models import Event


def can_see_course(person: Person | None, course: Course) -> bool:
    return courses.can_see(person, course) or courses.can_see_learners(person, course)


def can_see_event(person: Person | None, event: Event) -> bool:
    return events.can_see(person, event) or events.can_see_attendees(person, event)
