"""The network's shapes, what the class token may reach, and that hidden patches stay hidden."""

import math
from dataclasses import replace

import pytest
import torch
from tiny_micm import CONV, PATCH, randomise
from torch import Tensor, nn

from micm_desktop.micm.config import EncoderConfig
from micm_desktop.micm.network import (
    ConvStem,
    MicmNetwork,
    ProjectionHead,
    blank_masked,
    class_attention,
    resized,
)

stems = pytest.mark.parametrize("config", [PATCH, CONV], ids=["patch", "conv"])


def network(config: EncoderConfig, seed: int = 0) -> MicmNetwork:
    torch.manual_seed(seed)
    made = MicmNetwork(config)
    # A fresh network's class token and positions are near zero: differences would hide in rounding.
    for embedding in (made.mask_embedding, made.class_token, made.encoder_position, made.decoder_position):
        nn.init.normal_(embedding)
    return made.eval()


def images(config: EncoderConfig, count: int = 2, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, 3, config.image_size, config.image_size, generator=generator)


def mask_of(config: EncoderConfig, count: int = 2, seed: int = 0) -> Tensor:
    return torch.rand(count, config.grid**2, generator=torch.Generator().manual_seed(seed)) < 0.4


@stems
@torch.no_grad()
def test_shapes(config: EncoderConfig) -> None:
    made = network(config)
    tokens = made(images(config, 3))
    assert tokens.class_token.shape == (3, config.dim)
    assert tokens.patch_tokens.shape == (3, 16, config.dim)
    encoding = made.encode(images(config, 3))
    assert encoding.attention.shape == (3, config.heads, 16)
    if config.stem == "conv":
        assert encoding.stem.shape == (3, config.stem_channels, 4, 4)
        assert encoding.last_stage.shape == (3, config.last_stage_channels, 2, 2)
        assert encoding.fine.shape == (3, config.fine_channels, 8, 8)
    else:
        assert encoding.stem.shape[1] == encoding.last_stage.shape[1] == encoding.fine.shape[1] == 0


@stems
@torch.no_grad()
def test_encode_gives_the_tokens_of_a_plain_pass(config: EncoderConfig) -> None:
    made = network(config)
    tokens, encoding = made(images(config)), made.encode(images(config))
    torch.testing.assert_close(encoding.class_token, tokens.class_token)
    torch.testing.assert_close(encoding.patch_tokens, tokens.patch_tokens)


@stems
@torch.no_grad()
def test_the_class_token_enters_in_the_decoder_only(config: EncoderConfig) -> None:
    made, seen = network(config), []
    made.encoder[-1].register_forward_hook(lambda _module, _inputs, output: seen.append(output))
    before = made(images(config))
    nn.init.normal_(made.class_token)
    after = made(images(config))
    assert seen[0].shape == (2, 16, config.dim)
    assert torch.equal(seen[0], seen[1])
    assert not torch.equal(before.class_token, after.class_token)
    assert not torch.equal(before.patch_tokens, after.patch_tokens)


@stems
@torch.no_grad()
@pytest.mark.parametrize("training", [False, True])
def test_hidden_pixels_do_not_reach_the_output(config: EncoderConfig, training: bool) -> None:
    made = network(config).train(training)
    pixels, mask = images(config), mask_of(config)
    hidden = mask.view(2, 1, 4, 4).repeat_interleave(config.patch_size, 2).repeat_interleave(config.patch_size, 3)
    other = torch.where(hidden, images(config, seed=1) * 50, pixels)
    before, after = made(pixels, mask), made(other, mask)
    assert torch.equal(before.class_token, after.class_token)
    assert torch.equal(before.patch_tokens, after.patch_tokens)


@stems
def test_visible_pixels_do_reach_the_output_and_hidden_ones_have_no_gradient(config: EncoderConfig) -> None:
    made = network(config)
    pixels, mask = images(config).requires_grad_(), mask_of(config)
    tokens = made(pixels, mask)
    (tokens.class_token.square().sum() + tokens.patch_tokens[mask].square().sum()).backward()
    assert pixels.grad is not None
    edge = config.patch_size
    by_patch = pixels.grad.abs().amax(dim=1).unfold(1, edge, edge).unfold(2, edge, edge).amax(dim=(3, 4)).flatten(1)
    assert (by_patch[mask] == 0).all()
    assert (by_patch[~mask] > 0).all()


