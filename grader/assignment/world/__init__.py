"""The data that a notebook finds: small stand-ins in the original file formats, or a user's own."""
