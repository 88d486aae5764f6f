# The grader, its sandbox and torch for the CPU.
#     docker build --tag grader .
#     docker run --rm --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
#         --security-opt systempaths=unconfined grader
# bubblewrap makes namespaces of its own and mounts a fresh /proc in them: Docker's three filters
# would forbid both, and then nothing is graded. `grader doctor` inside says what holds.
FROM debian:bookworm-slim
COPY scripts/setup-container.sh /setup-container.sh
RUN sh /setup-container.sh
WORKDIR /grader
# The packages first: they change less often than the code.
COPY pyproject.toml README.md LICENSE Makefile /grader/
COPY scripts /grader/scripts
COPY grader/__init__.py /grader/grader/__init__.py
COPY reference/__init__.py /grader/reference/__init__.py
RUN make .venv/.installed && rm -rf /root/.cache
COPY . /grader
ENV PATH="/grader/.venv/bin:$PATH"
CMD ["make", "demo"]
