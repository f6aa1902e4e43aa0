"""CNNs of timm, taken apart at their strides: the parts together compute what the whole does."""

import pytest
import timm
import torch

from micm_desktop.micm.cnn import MOBILENET, NoStem, build_stages, split_cnn

FAMILIES = ["resnet10t", "mobilenetv3_small_050", "convnext_atto", "repvgg_a0", "densenet121"]


@pytest.mark.parametrize("name", FAMILIES)
@torch.no_grad()
def test_the_parts_together_are_the_network(name: str) -> None:
    torch.manual_seed(0)
    whole = timm.create_model(name, pretrained=False)
    stages = split_cnn(whole)
    whole.eval()
    images = torch.randn(2, 3, 128, 64)
    early = stages.body[: stages.frozen](images)
    fine = stages.body[stages.frozen : stages.fine](early)
    maps = stages.body[stages.fine :](fine)
    last = stages.last(maps)
    assert [tuple(out.shape[2:]) for out in (early, fine, maps, last)] == [(32, 16), (16, 8), (8, 4), (4, 2)]
    assert tuple(out.shape[1] for out in (early, fine, maps, last)) == stages.channels
    torch.testing.assert_close(last, whole.forward_features(images))


def test_the_shipped_stem_has_the_strides_that_its_constants_say() -> None:
    stages = build_stages(MOBILENET)
    sizes = [torch.randn(1, 3, 64, 64)]
    stages.body.eval()
    with torch.no_grad():
        for child in stages.body:
            sizes.append(child(sizes[-1]))
    found = [out.shape[2] for out in sizes[1:]]
    assert [found[stages.frozen - 1], found[stages.fine - 1], found[-1]] == [16, 8, 4]
    assert tuple(sizes[place].shape[1] for place in (stages.frozen, stages.fine, -1)) == stages.channels[:3]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("mixer_s32_224", "any size"),
        ("hrnet_w18_small", "one after the other"),
        ("vit_tiny_patch16_224", "any size"),
    ],
)
def test_a_network_that_is_no_chain_of_strides_is_refused_in_words(name: str, reason: str) -> None:
    with pytest.raises(NoStem, match=reason):
        split_cnn(timm.create_model(name, pretrained=False))


def test_an_unknown_name_is_said() -> None:
    with pytest.raises(ValueError, match="no_such_network"):
        build_stages("no_such_network")