@stems
@torch.no_grad()
def test_a_mask_changes_the_output_and_an_empty_one_does_not(config: EncoderConfig) -> None:
    made = network(config)
    plain = made(images(config)).class_token
    assert torch.equal(made(images(config), torch.zeros(2, 16, dtype=torch.bool)).class_token, plain)
    assert not torch.allclose(made(images(config), mask_of(config)).class_token, plain)


def test_blanked_patches_are_zero_and_the_others_untouched() -> None:
    pixels = images(PATCH)
    mask = mask_of(PATCH)
    blank = blank_masked(pixels, mask, 8)
    for image in range(2):
        for patch in range(16):
            top, left = patch // 4 * 8, patch % 4 * 8
            found = blank[image, :, top : top + 8, left : left + 8]
            original = pixels[image, :, top : top + 8, left : left + 8]
            assert torch.equal(found, torch.zeros_like(original) if mask[image, patch] else original)


@torch.no_grad()
def test_class_attention_against_a_slow_formula() -> None:
    made = network(PATCH)
    block: nn.Module = made.decoder[-1]
    randomise(block)
    tokens = torch.randn(2, 17, 16, generator=torch.Generator().manual_seed(1))
    found = class_attention(block, tokens)  # type: ignore[arg-type]
    weight, bias = block.attn.qkv.weight, block.attn.qkv.bias
    for image in range(2):
        normed = block.norm1(tokens[image])
        for head in range(2):
            rows = slice(head * 8, head * 8 + 8)
            query = weight[:16][rows] @ normed[0] + bias[:16][rows]
            scores = []
            for patch in range(1, 17):
                key = weight[16:32][rows] @ normed[patch] + bias[16:32][rows]
                scores.append(math.exp(float(query @ key) / math.sqrt(8)))
            expected = [score / sum(scores) for score in scores]
            assert found[image, head].tolist() == pytest.approx(expected, rel=1e-4)


@torch.no_grad()
def test_class_attention_is_what_the_block_itself_attends_to() -> None:
    """With values that name their position, the block's own output shows its attention."""
    made = network(EncoderConfig(stem="patch", image_size=32, patch_size=8, dim=32, heads=1, decoder_blocks=1))
    attention = made.decoder[-1].attn
    tokens = torch.randn(1, 17, 32, generator=torch.Generator().manual_seed(1))
    full: list[Tensor] = []
    attention.fused_attn = False
    attention.attn_drop.register_forward_hook(lambda _module, inputs, _output: full.append(inputs[0]))
    made.decoder[-1](tokens)
    patches = full[0][0, 0, 0, 1:]
    found = class_attention(made.decoder[-1], tokens)  # type: ignore[arg-type]
    torch.testing.assert_close(found[0, 0], patches / patches.sum())


@torch.no_grad()
def test_full_attention_is_what_the_block_itself_attends_to() -> None:
    made = network(EncoderConfig(stem="patch", image_size=32, patch_size=8, dim=32, heads=4, decoder_blocks=2))
    seen: list[Tensor] = []
    for block in made.decoder:
        block.attn.fused_attn = False
        block.attn.attn_drop.register_forward_hook(lambda _module, inputs, _output: seen.append(inputs[0]))
    encoding = made.encode(torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(1)), decoder=True)
    assert [whole.shape for whole in encoding.decoder] == 2 * [(2, 4, 17, 17)]
    for found, expected in zip(encoding.decoder, seen, strict=True):
        torch.testing.assert_close(found, expected)
    patches = encoding.decoder[-1][:, :, 0, 1:]
    torch.testing.assert_close(encoding.attention, patches / patches.sum(dim=2, keepdim=True))


