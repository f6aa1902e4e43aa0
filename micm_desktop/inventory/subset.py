"""Few images that stand for all: what to label or to pretrain on first."""

from collections.abc import Collection

import numpy as np

from micm_desktop.inventory.taking import Inventory


def diverse_subset(inventory: Inventory, count: int, without: Collection[str] = ()) -> list[int]:
    """At most ``count`` rows of the inventory, each as unlike those before it as there is (k-center by cosine; Gonzalez
    1985). Copies, nearly equal and blurred images are left out, and so are the content hashes ``without``; the first is
    the one most like the average.
    """
    extra = {row for group in (*inventory.equal, *inventory.near) for row in group[1:]}
    extra |= set(inventory.quality.blurred.tolist())
    # Nearly equal to what is left out is left out as well.
    hidden = {row for row, one in enumerate(inventory.measures) if one.sha256 in without}
    extra |= hidden.union(*(group for group in inventory.near if not hidden.isdisjoint(group)))
    places = np.array([place for place, row in enumerate(inventory.grouped) if row not in extra], np.int64)
    if not len(places) or inventory.embeddings is None:
        return []
    embeddings = inventory.embeddings[places]
    first = int((embeddings @ embeddings.mean(axis=0)).argmax())
    chosen = [first]
    nearest = embeddings @ embeddings[first]
    while len(chosen) < min(count, len(places)):
        following = int(nearest.argmin())
        chosen.append(following)
        nearest = np.maximum(nearest, embeddings @ embeddings[following])
    return [inventory.grouped[places[one]] for one in chosen]
