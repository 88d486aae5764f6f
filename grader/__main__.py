"""`python -m grader`, and `grader` itself."""

import sys


def main() -> int:
    """Run the program; Ctrl-C is one line even while it is being imported."""
    try:
        from grader.cli.main import main

        return main()
    except KeyboardInterrupt:
        print("grader: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
