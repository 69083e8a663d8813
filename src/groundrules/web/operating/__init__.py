"""What programs ask of the installation (is it alive, is it ready, its metrics), and its page for owners."""
