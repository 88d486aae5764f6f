"""The laws of the catalogue that need no judging: what there is, and that all of it is tried."""

from pathlib import Path

import pytest

from grader.judging.catalog import IDENTIFIER, catalogue, check
from grader.model import Replies
from grader.proving import cases
from grader.proving.selftest import Outcome, columns, faults, legend, row, summary
from grader.scoring import rubric
from tests.message_gold import GOLD, recorded

HERE = Path(__file__).parents[1]
MUTANTS = cases.load(HERE / "mutants")
VARIANTS = cases.load(HERE / "right_variants")

# The catalogue of mistakes, question by question. An id is for ever: reports and rubrics use it.
CATALOGUE = {
    "conv2d": """bias_ignored bias_not_parameter weight_not_parameter weight_detached input_detached
        padding_ignored padding_default_zero padding_always_same kernel_flipped weight_axes_swapped
        init_missing init_scale stride_two input_overwritten wrong_dtype fixed_batch""",
    "networks": """pool_after_relu upsample_after_relu batchnorm_after_relu batchnorm_missing
        relu_missing relu_at_end softmax_at_end log_softmax_at_end batchnorm_at_end argmax_at_end
        pool_missing upsample_missing average_pool strided_conv upsample_bilinear conv_transpose
        pixel_shuffle nn_conv2d_used block_missing block_repeated width_wrong kernel_hardcoded
        padding_hardcoded filters_hardcoded colours_hardcoded in_channels_hardcoded
        layers_not_registered weights_shared dropout_added noise_added returns_tuple
        output_flattened channels_last size_fixed_32 not_a_module missing raises
        pool_misplaced upsample_misplaced batchnorm_not_affine batchnorm_frozen batchnorm_settings
        bias_missing conv_settings output_reduced""",
    "unet": """skip_missing_block2 skip_missing_block1 skip_missing_input skips_missing skip_added
        skip_wrong_source skip_detached input_skip_one_channel""",
    "finetune": """selects_everything selects_weight_only selects_bias_only selects_aux_head
        selects_whole_classifier selects_nothing selects_names selects_old_layer not_frozen
        partly_frozen head_frozen freeze_without_effect head_not_replaced head_wrong_index
        classifier_replaced head_channels head_kernel head_in_channels frozen_parameter_moved
        loop_changed loop_not_followed head_without_bias stopped_by_the_world""",
    "training": "below_band does_not_learn diverges cheats_eval",
    "handin": """notebook_missing notebook_wrong_name several_notebooks not_a_notebook
        writeup_missing writeup_not_pdf writeup_empty answers_missing never_run cell_raised
        cell_timed_out kernel_died epochs_below_25 batch_size_not_100 no_training_curve
        no_batch_size_study predictions_not_shown""",
    "counts": """weights_wrong outputs_wrong connections_wrong doubling_wrong mixed_conventions
        unreadable""",
}
IDS = [name for text in CATALOGUE.values() for name in text.split()]
PARTIAL = ("below_band", "does_not_learn", "diverges")
# Said, never failed, so a right variant and no mutant.
NOTED = {"upsample_after_relu", "batchnorm_settings", "head_without_bias", "stopped_by_the_world"}


def test_no_recorded_message_is_left_over():
    cases_of = {case.name for case in (*MUTANTS, *VARIANTS)}
    assert {name for path in GOLD.glob("*.txt") for name in recorded(path.stem)} <= cases_of


def test_there_are_enough_cases():
    assert len(MUTANTS) >= 80
    assert len(VARIANTS) >= 30
    assert sum(len(case.mistakes) == 2 for case in MUTANTS) >= 10


@pytest.mark.parametrize("name", IDS)
def test_every_mistake_is_tried_by_a_mutant(name):
    tried = {mistake for case in MUTANTS for mistake in case.mistakes} | NOTED
    assert name in tried


@pytest.mark.parametrize("name", IDS)
def test_every_mistake_has_a_price_or_a_partial_credit(name):
    assert name in rubric.mistakes() or name in PARTIAL


