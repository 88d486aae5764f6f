"""Hand-ins that have everything, in other layouts."""

from hand_ins import (
    FINE_TUNE,
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

from grader.cases import right_variant
from grader.model import CellRun, ExecutedNotebook, Outcome


@right_variant("whole", part="handin")
def whole():
    return received(a2_cnn__ipynb=notebook(), a2_writeup__pdf=write_up())


@right_variant("every_cell_runs", part="handin")
def every_cell_runs():
    cells = tuple(CellRun(n, Outcome.OK, 0.1) for n in range(6))
    return hand_in() | {"notebook": ExecutedNotebook("none", cells)}


@right_variant("forty_epochs", part="handin")
def forty_epochs():
    return hand_in(unet=code(run("UNet", epochs=40), counted(40), PICTURE))


@right_variant("a_trial_before_the_whole_run", part="handin")
def a_trial_before_the_whole_run():
    trial = code(run("UNet", epochs=2), counted(2), PICTURE)
    return hand_in(cnn=trial)


@right_variant("epochs_counted_from_zero", part="handin")
def epochs_counted_from_zero():
    lines = "".join(f"epoch {n}: train 1.50, valid 1.53\n" for n in range(25))
    return hand_in(unet=code(run("UNet"), printed(lines), PICTURE))


@right_variant("curve_drawn_in_a_later_cell", part="handin")
def curve_drawn_in_a_later_cell():
    study = code("plt.plot(unet_losses)\nplt.show()", PICTURE)
    loop = "for size in (10, 300):\n    args.batch_size = size\n    train(args)\n"
    later = code(loop + "# model.predict", counted(25), counted(25))
    return hand_in(
        unet=code(run("UNet"), counted(25)),
        study=study,
        fine_tune=later,
        last=code(FINE_TUNE, counted(10), PICTURE),
    )


@right_variant("pictures_in_text_cells", part="handin")
def pictures_in_text_cells():
    drawn = text("![curve](data:image/png;base64,iVBORw0KGgo=)")
    return hand_in(
        unet=code(run("UNet"), counted(25)),
        study=code("args.batch_size = 10\ntrain(args)", counted(25)),
        fine_tune=code(FINE_TUNE, counted(10)),
        predictions=drawn,
    )


@right_variant("nothing_is_printed", part="handin")
def nothing_is_printed():
    return hand_in(unet=code(run("UNet"), PICTURE))


@right_variant("settings_that_cannot_be_read", part="handin")
def settings_that_cannot_be_read():
    unknown = "args.batch_size = int(sys.argv[1])\nunet = train(args)"
    return hand_in(unet=code(unknown, counted(25), PICTURE))


@right_variant("another_structure", part="handin")
def another_structure():
    """No training function at all: nothing can be told, so nothing is claimed."""
    cell = code("learner.fit_one_cycle(25)", printed("done"), PICTURE)
    return hand_in(helpers=None, cnn=None, unet=cell, study=None)
