"""A project, an encoder and the tags so far: what the window and the command line both talk to."""

from micm_desktop.export.model_file import ExportResult as ExportResult
from micm_desktop.labeling.suggesting import Suggestion as Suggestion
from micm_desktop.labeling.values import Explanation as Explanation
from micm_desktop.labeling.values import Predictions as Predictions
from micm_desktop.labeling.values import Reason as Reason
from micm_desktop.labeling.workspace import Labeling as Labeling
