"""It asks a question on import."""

ANSWER = input("Your name? ")
