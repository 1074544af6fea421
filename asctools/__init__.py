"""The companion library of *From One Cell to Sixteen Bells*.

Import what a chapter names, for example ``from asctools.scalar import by_hand``. Nothing heavy is
loaded before it is used: the parts that need no PyTorch never import it.
"""

__version__ = "0.6.0"
