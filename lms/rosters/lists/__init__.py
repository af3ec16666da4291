"""Lists of people, uploaded or pasted: read, checked line by line, and taken whole or not at all."""
