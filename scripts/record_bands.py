"""Train the reference on many draws of data, and record in grader/bands.json how well it learns.

The bar below a band is five standard deviations of single runs under their mean; a submission is
judged by the mean of several runs. Bands that are not measured here are left as they are.
"""

import json
import statistics

import torch

import reference
from grader import bands, oracle
from grader.agent.serve import Agent
from grader.checks import training
from grader.draws import Draw

SEEDS = range(1, 11)
NAMES = ("CNN", "UNet")
BELOW = 5  # standard deviations


def accuracy(name: str, seed: int, agent: Agent) -> float:
    """Return the share of held-out pixels that the reference gets right after one run."""
    data = training.learning_data(Draw(seed).generator("learn"))
    request = training.learning_request(name, seed, data)
    reply = oracle.ask(request, agent)
    return float((reply.arrays["predictions"] == request.held_back["labels"]).mean())


def main() -> None:
    """Measure, print and record."""
    torch.set_num_threads(1)
    agent = Agent({name: getattr(reference, name) for name in (*NAMES, "MyConv2d")})
    recorded = json.loads(bands.PATH.read_text("utf-8"))
    for name in NAMES:
        found = [accuracy(name, seed, agent) for seed in SEEDS]
        mean, sd = statistics.fmean(found), statistics.stdev(found)
        band = {"mean": mean, "sd": sd, "low": mean - BELOW * sd}
        band = {key: round(value, 4) for key, value in band.items()}
        recorded["bands"][f"{name.lower()}_accuracy"] = {**band, "count": len(found)}
        print(name, band, [round(value, 3) for value in found])
    bands.PATH.write_text(json.dumps(recorded, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
