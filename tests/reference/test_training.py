"""The whole run of Parts A and B, on a small data set in the original files."""

import numpy as np
import pytest
import torch

from reference import CNN, UNet
from reference.training import Settings, process, train

HORSES = 4  # in each of the small files


def settings(**changes):
    options = {"gpu": False, "num_filters": 2, "batch_size": 8, "epochs": 2, "plot": False}
    return Settings(**(options | changes))


def run(cifar, cnn=None, **changes):
    history = []
    model = train(settings(**changes), cnn, root=cifar, report=history.append)
    return model, history


def same(model, other):
    pairs = zip(model.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(value, expected) for value, expected in pairs)


@pytest.mark.parametrize(("name", "network"), [("CNN", CNN), ("UNet", UNet)])
def test_trains_the_network_that_is_asked_for(cifar, name, network):
    model, history = run(cifar, model=name, epochs=6, learn_rate=0.01)
    assert type(model) is network
    assert model(torch.zeros(1, 1, 8, 8)).shape == (1, 3, 8, 8)
    assert [epoch.number for epoch in history] == [1, 2, 3, 4, 5, 6]
    assert history[-1].train_loss < history[0].train_loss
    assert all(0 <= epoch.score <= 1 for epoch in history)


def test_the_same_settings_give_the_same_network(cifar):
    model, history = run(cifar, seed=4)
    again, history_again = run(cifar, seed=4)
    other, _ = run(cifar, seed=5)
    assert same(model, again)
    assert history == history_again
    assert not same(model, other)


def test_a_given_network_is_trained_further(cifar):
    torch.manual_seed(0)
    given = UNet(1, 3, 3, 1)
    before = given.block6.weight.clone()
    model, _ = run(cifar, given)
    assert model is given
    assert not torch.equal(given.block6.weight, before)


def test_weights_that_were_written_can_be_measured_alone(cifar):
    trained, history = run(cifar, checkpoint="weights/cnn.pt")
    measured, only = run(cifar, checkpoint="weights/cnn.pt", valid=True, seed=99)
    assert same(measured, trained)
    assert [epoch.number for epoch in only] == [0]
    assert only[0].valid_loss == history[-1].valid_loss
    assert only[0].score == history[-1].score
    assert np.isnan(only[0].train_loss)


def test_pictures_are_written_if_they_are_asked_for(cifar):
    run(cifar, epochs=1)
    assert not (cifar / "outputs").exists()
    run(cifar, epochs=1, plot=True, visualize=True, experiment_name="mine")
    written = {path.name: path.read_bytes()[:4] for path in (cifar / "outputs/mine").iterdir()}
    assert written == dict.fromkeys(("learning_curve.png", "colourings.png"), b"\x89PNG")


def test_each_epoch_is_printed(cifar, capsys):
    train(settings(epochs=1), root=cifar)
    assert capsys.readouterr().out.startswith("epoch 1: training loss ")


def test_an_unknown_model_is_refused(cifar):
    with pytest.raises(ValueError, match=r"^model='unet', but should be one of \['CNN', 'UNet'\]$"):
        run(cifar, model="unet")


def test_missing_data_is_named(tmp_path, cifar):
    (cifar / "data/cifar-10-batches-py/test_batch").unlink()
    with pytest.raises(FileNotFoundError, match="test_batch"):
        run(cifar)


def examples(downsize_input):
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (5, 3, 8, 8), dtype=np.uint8)
    labels = np.array([7, 1, 7, 0, 7])
    colours = torch.tensor([[0.2, 0.2, 0.2], [0.81, 0.81, 0.81]])
    return images[labels == 7] / 256, process((images, labels), colours, downsize_input)


def test_examples_are_the_horses_in_grey_and_their_categories():
    horses, (greys, categories) = examples(downsize_input=False)
    np.testing.assert_allclose(greys, horses.mean(axis=1, keepdims=True), rtol=1e-6, atol=0)
    bright = ((horses - 0.81) ** 2).sum(axis=1) < ((horses - 0.2) ** 2).sum(axis=1)
    np.testing.assert_array_equal(categories, bright)


def test_downsizing_averages_blocks_of_the_input_and_keeps_the_target():
    horses, (greys, categories) = examples(downsize_input=True)
    blocks = horses.mean(axis=1, keepdims=True).reshape(3, 1, 2, 4, 2, 4).mean(axis=(3, 5))
    np.testing.assert_allclose(greys, np.kron(blocks, np.ones((4, 4))), rtol=1e-6, atol=0)
    assert torch.equal(categories, examples(downsize_input=False)[1].categories)