@stems
@torch.no_grad()
def test_asking_for_the_decoder_s_attention_changes_nothing_else(config: EncoderConfig) -> None:
    made = network(config)
    plain, asked = made.encode(images(config)), made.encode(images(config), decoder=True)
    assert plain.decoder == () and len(asked.decoder) == config.decoder_blocks
    assert torch.equal(made(images(config)).class_token, plain.class_token)
    for name in ("class_token", "patch_tokens", "attention", "stem", "last_stage"):
        assert torch.equal(getattr(plain, name), getattr(asked, name))


@stems
@torch.no_grad()
def test_attention_sums_to_one_over_the_patches(config: EncoderConfig) -> None:
    attention = network(config).encode(images(config)).attention
    assert (attention >= 0).all()
    torch.testing.assert_close(attention.sum(dim=2), torch.ones(2, config.heads))


def test_frozen_statistics_stay_while_training_and_others_do_not() -> None:
    made = network(CONV)
    assert isinstance(made.stem, ConvStem)
    made.stem.frozen_statistics = True
    made.train()
    before = {name: value.clone() for name, value in made.named_buffers()}
    made(images(CONV)).class_token.sum().backward()
    assert all(torch.equal(value, before[name]) for name, value in made.named_buffers())

    made.stem.frozen_statistics = False
    made.train()
    made(images(CONV))
    moved = {name for name, value in made.named_buffers() if not torch.equal(value, before[name])}
    assert moved
    assert all(name.startswith("stem.body.") for name in moved)


def test_a_frozen_stem_answers_the_same_while_training_as_after() -> None:
    made = network(CONV)
    assert isinstance(made.stem, ConvStem)
    made.stem.frozen_statistics = True
    with torch.no_grad():
        torch.testing.assert_close(made.train()(images(CONV)), made.eval()(images(CONV)))


def test_the_last_stage_and_a_frozen_stem_s_first_stages_are_not_trained() -> None:
    made = network(CONV)
    assert isinstance(made.stem, ConvStem)
    made.stem.frozen_statistics = True
    made.train()
    encoding = made.encode(images(CONV))
    (encoding.class_token.sum() + encoding.last_stage.sum()).backward()
    trained = {name for name, parameter in made.named_parameters() if parameter.grad is not None}
    stages = {int(name.split(".")[2]) for name in trained if name.startswith("stem.body.")}
    assert stages == set(range(4, 14))
    assert not any(name.startswith("stem.last.") for name in trained)


