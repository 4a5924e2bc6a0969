"""The learning itself: batches, the loss, replicas of the network, checkpoints."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mien.errors import InputError
from mien.training.augment import augment
from mien.training.calibrate import valences
from mien.training.material import Faces, vote_shares
from mien.training.network import ExpressionNet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from rich.progress import Progress

SIZE: Final = 48
"""Side of the faces the network reads, pixels."""

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


def _drawn(rng: np.random.Generator, faces: Faces, rows: NDArray[np.intp], power: float) -> NDArray[np.intp]:
    """As many rows as there are, rarer expressions drawn more often, as evenly as chance allows."""
    shares = vote_shares(faces.material.votes[rows])
    frequency = np.maximum(shares.mean(axis=0), 1e-6)
    weight = shares @ frequency**-power
    edges = np.cumsum(weight / weight.sum()) * len(rows)
    picked = np.searchsorted(edges, np.arange(len(rows)) + rng.random())
    return rng.permutation(rows[np.minimum(picked, len(rows) - 1)])


def _batch(faces: Faces, rows: NDArray[np.intp], seed: tuple[int, ...]) -> tuple[Tensor, Tensor, Tensor]:
    rng = np.random.default_rng(seed)
    crops = np.stack([augment(rng, faces.material.images[i], faces.matrices[i], SIZE) for i in rows])
    shares = vote_shares(faces.material.votes[rows])
    truth = valences(shares)
    return (
        torch.from_numpy(crops[:, None]),
        torch.from_numpy(shares.astype(np.float32)),
        torch.from_numpy(truth.astype(np.float32)),
    )


def _batches(
    faces: Faces, settings: Settings, epoch: int, rows: NDArray[np.intp]
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """The batches of an epoch, each made while the one before is learned from."""
    balance = settings.balance if epoch < settings.epochs else settings.polish_balance
    order = _drawn(np.random.default_rng((settings.seed, epoch)), faces, rows, balance)
    steps = max(len(order) // settings.batch, 1)
    parts = np.array_split(order[: steps * settings.batch], steps)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_batch, faces, parts[0], (settings.seed, epoch, 0))
        for i in range(1, steps + 1):
            ready = waiting.result()
            if i < steps:
                waiting = pool.submit(_batch, faces, parts[i], (settings.seed, epoch, i))
            yield ready


def _loss(net: ExpressionNet, batch: tuple[Tensor, ...]) -> Tensor:
    crops, shares, truth = batch
    with torch.autocast("cpu", torch.bfloat16):
        logits, log_variance = net(crops.to(memory_format=torch.channels_last))
    logits, log_variance = logits.float(), log_variance.float().clamp(-8.0, 2.0)
    cross = functional.cross_entropy(logits, shares)
    read = valences(torch.softmax(logits.detach(), 1).double().numpy()).astype(np.float32)
    miss = torch.from_numpy(read) - truth
    likelihood = 0.5 * (log_variance + miss * miss * torch.exp(-log_variance)).mean()
    return cross + 0.1 * likelihood


class _Replicas:
    """Copies of a network that share their weights, each learning from its part of a batch on one thread.

    On a machine with other work, one thread per copy wastes far less time than several threads inside one operation,
    which wait for one another at every layer.
    """

    def __init__(self, net: ExpressionNet, workers: int) -> None:
        self._nets = [net]
        for _ in range(workers - 1):
            copy = deepcopy(net)
            for own, shared in zip(copy.parameters(), net.parameters(), strict=True):
                own.data = shared.data
            self._nets.append(copy)
        self._pool = ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,))

    def _gradient(self, net: ExpressionNet, part: tuple[Tensor, ...]) -> tuple[float, list[Tensor]]:
        net.train()
        loss = _loss(net, part)
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


def _update(average: ExpressionNet, net: ExpressionNet, decay: float) -> None:
    with torch.no_grad():
        for kept, new in zip(average.state_dict().values(), net.state_dict().values(), strict=True):
            if kept.dtype.is_floating_point:
                kept.lerp_(new, 1.0 - decay)
            else:
                kept.copy_(new)


def fit(
    faces: Faces, out: Path, settings: Settings, progress: Progress, *, workers: int = 2, resume: bool = True
) -> ExpressionNet:
    """Learn from the training split, saving after every epoch; returns the averaged network.

    Args:
        faces: Aligned material.
        out: Folder of the checkpoint.
        settings: Of the run.
        progress: Where the bar is drawn.
        workers: Threads, each learning from its part of every batch.
        resume: Go on from the checkpoint in `out`, if there is one.

    Raises:
        InputError: The checkpoint was made with other settings.
    """
    torch.manual_seed(settings.seed)
    net = ExpressionNet().to(memory_format=torch.channels_last)
    average: ExpressionNet = deepcopy(net)
    plain = [p for p in net.parameters() if p.ndim <= 1]
    heavy = [p for p in net.parameters() if p.ndim > 1]
    optimiser = torch.optim.SGD(
        [{"params": heavy, "weight_decay": settings.decay}, {"params": plain, "weight_decay": 0.0}],
        lr=settings.rate,
        momentum=0.9,
        nesterov=True,
    )
    path, first = out / CHECKPOINT, 0
    if resume and path.exists():
        state = torch.load(path, weights_only=True)
        if state["settings"] != asdict(settings):
            raise InputError(f"{path} was made with other settings; use another folder or start over.")
        net.load_state_dict(state["net"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        first = int(state["epoch"])
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    rows = faces.material.training_rows()
    per_epoch = max(len(rows) // settings.batch, 1)
    epochs = settings.epochs + settings.polish
    bar = progress.add_task("learning", total=epochs * per_epoch, completed=first * per_epoch)
    with _Replicas(net, workers) as replicas:
        for epoch in range(first, epochs):
            total = 0.0
            for i, batch in enumerate(_batches(faces, settings, epoch, rows)):
                step = epoch * per_epoch + i
                for group in optimiser.param_groups:
                    group["lr"] = _rate(settings, step / per_epoch)
                total += replicas.learn(batch)
                torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
                optimiser.step()
                _update(average, net, min(settings.average, (step + 1) / (step + 10)))
                progress.update(
                    bar, advance=1, description=f"learning, epoch {epoch + 1}, loss {total / (i + 1):.3f}"
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
    average.eval()
    return average
