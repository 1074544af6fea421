"""Small tasks with known answers. Import the one you need; none of them needs PyTorch."""
