"""Courses built in the browser: drafts, their files, what publishing changes."""
