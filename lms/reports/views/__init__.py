"""What trainers see of those who learn: lists, progress, one learner, and letters to a group."""

from lms.reports.views import learner, lists, message, progress, quizzes
from lms.reports.views.blueprint import bp

__all__ = ["bp", "learner", "lists", "message", "progress", "quizzes"]
