"""The interface for programs: what collectors send to. No session and no cookie; each request proves itself."""