@pytest.mark.parametrize("name", list(catalogue()))
def test_every_check_is_failed_by_a_mutant(name):
    assert any(name in case.caught_by for case in MUTANTS)


@pytest.mark.parametrize("name", list(catalogue()))
def test_every_check_is_well_formed_and_in_the_rubric(name):
    entry = catalogue()[name]
    assert IDENTIFIER.match(name)
    assert entry.title.endswith(".")
    assert entry.why
    assert entry.usual_cause
    assert any(name in question.checks for question in rubric.load().questions)


@pytest.mark.parametrize("name", ["CNN.values", "cnn", "cnn.", "cnn.values.more", "1.a"])
def test_a_malformed_id_is_refused(name):
    with pytest.raises(ValueError, match=r"not of the form question.property"):
        check(name)


def test_a_docstring_without_its_sections_is_refused():
    def function(student: Replies, reference: Replies) -> None:
        """Title.

        Why it matters: because.
        """

    with pytest.raises(ValueError, match="no line 'Usual cause"):
        check("cnn.new")(function)


def test_the_registry_cannot_be_changed():
    with pytest.raises(TypeError):
        catalogue()["cnn.new"] = None  # type: ignore[index]


CASE = cases.Case("cnn.x", "cnn", dict, frozenset({"cnn.values"}), frozenset({"pool_after_relu"}))


def outcome(caught=("cnn.values",), mistakes=("pool_after_relu",), broken=(), points=3.0):
    return Outcome(
        "cnn.x", "cnn", frozenset(caught), frozenset(mistakes), frozenset(broken), points, 3.2, 0.1
    )


def test_selftest_finds_each_kind_of_fault():
    assert faults(CASE, outcome()) == []
    assert faults(CASE, outcome(caught=())) == ["not caught by cnn.values"]
    assert faults(CASE, outcome(caught=("cnn.values", "cnn.blocks"))) == [
        "caught by cnn.blocks, which it does not name"
    ]
    assert faults(CASE, outcome(mistakes=("relu_missing",))) == [
        "not diagnosed as pool_after_relu",
        "diagnosed as relu_missing",
    ]
    assert faults(CASE, outcome(broken=("cnn.values",))) == ["cnn.values broke"]
    unnamed = cases.Case("cnn.x", "cnn", dict, frozenset({"cnn.values"}), frozenset({None}))
    assert faults(unnamed, outcome(mistakes=("None",))) == []
    right = cases.Case("cnn.r", "cnn", dict)
    assert faults(right, outcome((), (), points=3.2)) == []
    assert faults(right, outcome((), (), points=3.1)) == ["earns 3.1 of 3.2"]


def test_selftest_sums_up():
    right = cases.Case("cnn.r", "cnn", dict)
    assert list(summary([CASE, right], [], [])) == [
        "",
        f"2 cases, {len(catalogue())} checks",
        "mutants caught by exactly the checks they name, as named: 1 of 1",
        "false alarms on right solutions: 0 of 1",
        "checks that no mutant fails: none",
    ]
    assert list(summary([CASE, right], [CASE, right], ["cnn.values", "cnn.blocks"]))[2:] == [
        "mutants caught by exactly the checks they name, as named: 0 of 1",
        "false alarms on right solutions: 1 of 1",
        "checks that no mutant fails: cnn.values, cnn.blocks",
    ]


def test_a_row_of_the_table_fits_80_columns_and_marks_each_check():
    line = row(CASE, outcome(caught=("cnn.blocks",)), ok=False)
    assert len(line) <= 80
    marks = line.split()[1]
    names = columns("cnn")
    assert len(names) == len(marks) < len(catalogue())
    assert marks[names.index("cnn.values")] == "-"
    assert marks[names.index("cnn.blocks")] == "!"
    assert marks[names.index("cnn.builds")] == "."
    assert all(len(text) <= 80 for text in legend("cnn"))
    assert line.endswith("WRONG")
