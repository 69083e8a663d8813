"""Search: one box over references, servers, people, changes and documents; an exact reference jumps straight there."""
