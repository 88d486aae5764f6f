"""The verbs of the command line, a module each: `HELP`, `arguments(parser)` and `run(options)`.

A verb's module imports only what is light at its top: `grader --help` must not wait for torch.
What is heavy is imported by the function that needs it.
"""
