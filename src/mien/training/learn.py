"""The learning itself: batches, steps, replicas of the network, checkpoints; what is learned is a `Task`."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

import numpy as np
import torch
from torch import Tensor, nn

from mien.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from rich.progress import Progress

CHECKPOINT: Final = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is made of; a checkpoint of other settings is refused.

    Attributes:
        epochs: Passes over as many pictures as there are.
        polish: Passes after those, from a lower rate, drawing rarer expressions more often.
        seed: Seed of every chance in the run.
        batch: Pictures per step.
        rate: Highest learning rate.
        polish_rate: Highest learning rate of the polish.
        decay: Weight decay.
        balance: Power of 1 / frequency by which pictures of rarer expressions are drawn more often.
        polish_balance: The same in the polish.
        average: Decay of the running average of the weights per step; the average is what is kept.
    """

    epochs: int = 32
    polish: int = 6
    seed: int = 1
    batch: int = 128
    rate: float = 0.1
    polish_rate: float = 0.03
    decay: float = 5e-4
    balance: float = 0.25
    polish_balance: float = 0.5
    average: float = 0.998


class Task(Protocol):
    """What is learned: a network, pictures made for it, and what it is to get right."""

    @property
    def settings(self) -> Settings:
        """How long and how fast."""
        ...

    def network(self) -> nn.Module:
        """The network before its first step."""
        ...

    def rows(self) -> NDArray[np.intp]:
        """The pictures to learn from; an epoch sees as many."""
        ...

    def order(self, rng: np.random.Generator, epoch: int) -> NDArray[np.intp]:
        """The rows of one epoch, in the order they are seen."""
        ...

    def batch(self, rng: np.random.Generator, rows: NDArray[np.intp]) -> tuple[Tensor, ...]:
        """Pictures (N, 1, H, W) float32, and what is wanted of each."""
        ...

    def loss(self, net: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        """What a step makes smaller."""
        ...


def _batches(task: Task, epoch: int) -> Iterator[tuple[Tensor, ...]]:
    """The batches of an epoch, each made while the one before is learned from."""
    settings = task.settings
    order = task.order(np.random.default_rng((settings.seed, epoch)), epoch)
    steps = max(len(order) // settings.batch, 1)
    parts = np.array_split(order[: steps * settings.batch], steps)

    def made(i: int) -> tuple[Tensor, ...]:
        return task.batch(np.random.default_rng((settings.seed, epoch, i)), parts[i])

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(made, 0)
        for i in range(1, steps + 1):
            ready = waiting.result()
            if i < steps:
                waiting = pool.submit(made, i)
            yield ready


class _Replicas:
    """Copies of a network that share their weights, each learning from its part of a batch on one thread.

    On a machine with other work, one thread per copy wastes far less time than several threads inside one operation,
    which wait for one another at every layer.
    """

    def __init__(self, task: Task, net: nn.Module, workers: int) -> None:
        self._task = task
        self._nets = [net]
        for _ in range(workers - 1):
            copy = deepcopy(net)
            for own, shared in zip(copy.parameters(), net.parameters(), strict=True):
                own.data = shared.data
            self._nets.append(copy)
        self._pool = ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,))

    def _gradient(self, net: nn.Module, part: tuple[Tensor, ...]) -> tuple[float, list[Tensor]]:
        net.train()
        loss = self._task.loss(net, part)
        return float(loss.detach()), list(torch.autograd.grad(loss, list(net.parameters())))

    def learn(self, batch: tuple[Tensor, ...]) -> float:
        """Leave the mean gradient of the batch in the network's parameters; returns its loss."""
        count = len(self._nets)
        parts = list(zip(*(t.chunk(count) for t in batch), strict=True))
        results = list(self._pool.map(self._gradient, self._nets[: len(parts)], parts))
        for i, parameter in enumerate(self._nets[0].parameters()):
            parameter.grad = torch.stack([gradients[i] for _, gradients in results]).mean(0)
        return sum(loss for loss, _ in results) / len(results)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()


def _rate(settings: Settings, epoch: float) -> float:
    """A short warm-up, then half a cosine to nothing; the polish is half a cosine of its own."""
    if epoch >= settings.epochs:
        return (
            settings.polish_rate
            * 0.5
            * (1.0 + math.cos(math.pi * (epoch - settings.epochs) / settings.polish))
        )
    warm = settings.epochs / 12
    if epoch < warm:
        return settings.rate * epoch / warm
    return settings.rate * 0.5 * (1.0 + math.cos(math.pi * (epoch - warm) / (settings.epochs - warm)))


def _save(path: Path, state: dict[str, Any]) -> None:
    """Write beside, then rename: an interrupted write never spoils the last good checkpoint."""
    beside = path.with_suffix(".part")
    torch.save(state, beside)
    beside.replace(path)


def _update(average: nn.Module, net: nn.Module, decay: float) -> None:
    with torch.no_grad():
        for kept, new in zip(average.state_dict().values(), net.state_dict().values(), strict=True):
            if kept.dtype.is_floating_point:
                kept.lerp_(new, 1.0 - decay)
            else:
                kept.copy_(new)


def fit(
    task: Task,
    path: Path,
    progress: Progress,
    *,
    name: str = "learning",
    workers: int = 2,
    resume: bool = True,
) -> nn.Module:
    """Learn a task, saving after every epoch; returns the averaged network.

    Args:
        task: What is learned.
        path: The checkpoint.
        progress: Where the bar is drawn.
        name: What the bar says is going on.
        workers: Threads, each learning from its part of every batch.
        resume: Go on from the checkpoint, if there is one.

    Raises:
        InputError: The checkpoint was made with other settings.
    """
    settings = task.settings
    torch.manual_seed(settings.seed)
    net = task.network().to(memory_format=torch.channels_last)
    average = deepcopy(net)
    plain = [p for p in net.parameters() if p.ndim <= 1]
    heavy = [p for p in net.parameters() if p.ndim > 1]
    optimiser = torch.optim.SGD(
        [{"params": heavy, "weight_decay": settings.decay}, {"params": plain, "weight_decay": 0.0}],
        lr=settings.rate,
        momentum=0.9,
        nesterov=True,
    )
    first = 0
    if resume and path.exists():
        state = torch.load(path, weights_only=True)
        if state["settings"] != asdict(settings):
            raise InputError(f"{path} was made with other settings; use another folder or start over.")
        net.load_state_dict(state["net"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        first = int(state["epoch"])
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    per_epoch = max(len(task.rows()) // settings.batch, 1)
    epochs = settings.epochs + settings.polish
    bar = progress.add_task(name, total=epochs * per_epoch, completed=first * per_epoch)
    with _Replicas(task, net, workers) as replicas:
        for epoch in range(first, epochs):
            total = 0.0
            for i, batch in enumerate(_batches(task, epoch)):
                step = epoch * per_epoch + i
                for group in optimiser.param_groups:
                    group["lr"] = _rate(settings, step / per_epoch)
                total += replicas.learn(batch)
                torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
                optimiser.step()
                _update(average, net, min(settings.average, (step + 1) / (step + 10)))
                progress.update(
                    bar, advance=1, description=f"{name}, epoch {epoch + 1}, loss {total / (i + 1):.3f}"
                )
            _save(
                path,
                {
                    "settings": asdict(settings),
                    "epoch": epoch + 1,
                    "loss": total / per_epoch,
                    "net": net.state_dict(),
                    "average": average.state_dict(),
                    "optimiser": optimiser.state_dict(),
                },
            )
    torch.set_num_threads(threads)
    average.eval()
    return average
