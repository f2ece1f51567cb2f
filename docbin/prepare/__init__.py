"""Steps before ink: a page in, a page and its geometry out."""

from docbin.prepare.borders import Borders
from docbin.prepare.chain import STEPS, Prepared, keeping, named_steps, prepare
from docbin.prepare.crop import Crop
from docbin.prepare.deskew import Deskew
from docbin.prepare.dewarp import Dewarp
from docbin.prepare.geometry import Geometry
from docbin.prepare.orientation import Orientation
from docbin.prepare.resolution import Resolution
from docbin.prepare.seals import Seals
from docbin.prepare.shading import Shading
from docbin.prepare.specks import Despeckle
from docbin.prepare.split import Split
from docbin.prepare.step import Part, Step, StepResult, Verdict

__all__ = [
    "STEPS",
    "Borders",
    "Crop",
    "Deskew",
    "Despeckle",
    "Dewarp",
    "Geometry",
    "Orientation",
    "Part",
    "Prepared",
    "Resolution",
    "Seals",
    "Shading",
    "Split",
    "Step",
    "StepResult",
    "Verdict",
    "keeping",
    "named_steps",
    "prepare",
]
