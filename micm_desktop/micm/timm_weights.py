"""Where the weights of a timm model come from: a file put there by hand, timm's cache, or its hub. No pickle."""

import threading
from pathlib import Path
from typing import Any

import timm
from huggingface_hub import constants, hf_hub_download
from huggingface_hub.errors import EntryNotFoundError
from huggingface_hub.utils import get_session  # type: ignore[attr-defined]
from safetensors import SafetensorError

from micm_desktop.progress import UserError
from micm_desktop.project.folders import cache_folder

HUB_SECONDS = 5.0
"""How long the hub has to answer at all before the download is not tried: its own retries take a minute."""
PUBLISHED_NAMES = ("model.safetensors", "open_clip_model.safetensors")


def weights_file(name: str) -> Path:
    """Where the weights of a timm model are looked for before anything else."""
    return cache_folder() / "timm" / f"{name}.safetensors"


def create_pretrained(name: str) -> Any:
    """A timm model with its published weights.

    Weights come from :func:`weights_file` where that exists, else from what the hub's client has on this computer, else
    from the hub. Raises UserError for an unknown name, and for weights that cannot be had or do not fit.
    """
    if not timm.is_model(name):
        raise UserError(f"timm has no model named {name!r}. Names that work: vit_small_patch16_224, resnet18.")
    try:
        published = timm.get_pretrained_cfg(name)
    except RuntimeError as problem:
        raise UserError(f"timm:{name} is not known: {problem}") from problem
    hub = published.hf_hub_id if published is not None else None
    local = weights_file(name)
    file = local if local.is_file() else _from_hub(name, hub)
    try:
        return timm.create_model(
            name, pretrained=True, pretrained_cfg_overlay={"file": str(file), "custom_load": False}
        )
    except (OSError, RuntimeError, ValueError, KeyError, SafetensorError) as problem:
        said = str(problem).splitlines()[0][:200] if str(problem) else type(problem).__name__
        raise UserError(f"{file} does not hold the weights of timm:{name} ({said}). Put the right file there.") from (
            problem
        )


def _from_hub(name: str, hub: str | None) -> Path:
    if not hub:
        raise UserError(
            f"timm publishes no weights for {name}. If you have them as safetensors, put them at {weights_file(name)}"
        )
    repository, _, tagged = hub.partition("@")
    revision = tagged or None
    for local_only in (True, False):
        if not local_only and not _hub_answers():
            raise _cannot_be_had(name, repository, f"{constants.ENDPOINT} does not answer")
        for filename in PUBLISHED_NAMES:
            try:
                return Path(hf_hub_download(repository, filename, revision=revision, local_files_only=local_only))
            except EntryNotFoundError:
                # Also what the client raises for a file that is not on this computer, with local_only.
                continue
            except Exception as problem:
                # Whatever the client and the network raise, the way out is the same.
                raise _cannot_be_had(name, repository, type(problem).__name__) from problem
    raise _cannot_be_had(name, repository, "the hub has no safetensors file of it")


def _hub_answers() -> bool:
    """Whether the hub can be reached, told within ``HUB_SECONDS``."""
    if constants.HF_HUB_OFFLINE:
        return False
    answered = threading.Event()

    def ask() -> None:
        try:
            get_session().head(constants.ENDPOINT, timeout=HUB_SECONDS)
        except Exception:
            return
        answered.set()

    # In a thread of its own: looking up a name may take longer than any timeout of the client.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(HUB_SECONDS + 1)
    return answered.is_set()


def _cannot_be_had(name: str, repository: str, why: str) -> UserError:
    place = weights_file(name)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        why += f"; {place.parent} cannot be made"
    return UserError(
        f"The weights of timm:{name} cannot be had ({why}). On a computer with internet, load model.safetensors from"
        f" https://huggingface.co/{repository}/tree/main , rename it to {place.name} , and put it into the folder"
        f" {place.parent} ; then start again."
    )
