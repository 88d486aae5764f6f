# The grader, its sandbox and torch for the CPU.
#     docker build --tag grader .
#     docker run --rm --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
#         --security-opt systempaths=unconfined grader
# bubblewrap makes namespaces of its own and mounts a fresh /proc in them: Docker's three filters
# would forbid both, and then nothing is graded. `grader doctor` inside says what holds.
FROM debian:bookworm-slim
COPY scripts/setup-container.sh /setup-container.sh
RUN sh /setup-container.sh
# Not /grader: a Python that is started in / would take that folder for the package of that name.
WORKDIR /srv/a2
# The packages first: they change less often than the code.
COPY pyproject.toml README.md LICENSE Makefile /srv/a2/
COPY scripts /srv/a2/scripts
COPY grader/__init__.py /srv/a2/grader/__init__.py
COPY reference/__init__.py /srv/a2/reference/__init__.py
RUN make .venv/.installed && rm -rf /root/.cache
COPY . /srv/a2
ENV PATH="/srv/a2/.venv/bin:$PATH"
CMD ["make", "demo"]
