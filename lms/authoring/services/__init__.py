"""Writing courses: drafts, their order, what publishing makes of them."""
