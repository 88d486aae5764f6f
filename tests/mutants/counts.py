"""Answers to question A3, each with one mistake."""

from hand_ins import ANSWERS, code, hand_in

from grader.proving.cases import mutant


def answer(old, new, *, times=-1):
    """Return a hand-in whose answer has `new` in place of `old`."""
    assert old in ANSWERS
    return hand_in(answers=ANSWERS.replace(old, new, times))


@mutant("weights_wrong", part="counts", caught_by=["counts.weights"])
def one_block_left_out_of_the_weights():
    return answer("72*NF^2", "54*NF^2")


@mutant("weights_wrong", part="counts", caught_by=["counts.weights"], name="weights_as_a_number")
def a_wrong_number_of_weights():
    return answer("9*NF + 72*NF^2 + 9*NF*NC + 9*NC^2", "86,784,000")


@mutant("outputs_wrong", part="counts", caught_by=["counts.outputs"])
def outputs_before_pooling_only():
    return hand_in(answers=ANSWERS.replace("1728*NF", "2240*NF").replace("6912*NF", "8960*NF"))


@mutant("connections_wrong", part="counts", caught_by=["counts.connections"])
def connections_counted_once():
    both = ANSWERS.replace(" 9216*NF + 8064*NF^2", " 9*NF + 72*NF^2")
    return hand_in(answers=both.replace("36864*NF + 32256*NF^2", "36*NF + 288*NF^2"))


@mutant("doubling_wrong", part="counts", caught_by=["counts.doubled"])
def twice_in_place_of_four_times():
    return answer("6912*NF + 5120*NC", "3456*NF + 2560*NC")


@mutant("doubling_wrong", part="counts", caught_by=["counts.doubled"], name="weights_grow")
def weights_that_grow_with_the_input():
    head, _, tail = ANSWERS.partition("doubled input:")
    return hand_in(answers=head + "doubled input:" + tail.replace("72*NF^2", "288*NF^2"))


@mutant("mixed_conventions", part="counts", caught_by=["counts.convention"])
def biases_among_the_connections_only():
    answers = ANSWERS.replace(" 9216*NF +", " 10944*NF + 1280*NC +")
    return hand_in(answers=answers.replace("36864*NF +", "43776*NF + 5120*NC +"))


@mutant("unreadable", part="counts", caught_by=["counts.readable"])
def letters_of_ones_own():
    lines = ("weights = 9*F + 72*NF*F", "outputs = NF*H*W + NC*H*W", "connections = 9*NF*H*W + H")
    return hand_in(answers="\n".join(lines))


@mutant("missing", part="counts", caught_by=["counts.readable"])
def no_answer():
    return hand_in(answers="Part A\n2.\n3.\n4.\n")


@mutant(
    ["weights_wrong", "doubling_wrong"],
    part="counts",
    caught_by=["counts.weights", "counts.doubled"],
)
def two_mistakes():
    doubled = ANSWERS.replace("6912*NF + 5120*NC", "3456*NF + 2560*NC")
    return hand_in(answers=doubled.replace("72*NF^2", "54*NF^2"))


@mutant(
    ["weights_wrong", "outputs_wrong", "connections_wrong"],
    part="counts",
    caught_by=["counts.weights", "counts.outputs", "counts.connections"],
)
def everything_wrong():
    return hand_in(answers="weights = 9*NF*NC\noutputs = 1024*NF\nconnections = 9*NF*NC + 3")


def in_the_cell(weights, outputs):
    """Return a hand-in whose answer cell holds these two formulas, and nothing in its write-up."""
    cell = f"A3 = {{\n    'weights': {weights!r},\n    'outputs': {outputs!r},\n}}"
    return hand_in(answers="See the notebook.", a3=code(cell))


@mutant("weights_wrong", part="counts", caught_by=["counts.weights"], name="weights_in_the_cell")
def wrong_weights_in_the_answer_cell():
    return in_the_cell("9*NF + 36*NF^2", "1728*NF + 1280*NC")


@mutant("unreadable", part="counts", caught_by=["counts.readable"], name="unreadable_in_the_cell")
def letters_of_ones_own_in_the_answer_cell():
    return in_the_cell("9*C*NF", "H*W*NF")
