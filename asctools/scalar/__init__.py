"""One LSTM cell of twelve numbers.

``by_hand`` is plain Python and needs nothing else; ``cell`` is the same cell in PyTorch. Import
the module you want: this package loads neither, so that ``by_hand`` works without PyTorch.
"""
