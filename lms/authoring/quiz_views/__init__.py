"""The editor of a quiz: its settings, its questions by forms or as text, and how it looks to a learner."""

from lms.authoring.quiz_views import listing, preview, question, settings, text
from lms.authoring.quiz_views.blueprint import bp

__all__ = ["bp", "listing", "preview", "question", "settings", "text"]
