"""The built-in plugins. They enter through entry points, like anyone else's."""
