"""The case of the programme as rows: what `flask lms demo` loads. Everybody in it is made up."""
