"""Hand-ins, each with one thing missing or wrong."""

import json

from hand_ins import (
    FINE_TUNE,
    NAME,
    PICTURE,
    code,
    counted,
    hand_in,
    notebook,
    printed,
    received,
    run,
    text,
    write_up,
)

from grader.model import CellRun, ExecutedNotebook, Outcome, StudentError
from grader.proving.cases import mutant

NOTEBOOK = ["handin.notebook"]
UNREADABLE = "not_a_notebook"


@mutant("notebook_missing", part="handin", caught_by=NOTEBOOK)
def only_a_write_up():
    return received(a2_writeup__pdf=write_up())


@mutant(
    ["notebook_missing", "writeup_missing"],
    part="handin",
    caught_by=[*NOTEBOOK, "handin.writeup"],
)
def an_empty_folder():
    return received()


@mutant(UNREADABLE, part="handin", caught_by=NOTEBOOK, name="not_a_notebook_but_html")
def html_under_the_name_of_a_notebook():
    return received(a2_cnn__ipynb=b"<!DOCTYPE html><html></html>", a2_writeup__pdf=write_up())


@mutant(UNREADABLE, part="handin", caught_by=NOTEBOOK, name="not_a_notebook_but_python")
def exported_to_python():
    return received(a2_cnn__py=b"import torch\n", a2_writeup__pdf=write_up())


@mutant(UNREADABLE, part="handin", caught_by=NOTEBOOK, name="not_a_notebook_but_empty")
def an_empty_notebook_file():
    return received(a2_cnn__ipynb=b"", a2_writeup__pdf=write_up())


@mutant(UNREADABLE, part="handin", caught_by=NOTEBOOK, name="not_a_notebook_but_cut_off")
def a_notebook_cut_off():
    return received(a2_cnn__ipynb=notebook()[:500], a2_writeup__pdf=write_up())


@mutant(UNREADABLE, part="handin", caught_by=NOTEBOOK, name="not_a_notebook_but_of_the_future")
def a_notebook_of_the_future():
    later = json.loads(notebook()) | {"nbformat": 6}
    return received(a2_cnn__ipynb=json.dumps(later).encode(), a2_writeup__pdf=write_up())


@mutant("notebook_wrong_name", part="handin", caught_by=["handin.notebook_name"])
def another_name():
    return received(My_A2__ipynb=notebook(), a2_writeup__pdf=write_up())


@mutant("several_notebooks", part="handin", caught_by=["handin.notebook_name"])
def two_notebooks():
    files = {"a2_cnn__ipynb": notebook(), "a2_cnn_copy__ipynb": notebook()}
    return received(**files, a2_writeup__pdf=write_up())


@mutant("writeup_missing", part="handin", caught_by=["handin.writeup"])
def no_write_up():
    return received(a2_cnn__ipynb=notebook())


@mutant("writeup_not_pdf", part="handin", caught_by=["handin.writeup"])
def a_word_file():
    return received(a2_cnn__ipynb=notebook(), a2_writeup__docx=b"PK\x03\x04")


@mutant("writeup_not_pdf", part="handin", caught_by=["handin.writeup"], name="writeup_damaged")
def a_damaged_pdf():
    return received(a2_cnn__ipynb=notebook(), a2_writeup__pdf=write_up()[:200])


@mutant("writeup_empty", part="handin", caught_by=["handin.writeup"])
def an_empty_write_up():
    return received(a2_cnn__ipynb=notebook(), a2_writeup__pdf=write_up(" "))


@mutant("never_run", part="handin", caught_by=["handin.was_run"])
def never_run():
    names = ("cnn", "unet", "study", "fine_tune", "predictions")
    return hand_in(**dict.fromkeys(names, code(run("UNet"))))


def ended(outcome, error, *later):
    cells = (CellRun(0, Outcome.OK), CellRun(2, outcome, 1.0, error), *later)
    return hand_in() | {"notebook": ExecutedNotebook("none", cells)}


