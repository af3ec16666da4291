"""Ways into courses: who may take them, cohorts, lists."""
