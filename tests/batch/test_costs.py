"""Where the time of a submission goes."""

from grader.batch import costs


def test_stages_are_summed_and_nothing_is_counted_twice():
    now = iter([0.0, 2.0, 5.0, 6.0, 10.0])
    meter = costs.Meter(clock=lambda: next(now))
    meter.stage("running")  # at 2: the start took 2
    meter.stage("running")  # goes on
    meter.stage("judging")  # at 5
    meter.stage("running")  # at 6: again
    found = meter.cost()  # at 10
    assert found.seconds == {"start": 2.0, "running": 7.0, "judging": 1.0}


def test_processor_time_and_memory_are_those_of_this_process():
    meter = costs.Meter()
    sum(range(3_000_000))
    found = meter.cost()
    assert 0.01 < found.cpu_seconds < 30
    assert 10 << 20 < found.peak_bytes < 64 << 30


def test_what_the_system_counts_elsewhere_is_added():
    used = [7.0]
    meter = costs.Meter(elsewhere=lambda: used[0])
    used[0] = 12.0
    assert 5.0 <= meter.cost().cpu_seconds < 6.0
