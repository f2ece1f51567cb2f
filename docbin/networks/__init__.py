"""The networks and their training. The only home of torch."""
