"""The three-stage wavelet GAN: its networks, its stages and their training."""