@torch.no_grad()
def test_a_batch_larger_than_one_chunk_is_the_same_as_its_parts() -> None:
    made = network(CONV)
    assert isinstance(made.stem, ConvStem)
    made.stem.frozen_statistics = True
    made.train()
    pixels = torch.randn(19, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    whole = made(pixels).class_token
    parts = torch.cat([made(pixels[:7]).class_token, made(pixels[7:]).class_token])
    torch.testing.assert_close(whole, parts, rtol=1e-4, atol=1e-5)


@stems
@pytest.mark.parametrize("grid", [(2, 2), (7, 7), (1, 5), (6, 3)])
@torch.no_grad()
def test_other_input_sizes(config: EncoderConfig, grid: tuple[int, int]) -> None:
    made, size = network(config), [edge * config.patch_size for edge in grid]
    encoding = made.encode(torch.randn(2, 3, *size))
    assert encoding.patch_tokens.shape == (2, grid[0] * grid[1], config.dim)
    assert encoding.attention.shape == (2, config.heads, grid[0] * grid[1])
    assert encoding.class_token.isfinite().all()
    if config.stem == "conv":
        assert encoding.stem.shape[2:] == grid
        assert encoding.fine.shape[2:] == (2 * grid[0], 2 * grid[1])
        assert encoding.last_stage.shape[2:] == (-(-grid[0] // 2), -(-grid[1] // 2))


@stems
@torch.no_grad()
def test_a_size_of_no_whole_patches_is_filled_up(config: EncoderConfig) -> None:
    made, edge = network(config), config.patch_size
    pixels = torch.randn(2, 3, 3 * edge - 5, 2 * edge + 1)
    filled = nn.functional.pad(pixels, (0, edge - 1, 0, 5))
    mask = torch.rand(2, 9) < 0.4
    torch.testing.assert_close(made(pixels), made(filled))
    torch.testing.assert_close(made(pixels, mask), made(filled, mask))


@torch.no_grad()
def test_rows_and_columns_of_a_wide_image_are_told_apart() -> None:
    """Transposed, with the filters and the positions transposed as well, an image gives the same tokens, transposed."""
    made, grid = network(PATCH), PATCH.grid
    weight = made.stem.projection.weight
    pixels = torch.randn(1, 3, 2 * PATCH.patch_size, 6 * PATCH.patch_size)
    wide = made(pixels)
    weight.copy_(weight.transpose(2, 3).clone())
    for embedding, prefix in ((made.encoder_position, 0), (made.decoder_position, 1)):
        patches = embedding[:, prefix:].view(1, grid, grid, -1)
        embedding[:, prefix:] = patches.transpose(1, 2).reshape(1, grid * grid, -1).clone()
    tall = made(pixels.transpose(2, 3))
    torch.testing.assert_close(tall.class_token, wide.class_token, rtol=1e-4, atol=1e-5)
    transposed = wide.patch_tokens.view(2, 6, -1).transpose(0, 1).reshape(1, 12, -1)
    torch.testing.assert_close(tall.patch_tokens, transposed, rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_positions_are_interpolated_over_the_grid() -> None:
    made = network(PATCH)
    ramp = torch.arange(4.0).repeat(4)  # grows with the column, equal in all rows
    made.encoder_position[:] = ramp.view(1, 16, 1)
    made.decoder_position[:, 1:] = ramp.view(1, 16, 1)
    for embedding, prefix in ((made.encoder_position, 0), (made.decoder_position, 1)):
        assert made._position(embedding, (4, 4), prefix) is embedding
        resized = made._position(embedding, (8, 8), prefix)
        assert torch.equal(resized[:, :prefix], embedding[:, :prefix])
        columns = resized[0, prefix:, 0].view(8, 8)
        torch.testing.assert_close(columns, columns[:1].expand(8, 8))
        assert (columns[0].diff() > 0).all()
        assert columns[0].mean() == pytest.approx(1.5, abs=1e-4)


def test_projection_logits_are_cosines_with_the_prototypes() -> None:
    head = ProjectionHead(16, 12, 8, 5)
    randomise(head)
    tokens = torch.randn(6, 16)
    logits = head(tokens)
    assert logits.shape == (6, 5)
    directions = head.mlp(tokens)
    for row in range(6):
        for k in range(5):
            expected = nn.functional.cosine_similarity(directions[row], head.prototypes[k], dim=0)
            assert logits[row, k].item() == pytest.approx(expected.item(), abs=1e-5)


def test_projection_stays_in_full_precision_under_autocast() -> None:
    head = ProjectionHead(16, 12, 8, 5)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert head(torch.randn(3, 16)).dtype == torch.float32


@stems
@torch.no_grad()
def test_a_resized_network_sees_a_larger_image_as_the_first_one_does_by_interpolation(config: EncoderConfig) -> None:
    made = network(config)
    larger = resized(made, 2 * config.image_size - 3).eval()
    assert larger.config == replace(config, image_size=2 * config.image_size)
    pixels = torch.randn(2, 3, larger.config.image_size, larger.config.image_size)
    torch.testing.assert_close(larger(pixels), made(pixels))
    assert resized(made, config.image_size) is made


def test_a_class_token_may_enter_early_to_be_compared_with() -> None:
    torch.manual_seed(0)
    delayed = MicmNetwork(PATCH).eval()
    early = MicmNetwork(replace(PATCH, delayed_class_token=False)).eval()
    early.load_state_dict(delayed.state_dict())
    seen: list[int] = []
    for network in (delayed, early):
        network.encoder[0].register_forward_hook(lambda block, inputs, output: seen.append(inputs[0].shape[1]))
    images = torch.randn(2, 3, PATCH.image_size, PATCH.image_size)
    tokens = [network(images) for network in (delayed, early)]
    patches = PATCH.grid**2
    assert seen == [patches, patches + 1]
    assert tokens[0].patch_tokens.shape == tokens[1].patch_tokens.shape == (2, patches, PATCH.dim)
    assert not torch.allclose(tokens[0].class_token, tokens[1].class_token)
