"""The evidence tray's pages."""
