"""Employment: training needs, courses, trainees."""
