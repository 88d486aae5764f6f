#!/usr/bin/env bash
# A custom tester for MarkUs: grades the notebook in this folder, prints JSON lines, and leaves
# report.html as feedback. The grader is installed on the test server (see docs/platforms.md);
# GRADER_PYTHON names the Python that has it, GRADER_RUBRIC another rubric.
set -u
export PYTHONSAFEPATH=1
exec "${GRADER_PYTHON:-/opt/grader/bin/python}" -I -m grader.platforms.markus.tester --timeout @TIMEOUT@
