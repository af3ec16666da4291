"""What publishing a draft changes, and doing it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from lms import db
from lms.accounts.models import Person
from lms.authoring.models import Draft
from lms.authoring.services import bundling, drafts
from lms.bundles import banks, changes, load, read, services as bundles
from lms.bundles.changes import Change
from lms.courses.models import Course
from lms.errors import ConflictError, RefusedError
from lms.i18n import gettext


@dataclass(frozen=True, slots=True)
class Outlook:
    """What publishing would do."""

    changes: Sequence[Change]
    troubles: Sequence[bundling.Trouble]
    """Nothing is published while there are any."""
    undoes_import: bool
    """The course was changed from elsewhere since this draft began: publishing would set it back."""


def outlook(course: Course, draft: Draft) -> Outlook:
    undoes = draft.based_on != course.version
    files = bundling.files(draft, course)
    try:
        bundle = read.read(files)
        banks.check_draws(course, bundle)
    except RefusedError as refused:
        return Outlook([], bundling.troubles(draft, refused, files), undoes)
    return Outlook(changes.between(load.load(course), bundle), [], undoes)


def refusal(course: Course, draft: Draft, refused: RefusedError) -> Outlook:
    """What is shown after `publish` has refused."""
    troubles = bundling.troubles(draft, refused, bundling.files(draft, course))
    return Outlook([], troubles, draft.based_on != course.version)


def publish(course: Course, draft: Draft, seen: str, person: Person, tell: bool) -> Sequence[Change]:
    """Makes what is taught what the draft says, and returns what changed; the same again changes nothing.

    `seen` is the `stamp` of the draft that the trainer looked at: raises ConflictError if it has changed since.
    Raises RefusedError with everything that is wrong in it.
    """
    draft = db.locked(Draft, course.id)
    if stamp(draft) != seen:
        raise ConflictError(gettext("The draft has changed since you looked at it. Look at the changes once more."))
    bundle = read.read(bundling.files(draft, course))
    course = db.locked(Course, course.id)
    changed = changes.between(load.load(course), bundle)
    bundles.store(bundle, person, tell)
    course.published = True
    draft.based_on, draft.changed_by_id = course.version, None
    db.session.flush()
    return changed


def stamp(draft: Draft) -> str:
    """Of a draft as it is now: another after each change of anything that would be published."""
    parts = [(x.id, x.version, x.unit_id, x.position, x.archived) for x in drafts.parts(draft)]
    files = [(x.path, x.digest) for x in drafts.files_of(draft)]
    return hashlib.sha256(repr((draft.version, parts, files)).encode()).hexdigest()


def unpublish(course: Course) -> None:
    """Learners no longer see it; what they did is kept."""
    db.locked(Course, course.id).published = False


def archive(course: Course, archived: bool) -> None:
    db.locked(Course, course.id).archived = archived
