"""Many proposals at once, for measuring: copies of the demo's, made by the database itself."""

from microcreds.demo.scale.services import seed

__all__ = ["seed"]
