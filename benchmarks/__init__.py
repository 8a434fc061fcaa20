"""What the program costs and how well it does, each against a stated peer or limit."""
