"""The work that a notebook does: training and data loading."""

from grader.kernel.sandbox import Limits

TRAIN = """
import torch
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
images = torch.randn(32, 3, 16, 16)
loader = DataLoader(TensorDataset(images), batch_size=8, num_workers=2)
layers = torch.nn.Conv2d(3, 8, 3, padding=1), torch.nn.BatchNorm2d(8), torch.nn.ReLU()
net = torch.nn.Sequential(*layers)
optimizer = torch.optim.Adam(net.parameters())
for (batch,) in loader:
    optimizer.zero_grad()
    net(batch).square().mean().backward()
    optimizer.step()
finite = all(p.grad.isfinite().all() for p in net.parameters())
print(batch.is_shared(), torch.get_num_threads(), finite)
"""


def test_training_and_worker_processes(running, world):
    with running(world(limits=Limits())) as kernel:
        assert kernel.run(TRAIN) == "True 1 True"
        kernel.run("torch.save(net.state_dict(), '/content/net.pth')")
        assert kernel.provisioner.killed_for is None
    assert (kernel.settings.scratch / "net.pth").stat().st_size > 1000
