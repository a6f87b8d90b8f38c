"""The web application; nothing above imports it."""
