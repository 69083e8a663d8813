"""The command line: one command, one file. A command translates its arguments, calls one service and answers."""
