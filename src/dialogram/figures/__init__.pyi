from .consensus import draw_consensus as draw_consensus
from .detection import draw_detection as draw_detection
from .difference import draw_difference as draw_difference
from .file import format_of as format_of, render as render, replace_file as replace_file, save as save
from .forest import draw_forest as draw_forest
from .guesses import draw_guesses as draw_guesses
from .lag_curve import draw_lag_curve as draw_lag_curve
from .palette import colours_of as colours_of
from .parts import draw_parts as draw_parts
from .power import draw_power as draw_power
from .profile import draw_profile as draw_profile
from .session import draw_session as draw_session
from .states import draw_states as draw_states
from .style import DOUBLE_COLUMN_MM as DOUBLE_COLUMN_MM, SINGLE_COLUMN_MM as SINGLE_COLUMN_MM
from .surface import draw_surface as draw_surface
from .tracking import FAR as FAR, draw_tracking as draw_tracking
from .windows import draw_windows as draw_windows
