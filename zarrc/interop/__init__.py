"""Other packages and their formats. Nothing here is imported by the rest of zarrc."""