@mutant("cell_raised", part="handin", caught_by=["handin.cells_run"])
def a_cell_that_raises():
    return ended(Outcome.RAISED, StudentError("NameError", "name 'x' is not defined", "y = x"))


@mutant("cell_timed_out", part="handin", caught_by=["handin.cells_run"])
def a_cell_that_hangs():
    return ended(Outcome.TIMED_OUT, StudentError("Timeout", "still running after 300 s"))


@mutant("kernel_died", part="handin", caught_by=["handin.cells_run"])
def a_cell_that_kills_the_kernel():
    return ended(Outcome.DIED, StudentError("KernelDied", "the kernel died while this ran"))


@mutant(["kernel_died", "cell_not_run"], part="handin", caught_by=["handin.cells_run"])
def a_cell_that_kills_every_kernel():
    not_run = CellRun(3, Outcome.SKIPPED, 0.0, StudentError("NotRun", "not run"))
    return ended(Outcome.DIED, StudentError("KernelDied", "the kernel died"), not_run)


@mutant("epochs_below_25", part="handin", caught_by=["handin.epochs"])
def ten_epochs():
    return hand_in(unet=code(run("UNet", epochs=10), counted(10), PICTURE))


@mutant("epochs_below_25", part="handin", caught_by=["handin.epochs"], name="epochs_interrupted")
def interrupted_after_twelve_epochs():
    return hand_in(unet=code(run("UNet"), counted(12, of=25), PICTURE))


@mutant("batch_size_not_100", part="handin", caught_by=["handin.batch_size"])
def batches_of_five():
    return hand_in(unet=code(run("UNet", batch_size=5), counted(25), PICTURE))


@mutant("no_training_curve", part="handin", caught_by=["handin.training_curve"])
def no_curve():
    study = code("args.batch_size = 10\ntrain(args)", counted(25))
    return hand_in(unet=code(run("UNet"), counted(25)), study=study)


@mutant("no_batch_size_study", part="handin", caught_by=["handin.batch_size_study"])
def one_batch_size():
    return hand_in(study=None)


@mutant("predictions_not_shown", part="handin", caught_by=["handin.predictions"])
def no_predictions():
    return hand_in(fine_tune=code(FINE_TUNE, counted(10)), predictions=None)


@mutant(
    ["epochs_below_25", "batch_size_not_100", "no_batch_size_study"],
    part="handin",
    caught_by=["handin.epochs", "handin.batch_size", "handin.batch_size_study"],
    name="a_trial_run_only",
)
def a_trial_run_only():
    short = code(
        run("UNet", epochs=3, batch_size=5), printed("Epoch 1\nEpoch 2\nEpoch 3\n"), PICTURE
    )
    return hand_in(name=NAME, unet=short, study=None)


@mutant(
    ["writeup_missing", "answers_missing"],
    part="handin",
    caught_by=["handin.writeup", "handin.answers"],
)
def answer_cells_as_they_were():
    empty = [
        text(f"**Your answer to {q}**\n\n_Write here, a few sentences._") for q in ("A2", "B3")
    ]
    return received(a2_cnn__ipynb=notebook(a2=empty[0], b3=empty[1]))


@mutant(
    "batch_size_not_100",
    part="handin",
    caught_by=["handin.batch_size"],
    name="batch_size_changed_by_update",
)
def settings_updated_after_they_were_made():
    settings, call = run("UNet").split("\n", 1)
    update = "args.update({'batch_size': 2 ** 4})"
    return hand_in(unet=code(f"{settings}\n{update}\n{call}", counted(25), PICTURE))


@mutant("epochs_below_25", part="handin", caught_by=["handin.epochs"], name="epochs_in_brackets")
def ten_epochs_in_brackets():
    lines = "".join(f"[{n}/10] train 1.50 valid 1.53\n" for n in range(1, 11))
    return hand_in(unet=code(run("UNet", epochs=10), printed(lines), PICTURE))
