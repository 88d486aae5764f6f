"""Batches, the loss, the training loop and its evaluation."""

import copy

import pytest
import torch
from torch import nn

from reference import CNN, UNet
from reference.learning import batches, compute_loss, evaluate, fit, predict


def task(count=20, size=8):
    """Return greys and, as categories, whether a pixel is bright: what one pixel can tell."""
    greys = torch.rand(count, 1, size, size, generator=torch.Generator().manual_seed(7))
    return greys, (greys[:, 0] > 0.5).long()


def network(kind=UNet):
    torch.manual_seed(0)
    return kind(3, 4, 2, 1)


@pytest.mark.parametrize(("count", "size"), [(10, 5), (10, 4), (3, 100), (1, 1), (7, 1)])
@pytest.mark.parametrize("shuffled", [True, False])
def test_batches_hold_every_index_once(count, size, shuffled):
    generator = torch.Generator().manual_seed(1) if shuffled else None
    parts = [batch.tolist() for batch in batches(count, size, generator)]
    assert sorted(index for part in parts for index in part) == list(range(count))
    assert all(len(part) == size for part in parts[:-1])
    assert len(parts[-1]) == (count % size or size)


def test_batches_are_shuffled_anew_each_time():
    generator = torch.Generator().manual_seed(1)
    orders = [torch.cat(list(batches(50, 8, generator))).tolist() for _ in range(2)]
    assert orders[0] != orders[1]
    assert orders[0] != list(range(50))


def test_a_batch_of_nothing_is_refused():
    with pytest.raises(ValueError, match=r"^batch_size=0, but should be at least 1$"):
        next(batches(4, 0))


def test_loss_is_the_mean_of_the_pixels_surprise():
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(2, 3, 4, 5, generator=generator, dtype=torch.float64)
    categories = torch.randint(3, (2, 4, 5), generator=generator)
    right = scores.exp().gather(1, categories[:, None])[:, 0] / scores.exp().sum(dim=1)
    torch.testing.assert_close(compute_loss(scores, categories), -right.log().mean())


@pytest.mark.parametrize("kind", [CNN, UNet])
def test_fit_learns_what_can_be_learnt(kind):
    # The CNN sees a pixel only through its pooled neighbourhood, so it gets a task of flat images.
    greys, categories = task() if kind is UNet else (task(80, 1)[0].expand(80, 1, 8, 8), None)
    categories = (greys[:, 0] > 0.5).long() if categories is None else categories
    model = network(kind)
    before = evaluate(model, greys, categories)
    losses = fit(model, greys, categories, epochs=30, batch_size=5, learn_rate=0.02, seed=0)
    after = evaluate(model, greys, categories)
    assert before.accuracy < 0.7
    assert after.accuracy > 0.9
    assert after.loss < before.loss / 2
    assert losses[-1] < losses[0] / 2


def test_fit_takes_the_steps_of_the_loop_written_out():
    greys, categories = task(5)
    model = network().double()
    expected = copy.deepcopy(model)
    losses = fit(model, greys.double(), categories, epochs=2, batch_size=2, learn_rate=0.1, seed=3)
    optimizer = torch.optim.Adam(expected.parameters(), lr=0.1)
    generator = torch.Generator().manual_seed(3)
    expected_losses = []
    for _ in range(2):
        order = torch.randperm(5, generator=generator)
        for start in (0, 2, 4):
            chosen = order[start : start + 2]
            scores = expected(greys[chosen].double())
            loss = nn.functional.cross_entropy(scores, categories[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            expected_losses.append(loss.item())
    assert losses == pytest.approx(expected_losses, rel=1e-9)
    assert len(losses) == 6
    for (name, value), other in zip(
        model.state_dict().items(), expected.state_dict().values(), strict=True
    ):
        torch.testing.assert_close(value, other, msg=name)


def test_fit_is_the_same_for_the_same_seed_only():
    runs = [
        fit(network(), *task(), steps=5, batch_size=4, learn_rate=0.01, seed=seed)
        for seed in (1, 1, 2)
    ]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_fit_counts_steps_across_passes_and_reports_whole_passes():
    passes = []
    losses = fit(
        network(),
        *task(5),
        steps=7,
        batch_size=2,
        learn_rate=0.01,
        seed=0,
        after_epoch=lambda number, losses: passes.append((number, losses)),
    )
    assert len(losses) == 7
    assert passes == [(1, losses[:3]), (2, losses[3:6])]


def test_fit_keeps_training_after_an_evaluation_between_passes():
    model = network()
    modes = []

    def after_epoch(number, losses):
        evaluate(model, *task())
        modes.append(all(module.training for module in model.modules()))

    model.eval()
    fit(
        model,
        *task(4),
        epochs=2,
        batch_size=4,
        learn_rate=0.01,
        seed=0,
        after_epoch=after_epoch,
    )
    assert modes == [True, True]


@pytest.mark.parametrize("duration", [{}, {"steps": 1, "epochs": 1}])
def test_fit_wants_either_steps_or_epochs(duration):
    with pytest.raises(ValueError, match="but exactly one should be given"):
        fit(network(), *task(), **duration, batch_size=2, learn_rate=0.1, seed=0)


@pytest.mark.parametrize(("inputs", "targets"), [(0, 0), (3, 2)])
def test_fit_wants_a_target_for_each_input(inputs, targets):
    greys, categories = task(5)
    message = f"^{inputs} inputs, {targets} targets, but should be equally many, not 0$"
    with pytest.raises(ValueError, match=message):
        fit(
            network(),
            greys[:inputs],
            categories[:targets],
            steps=1,
            batch_size=2,
            learn_rate=0.1,
            seed=0,
        )


def test_evaluate_weighs_every_pixel_alike_whatever_the_batches():
    greys, categories = task(7)
    model = network().train()
    before = copy.deepcopy(model.state_dict())
    results = [evaluate(model, greys, categories, batch_size=size) for size in (7, 3, 1)]
    scores = copy.deepcopy(model).eval()(greys)
    loss = nn.functional.cross_entropy(scores, categories).item()
    accuracy = (scores.argmax(dim=1) == categories).float().mean().item()
    for result in results:
        assert result == pytest.approx((loss, accuracy), rel=1e-5)
    assert 0 < accuracy < 1
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_predict_gives_the_category_with_the_highest_score():
    greys, _ = task(5)
    model = network()
    expected = copy.deepcopy(model).eval()(greys)
    categories = predict(model, greys, batch_size=2)
    assert categories.shape == (5, 8, 8)
    assert torch.equal(expected.gather(1, categories[:, None])[:, 0], expected.amax(dim=1))


def test_evaluating_nothing_is_refused():
    greys, categories = task(1)
    with pytest.raises(ValueError, match=r"^0 images, but should be at least 1$"):
        evaluate(network(), greys[:0], categories[:0])
