"""The only way up: what a feature tells those above it, and the host.

Each is sent inside the transaction of the act itself, so that what a subscriber writes
is kept or lost together with it. A subscriber that raises undoes the act.
"""

from blinker import Namespace

_signals = Namespace()

person_registered = _signals.signal("person-registered")
"""A person made an account. Sender: the person."""

course_completed = _signals.signal("course-completed")
"""An enrolment met the completion rule of its course; once for each. Sender: the enrolment."""

courses_completed = _signals.signal("courses-completed")
"""The same of all that met it by one act, before each is told of by itself. Sender: the enrolments, as a tuple."""

registration_confirmed = _signals.signal("registration-confirmed")
"""A registration got its place, at once or from the waiting list. Sender: the registration."""

registration_cancelled = _signals.signal("registration-cancelled")
"""A registration gave up its place or its turn. Sender: the registration."""

event_attended = _signals.signal("event-attended")
"""An event is over and this registration has attendance; may be sent again. Sender: the registration."""

certificate_issued = _signals.signal("certificate-issued")
"""A certificate exists that did not before. Sender: the certificate."""
