"""What trainers see of a quiz: everyone's results, and what these say about the questions."""
