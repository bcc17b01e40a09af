"""The corruptions, by what they damage; importing this package registers all of them."""

from mutation.families import cells, columns, dates, feeds, files, keys, lists, numbers, sensors

__all__ = ["cells", "columns", "dates", "feeds", "files", "keys", "lists", "numbers", "sensors"]
