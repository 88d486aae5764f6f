"""A clock that goes on while nothing is done."""

import threading

from grader.basics.ticking import Ticker


class Bar:
    def __init__(self, *, disable=False):
        self.disable = disable
        self.drawn = 0
        self.often = threading.Event()

    def refresh(self):
        self.drawn += 1
        if self.drawn > 2:
            self.often.set()


def test_the_bar_is_drawn_again_and_again_until_it_is_stopped():
    bar = Bar()
    ticker = Ticker(bar, every=0.001)
    assert bar.often.wait(60)
    ticker.stop()
    drawn = bar.drawn
    ticker.stop()
    assert bar.drawn == drawn


def test_a_bar_that_is_hidden_is_left_alone():
    bar = Bar(disable=True)
    Ticker(bar, every=0.001).stop()
    assert not bar.drawn
