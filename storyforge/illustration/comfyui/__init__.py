"""Pictures by ComfyUI, on the user's own GPU."""
