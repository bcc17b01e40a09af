"""Every person that any feed names, in one form: roles, relations, columns."""
