"""Single sign-on: how administrators set it up, and how people sign in and confirm by it."""
