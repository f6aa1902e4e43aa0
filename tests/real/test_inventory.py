"""The inventory names the four faults of mixtures of photographs."""

from pathlib import Path

import pytest
from biased_set import write_biased_set
from command_line import run

from micm_desktop.images.decode import decode_image

DATASETS = Path(__file__).parents[3] / "shared" / "datasets"


@pytest.mark.slow
@pytest.mark.parametrize(("name", "first"), [("neu-surface", "patches"), ("deeppcb-patches", "copper")])
def test_four_faults_in_photographs(name: str, first: str, tmp_path: Path) -> None:
    root = DATASETS / name
    if not root.is_dir():
        pytest.skip(f"no data set in ../shared/datasets/{name}")
    folders = sorted(
        (path for path in root.iterdir() if path.is_dir()), key=lambda path: (path.name != first, path.name)
    )
    files = [sorted(path for path in folder.iterdir() if path.is_file()) for folder in folders]
    biased = write_biased_set(
        tmp_path / "偏り", lambda kind, number: decode_image(files[kind][number]), len(files), most=200, others=50
    )
    values = run("inventory", biased.folder, "--json").values
    assert {"one_group", "near", "blurred", "lighting"} <= {one["kind"] for one in values["findings"]}
    copies = {path for group in values["duplicate_groups"] for path in group}
    assert len(copies & biased.near) >= 0.95 * len(biased.near)
    blurred = set(values["quality"]["blurred"])
    assert len(blurred & biased.blurred) >= 0.6 * len(biased.blurred)
    assert len(blurred - biased.blurred) <= 0.05 * biased.images
    if name == "deeppcb-patches":  # the steel was photographed in more than one light already
        bright = values["quality"]["lighting"]["bright_images"]
        assert bright == pytest.approx(biased.images - len(biased.dark), abs=0.15 * biased.images)
