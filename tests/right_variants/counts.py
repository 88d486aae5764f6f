"""Answers to question A3 that are right, by other conventions and in other layouts."""

from hand_ins import ANSWERS, code, hand_in, text

from grader.proving.cases import right_variant

WEIGHTS, OUTPUTS, CONNECTIONS = (line.partition(": ")[2] for line in ANSWERS.splitlines()[1:4])
OUTPUTS_2, CONNECTIONS_2 = (line.partition(": ")[2] for line in ANSWERS.splitlines()[6:8])


def three(weights, outputs, connections):
    """Return the answer for the input as it is, and in words for the doubled one."""
    lines = f"weights = {weights}\noutputs = {outputs}\nconnections = {connections}\n"
    return (
        lines + "Doubled input: weights stay the same, outputs and connections are 4 times as many."
    )


@right_variant("biases_counted", part="counts")
def biases_counted():
    return hand_in(answers=three(f"{WEIGHTS} + 6*NF + 2*NC", OUTPUTS, CONNECTIONS))


@right_variant("biases_and_their_connections", part="counts")
def biases_and_their_connections():
    weights = f"{WEIGHTS} + 6*NF + 2*NC"
    return hand_in(answers=three(weights, OUTPUTS, f"{CONNECTIONS} + {OUTPUTS}"))


@right_variant("batchnorm_parameters_counted", part="counts")
def batchnorm_parameters_counted():
    weights = f"{WEIGHTS} + 6*NF + 2*NC + 2*(6*NF + NC)"
    return hand_in(answers=three(weights, OUTPUTS, CONNECTIONS))


@right_variant("outputs_of_relu_counted", part="counts")
def outputs_of_relu_counted():
    outputs = f"{OUTPUTS} + 256*NF + 64*2*NF + 64*2*NF + 256*NF + 1024*NC"
    return hand_in(answers=three(WEIGHTS, outputs, CONNECTIONS))


@right_variant("in_a_text_cell", part="counts")
def in_a_text_cell():
    return hand_in(answers="See the notebook.", answer=text(f"```\n{ANSWERS}```"))


@right_variant("in_a_table", part="counts")
def in_a_table():
    table = "| | 32x32 | doubled |\n|---|---|---|\n"
    table += f"| weights | {WEIGHTS} | {WEIGHTS} |\n| outputs | {OUTPUTS} | {OUTPUTS_2} |\n"
    table += f"| connections | {CONNECTIONS} | {CONNECTIONS_2} |\n"
    return hand_in(answers="", answer=text(table))


@right_variant("in_latex", part="counts")
def in_latex():
    latex = ANSWERS.replace("*", r" \cdot ").replace("^2", "^{2}").replace("NF", "N_F")
    lines = [
        line.replace(": ", ": $") + "$" if ": " in line else line for line in latex.split("\n")
    ]
    return hand_in(answers="", answer=text("\n".join(lines)))


@right_variant("as_numbers", part="counts")
def as_numbers():
    return hand_in(answers=three("86,112", "86,016", "15,630,336"))


@right_variant("step_by_step", part="counts")
def step_by_step():
    weights = "9(NF + 2NF*NF + 4NF*NF + 2NF*NF + NF*NC + NC*NC)"
    outputs = "32²NF + 16²2NF + 8²2NF + 8²NF + 16²NC + 32²NC"
    return hand_in(answers=three(f"{weights} = {WEIGHTS}", f"{outputs} = {OUTPUTS}", CONNECTIONS))


@right_variant("once_right_and_once_wrong", part="counts")
def once_right_and_once_wrong():
    """A first attempt in the notebook, the answer in the write-up."""
    return hand_in(answer=text("weights = 9*NF\noutputs = 7*NF*NC"))


@right_variant("in_the_answer_cell", part="counts")
def in_the_answer_cell():
    entries = {"weights": WEIGHTS, "outputs": OUTPUTS, "connections": CONNECTIONS}
    entries |= {"weights, doubled input": WEIGHTS, "outputs, doubled input": OUTPUTS_2}
    entries["connections, doubled input"] = CONNECTIONS_2
    lines = "".join(f"    {key!r}: {value!r},\n" for key, value in entries.items())
    return hand_in(answers="", a3=code(f"A3 = {{\n{lines}}}"))


@right_variant("in_the_answer_cell_as_python", part="counts")
def in_the_answer_cell_as_python():
    """Without quotes, dictionaries in each other, one entry set later; it need not even run."""
    formulas = [t.replace("^", "**") for t in (WEIGHTS, OUTPUTS, OUTPUTS_2, CONNECTIONS)]
    weights, outputs, outputs_2, connections = formulas
    cell = (
        f"a3 = {{'32x32': {{'weights': {weights}, 'outputs': {outputs}}},\n"
        f"      '64x64': dict(weights=lambda NF, NC: {weights}, outputs={outputs_2})}}\n"
        f"a3['connections'] = {connections}\na3['doubled connections'] = 4 * ({connections})"
    )
    return hand_in(answers="", a3=code(cell))
