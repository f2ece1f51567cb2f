"""Lines of text as shapes: their outline and baseline, their order, crops, and files of them."""
