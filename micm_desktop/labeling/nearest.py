"""The tagged images that an image is nearest to, by the cached features alone."""

from collections.abc import Collection

from micm_desktop.explain.examples import Example, nearest
from micm_desktop.labeling.embedded import Embeddings
from micm_desktop.project.records import ImageRecord
from micm_desktop.project.store import Project


def nearest_tagged(
    project: Project, embeddings: Embeddings | None, here: Collection[str], image: ImageRecord, count: int
) -> list[Example]:
    """At most ``count`` other tagged images, of the content hashes ``here``, the nearest first; without places that
    match, since those take a forward pass.

    None where the image has no features, or nothing else is tagged; images of the test set are no examples.
    """
    if embeddings is None or image.sha256 not in embeddings.rows:
        return []
    names = {record.id: record.name for record in project.classes()}
    tags = project.support_tags()
    known = [key for key in sorted(tags) if key in embeddings.rows and key in here and key != image.sha256]
    if not known:
        return []
    support = embeddings.values[[embeddings.rows[key] for key in known]]
    own = embeddings.values[embeddings.rows[image.sha256]]
    rows = nearest(own, support, count)
    return [Example(known[row], names[tags[known[row]]], float(support[row] @ own), ()) for row in rows]
