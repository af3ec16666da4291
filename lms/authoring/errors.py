"""What can go wrong while several people write one course."""

from lms.authoring.models import Draft, DraftPart
from lms.errors import ConflictError
from lms.i18n import gettext


class StaleError(ConflictError):
    """Somebody else has saved meanwhile; `row` is as it is now, to be shown beside what was to be saved."""

    def __init__(self, row: Draft | DraftPart) -> None:
        super().__init__(gettext("Somebody else has saved this meanwhile. Nothing of yours is lost: compare the two."))
        self.row = row
