"""An LSTM from scratch in NumPy: to read, to prove, and to run fast.

``cell`` is the one to read: four gates, one step, and the step back. ``layer`` computes the same
for all steps and is made fast; the two agree to the twelfth digit. ``lstm`` stacks layers as
``nn.LSTM`` does, ``model`` puts a softmax on top and reads characters. Import the module you want:
this package loads none, and none of them needs PyTorch.
"""
