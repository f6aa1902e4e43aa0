"""The tags as a whole model: what explains images in the window, and what is exported."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from micm_desktop.export.model_file import ExportResult
from micm_desktop.export.rules import Rules
from micm_desktop.labeling.encoders import EncoderCache
from micm_desktop.labeling.judging import Fitted
from micm_desktop.labeling.values import Explanation
from micm_desktop.micm.encoder_file import EncoderInfo
from micm_desktop.progress import JobControl, Progress
from micm_desktop.project.records import ClassRecord, ImageRecord
from micm_desktop.project.store import Project

if TYPE_CHECKING:
    from micm_desktop.export.inspection_model import InspectionModel

SAMPLES_PER_CLASS = 2


def explain_untagged(encoders: EncoderCache, info: EncoderInfo, image: ImageRecord) -> Explanation:
    """Where one image is unusual, while there are no tags to explain. Raises UserError, UnreadableImage."""
    import torch

    from micm_desktop.explain.evidence import attention_heat, untagged_heat
    from micm_desktop.images.decode import decode_image

    pixels = torch.from_numpy(decode_image(image.path))[None]
    extractor = encoders.extractor(info)
    with torch.inference_mode():
        encodings = extractor.encode(extractor.prepare(pixels), attention=True)
        heat, attention = untagged_heat(encodings), attention_heat(encodings)
    return Explanation(image.sha256, heat[0].numpy(), attention[0].numpy(), "", "")


def explain_verdict(
    project: Project, encoders: EncoderCache, fitted: Fitted, images: Sequence[ImageRecord], image: ImageRecord
) -> Explanation:
    """Evidence and attention of one image, by one forward pass; ``images`` hold the tagged ones.

    Raises UserError, UnreadableImage.
    """
    import torch

    from micm_desktop.explain.evidence import attention_heat
    from micm_desktop.images.decode import decode_image

    pixels = torch.from_numpy(decode_image(image.path))[None]
    model = build_model(project, encoders, fitted, images).eval()
    with torch.inference_mode():
        encodings = model.encode(pixels, attention=True)
        output, attention = model.judge(encodings), attention_heat(encodings)[0].numpy()
    best = int(model.decided_class(output.probabilities)[0])
    others = [index for index in output.probabilities[0].argsort(descending=True).tolist() if index != best]
    first, second = fitted.classes[best].name, fitted.classes[others[0]].name
    return Explanation(image.sha256, output.heatmap[0].numpy(), attention, first, second)


def export_fitted(
    project: Project,
    encoders: EncoderCache,
    fitted: Fitted,
    images: Sequence[ImageRecord],
    rules: Rules,
    out: Path,
    control: JobControl,
) -> Iterator[Progress | ExportResult]:
    """Write the model file and check it on ``images``. Raises UserError, OSError, Cancelled."""
    from micm_desktop.export.onnx_writer import export_model, spread

    by_hash = {image.sha256: image.path for image in images}
    tagged = _tagged(project, fitted.classes, by_hash)
    yield from export_model(
        build_model(project, encoders, fitted, images),
        [record.name for record in fitted.classes],
        {record.name: len(keys) for record, keys in zip(fitted.classes, tagged, strict=True)},
        unknown_threshold=fitted.head.unknown_threshold,
        policy=fitted.policy,
        rules=rules,
        encoder_hash=fitted.embeddings.encoder.sha256,
        sample_paths=[by_hash[key] for keys in tagged for key in keys[:SAMPLES_PER_CLASS]],
        parity_paths=spread(list(by_hash.values())),
        out=out,
        control=control,
    )


def build_model(
    project: Project, encoders: EncoderCache, fitted: Fitted, images: Sequence[ImageRecord]
) -> "InspectionModel":
    """Networks, head and the patches of the tagged among ``images``. Raises UserError where none can be read."""
    from micm_desktop.explain.evidence import build_patch_bank, chosen_for_bank
    from micm_desktop.export.inspection_model import InspectionModel

    encoder = fitted.embeddings.encoder
    extractor = encoders.extractor(encoder)
    by_hash = {image.sha256: image.path for image in images}
    maps = [
        [encoders.support_map(encoder, extractor, key, by_hash[key]) for key in chosen_for_bank(keys)]
        for keys in _tagged(project, fitted.classes, by_hash)
    ]
    bank = build_patch_bank([[one for one in of_class if one is not None] for of_class in maps])
    return InspectionModel(extractor, fitted.embeddings.transform, fitted.head, bank, fitted.policy)


def _tagged(project: Project, classes: Sequence[ClassRecord], by_hash: Mapping[str, Path]) -> list[list[str]]:
    """Content hashes of the tagged images of each class, in a fixed order."""
    tags = project.tags()
    return [
        sorted(key for key, class_id in tags.items() if class_id == record.id and key in by_hash) for record in classes
    ]
