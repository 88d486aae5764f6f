"""Hand-ins that have everything, in other layouts."""

import json

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

from grader.model import CellRun, ExecutedNotebook, Outcome
from grader.proving.cases import right_variant


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


def at(count, source, *outputs):
    """Return a code cell that was run as the `count`-th."""
    return {**code(source, *outputs), "execution_count": count}


@right_variant("settings_run_again_after_the_training", part="handin")
def settings_run_again_after_the_training():
    """The settings that stand above the run are not those that it had: nothing is claimed."""
    settings = "args = AttrDict(model='UNet', epochs=3, batch_size=10)"
    return hand_in(
        helpers=at(1, "def train(args):\n    loss.backward()\n    plt.plot(losses)"),
        cnn=at(9, settings),
        unet=at(5, "unet = train(args)", PICTURE),
        study=None,
        fine_tune=at(6, FINE_TUNE, counted(10), PICTURE),
        predictions=None,
    )


@right_variant("epochs_under_a_condition", part="handin")
def epochs_under_a_condition():
    quick = "if not torch.cuda.is_available():\n    args.epochs = 2\n"
    settings, call = run("UNet").split("\n", 1)
    return hand_in(unet=code(f"{settings}\n{quick}{call}", PICTURE))


@right_variant("batch_sizes_in_a_comprehension", part="handin")
def batch_sizes_in_a_comprehension():
    nets = "nets = {b: train(AttrDict(args, batch_size=b)) for b in (10, 5 * 50)}"
    return hand_in(study=code(nets, counted(25), counted(25), PICTURE))


@right_variant("epochs_counted_in_brackets", part="handin")
def epochs_counted_in_brackets():
    lines = "".join(f"[{n}/25] train 1.50 valid 1.53\n" for n in range(1, 26))
    return hand_in(unet=code(run("UNet"), printed(lines), PICTURE))


@right_variant("bars_of_python_2", part="handin")
def bars_of_python_2():
    bars = "".join(
        f"\rEpoch {n}:  50%|##  | 25/50 [00:02<00:02]\rEpoch {n}: 100%|####| 50/50 [00:04<00:00]\n"
        f"('loss', 1.5, 'accuracy', 44.1)\n"
        for n in range(1, 26)
    )
    return hand_in(unet=code(run("UNet"), printed(bars), PICTURE))


@right_variant("a_class_that_trains", part="handin")
def a_class_that_trains():
    """Its code is not followed, so what its words say is not held against it."""
    trainer = "class Trainer:\n    def fit(self):\n        loss.backward()\n"
    call = "trainer = Trainer(UNet(3, 32, 24, 1), batch_size={})\ntrainer.fit()"
    return hand_in(
        helpers=code(trainer),
        cnn=None,
        unet=code(call.format(5), counted(25), PICTURE),
        study=None,
    )


@right_variant("answers_in_the_cells", part="handin")
def answers_in_the_cells():
    written = text("**Your answer to A2**\n\nGrass and sky are right.")
    return hand_in(
        a2=written, a4=text("**Your answer to A4**\n\n_Write here, about 50 to 150 words._")
    )


@right_variant("what_jupyter_opens_beside_its_schema", part="handin")
def what_jupyter_opens_beside_its_schema():
    made = json.loads(notebook())
    made |= {"nbformat": 4.0, "metadata": {"kernelspec": {"name": "python3"}}}
    for cell in made["cells"]:
        cell |= {"outputExpanded": True, "attachments": {}}
        for output in cell["outputs"]:
            output["transient"] = {}
    return received(a2_cnn__ipynb=json.dumps(made).encode(), a2_writeup__pdf=write_up())
