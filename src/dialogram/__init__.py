"""Moment-by-moment ratings of psychotherapy sessions.

What is named here is loaded when it is first asked for, so that `import dialogram` costs next to nothing.

Examples
--------
>>> import dialogram
>>> a = dialogram.Trace(values=[40.0, 50.0, 60.0, 55.0], step_s=1.0, name="client")
>>> b = dialogram.Trace(values=[45.0, 50.0, 70.0, 55.0], step_s=1.0, name="therapist")
>>> dialogram.compare(a, b).level.difference
3.75
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
