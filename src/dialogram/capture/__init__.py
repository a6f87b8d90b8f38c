"""The browser-server protocol: messages, sequence, and what the server assembles from them."""
