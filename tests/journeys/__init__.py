"""What people do in a browser, on a demo they share: a package, so that demo and browser end with its last test."""
