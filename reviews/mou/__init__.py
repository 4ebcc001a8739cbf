"""The memorandum of understanding, a track beside the stages: its moves, and what each does."""
