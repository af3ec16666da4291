"""All tables, imported together: for migrations, and for whoever needs `Base.metadata` whole."""

from lms.accounts import models as accounts
from lms.authoring import models as authoring
from lms.certificates import models as certificates
from lms.courses import models as courses
from lms.db import Base
from lms.events import models as events
from lms.mail import models as mail
from lms.quizzes import models as quizzes

__all__ = ["Base", "accounts", "authoring", "certificates", "courses", "events", "mail", "quizzes"]
