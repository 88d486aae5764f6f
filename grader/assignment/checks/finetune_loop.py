"""Part C: what `train(args, model)` hands to its optimizer, and what its loop does."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from grader.assignment.checks import deeplab, handover, proof
from grader.assignment.checks.deeplab import HEAD, shown
from grader.judging.catalog import check
from grader.judging.unanswered import raised
from grader.model import Evidence, Finding, Replies

CROSS_ENTROPIES = {
    "cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits"
}  # fmt: skip
NOT_FOLLOWED, OTHERWISE = "loop_not_followed", "it moves otherwise"


@check("finetune.selection")
def selection(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """`learned_parameters` holds the weight and the bias of classifier.4, and nothing else.

    Why it matters: fine-tuning the last layer means that the optimizer is given this layer.
    Usual cause: `named_parameters(prefix=...)` only puts a word before the names and selects
    everything; a test with `in` also takes aux_classifier.4.
    """
    ran, layer = handover.read(student.replies), deeplab.read(student.replies).under(HEAD)
    handed = ran.handed
    yield from handover.stopped(ran)
    want = shown(layer) if layer else f"those of {HEAD}"
    if not layer:
        got = f"{handed or 'none'}: the network has no {HEAD}"
        yield Finding(handover.WHAT, want, got, "classifier_replaced")
    elif handed is None:
        yield handover.refusal(ran, want)
    else:
        if handed.names != set(layer):
            for mistake in handover.mistakes(handed, frozenset(layer)):
                yield Finding(handover.WHAT, want, str(handed), mistake)
        yield from _chosen(student, layer, handed.names)


def _chosen(student: Evidence, layer: list[str], handed: Collection[str]) -> Iterator[Finding]:
    """Yield what two steps of the student's optimizer on drawn networks say against a selection."""
    names = [name for name in layer if name in handed]
    parts = {name.rpartition(".")[2] for name in names}
    alone = set(handed) <= set(layer)
    for trial in proof.trials(student, "step") if names else ():
        if not trial.chosen(parts, alone=alone):
            what = "two steps of that optimizer on a network drawn by the grader"
            yield Finding(what, f"{shown(names)} moved, by the gradient", proof.REFUTED)
            return


@check(
    "finetune.loop",
    requires=["finetune.head", "finetune.frozen", "finetune.selection"],
    tolerates=["head_kernel"],
)
def loop(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """`train(args, model)` trains: zero_grad, cross-entropy, backward, step, for every batch.

    Why it matters: the starter's loop is right as it is; only the selection was to be written.
    Usual cause: a line of the loop lost or moved while the selection was written.
    """
    found = list(_departures(handover.read(student.replies)))
    for expected, got in found:
        yield Finding("the training loop of train(args, model)", expected, got, "loop_changed")
    trials = [trial for trial in proof.trials(student, "step") if "loop" not in trial.stirred]
    if found:
        return
    error = next((trial.raised for trial in trials if trial.raised), None)
    if error is None and not all(trial.answered() for trial in trials):
        what = "the loss of train(args, model), by its gradient at the scores of a drawn network"
        yield Finding(what, "that of cross-entropy with the masks", "another", "loop_changed")
    elif not all(trial.stepped() for trial in trials):
        what = "two steps of train(args, model) on a network and pictures drawn by the grader"
        told = (raised(error), "loop_changed") if error else (OTHERWISE, NOT_FOLLOWED)
        yield Finding(what, "the last layer goes down each batch's gradient", *told)


def _departures(ran: handover.Loop) -> Iterator[tuple[str, str]]:
    """Yield what the loop should do and what it does instead."""
    still = sorted(ran.handed.names - set(ran.moved)) if ran.handed else []
    if not ran.steps:
        passes = f"{ran.backwards} backward passes and no step"
        got = raised(ran.raised) if ran.raised else passes
        yield "a step of the optimizer for every batch", got
    elif not ran.backwards:
        yield "a backward pass before every step", "steps without a backward pass"
    elif still:
        yield "steps that move the last layer", f"no change in {shown(still)}"
    if ran.uncleared:
        yield "zero_grad before every backward pass", "the gradients of the step before are kept"
    if ran.losses and not ran.losses & CROSS_ENTROPIES:
        yield "cross-entropy", ", ".join(sorted(ran.losses))


@check("finetune.only_head_moves", requires=["finetune.loop"])
def only_head_moves(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Two steps of the student's own `train(args, model)` move the last layer and nothing else.

    Why it matters: it is the proof that selection and freezing together do what they should.
    Usual cause: the loop changes parameters without the optimizer, frozen or not.
    """
    ran = handover.read(student.replies)
    outside = [name for name in ran.moved if not name.startswith(f"{HEAD}.")]
    if outside:
        what, want = "the parameters that moved", shown([f"{HEAD}.weight", f"{HEAD}.bias"])
        yield Finding(what, want, shown(ran.moved), "frozen_parameter_moved")
    elif any("loop" in trial.stirred for trial in proof.trials(student, "step")):
        what, want = "the layers before the last", "the numbers that they had"
        yield Finding(what, want, "others", "frozen_parameter_moved")
    if ran.moved_buffers:
        yield Finding(
            "BatchNorm's running statistics",
            "they may move: the starter's loop calls model.train()",
            f"{ran.moved_buffers} buffers moved",
            note=True,
        )
