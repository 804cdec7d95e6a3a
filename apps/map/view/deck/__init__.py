"""The map itself: layers, colours, camera and legends."""
