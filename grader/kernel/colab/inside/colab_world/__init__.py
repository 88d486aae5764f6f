"""The world a notebook of 2020 expects around it: folders, data, a GPU, a hub, and no network."""
