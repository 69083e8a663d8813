"""Merkle trees of RFC 6962 section 2.1 over SHA-256: roots, inclusion proofs, consistency proofs, and their checks.

A tree is asked for its nodes by `(level, index)`, the hash over leaves `[index * 2**level, (index + 1) * 2**level)`:
always a complete subtree. So the same proofs come from a list in memory and from tiles on a disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

HASH_LENGTH = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
_LEAF = b"\x00"
_NODE = b"\x01"

Node = Callable[[int, int], bytes]


class NoSuchLeaf(ValueError):
    """A proof was asked for a leaf or tree size that the tree does not have."""


class NotIncluded(ValueError):
    """An inclusion proof does not lead from the leaf to the root."""


class NotConsistent(ValueError):
    """A consistency proof does not show that the newer tree only added to the older one."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """A tree by its size in leaves and its root (32 bytes)."""

    size: int
    root: bytes


def leaf_hash(entry: bytes) -> bytes:
    """This function will hash one entry as a leaf (a prefix keeps leaves and nodes apart)."""
    return hashlib.sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """This function will hash two neighbours into the node above them."""
    return hashlib.sha256(_NODE + left + right).digest()


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """This function will return the root over leaf hashes; the empty tree's is the hash of nothing."""
    return folded(_right_edge(leaves))


def roots_at(leaves: Iterable[bytes], sizes: Iterable[int]) -> Iterator[TreeHead]:
    """This function will yield the head of the tree at each size (ascending), reading the leaves once.

    It stops early when the leaves run out before a size is reached.
    """
    wanted = iter(sorted(set(sizes)))
    target = next(wanted, None)
    edge: list[tuple[int, bytes]] = []
    count = 0
    source = iter(leaves)
    while target is not None:
        while count < target:
            leaf = next(source, None)
            if leaf is None:
                return
            _push(edge, leaf)
            count += 1
        yield TreeHead(count, folded([root for _, root in edge]))
        target = next(wanted, None)


def folded(complete: Sequence[bytes]) -> bytes:
    """This function will join the roots of complete subtrees, largest first, into the root over all of them."""
    if not complete:
        return EMPTY_ROOT
    root = complete[-1]
    for left in reversed(complete[:-1]):
        root = node_hash(left, root)
    return root


def nodes_of(leaves: Sequence[bytes]) -> Node:
    """This function will build a whole tree in memory and return the function that answers for its nodes."""
    levels: list[list[bytes]] = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = zip(below[::2], below[1::2], strict=False)
        levels.append([node_hash(left, right) for left, right in pairs])

    def node(level: int, index: int) -> bytes:
        return levels[level][index]

    return node


def edge_of(size: int) -> tuple[tuple[int, int], ...]:
    """This function will list the complete subtrees a tree of that size is made of, largest first."""
    found: list[tuple[int, int]] = []
    start = 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return tuple(found)


def root_at(node: Node, size: int) -> bytes:
    """This function will return the root of the tree's first `size` leaves."""
    return folded([node(level, index) for level, index in edge_of(size)])


def inclusion_proof(node: Node, index: int, size: int) -> tuple[bytes, ...]:
    """This function will return the path of RFC 6962 section 2.1.1, nearest sibling first; raises NoSuchLeaf."""
    if not 0 <= index < size:
        message = f"a tree of {size} leaves has no leaf {index}"
        raise NoSuchLeaf(message)
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _largest_power_below(end - start)
        if index < middle:
            path.append(_over(node, middle, end))
            end = middle
        else:
            path.append(_over(node, start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_proof(node: Node, old: int, new: int) -> tuple[bytes, ...]:
    """This function will return the proof of RFC 6962 section 2.1.2 between two sizes; raises NoSuchLeaf.

    From the empty tree, and from a tree to itself, nothing needs proving: the proof is empty.
    """
    if not 0 <= old <= new:
        message = f"a tree of {new} leaves never had {old}"
        raise NoSuchLeaf(message)
    if old in {0, new}:
        return ()
    path: list[bytes] = []
    start, end, is_whole = 0, new, True
    while end != old:
        middle = start + _largest_power_below(end - start)
        if old <= middle:
            path.append(_over(node, middle, end))
            end = middle
        else:
            path.append(_over(node, start, middle))
            start, is_whole = middle, False
    if not is_whole:
        path.append(_over(node, start, end))
    return tuple(reversed(path))


def verify_inclusion(leaf: bytes, index: int, path: Sequence[bytes], head: TreeHead) -> None:
    """This function will refuse with NotIncluded unless the path leads from the leaf at `index` to the head.

    The procedure of RFC 9162 section 2.1.3.2, whose trees are those of RFC 6962.
    """
    if not 0 <= index < head.size:
        message = f"leaf {index} lies outside a tree of {head.size}"
        raise NotIncluded(message)
    if not _are_hashes(leaf, head.root, *path):
        message = f"the proof for leaf {index} holds something that is no hash"
        raise NotIncluded(message)
    position, last, root = index, head.size - 1, leaf
    for sibling in path:
        if last == 0:
            message = f"the proof for leaf {index} is longer than the tree is high"
            raise NotIncluded(message)
        if position & 1 or position == last:
            root = node_hash(sibling, root)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        position, last = position >> 1, last >> 1
    if last != 0 or root != head.root:
        message = f"the proof for leaf {index} does not lead to the root of the {head.size} leaves"
        raise NotIncluded(message)


def verify_consistency(old: TreeHead, new: TreeHead, path: Sequence[bytes]) -> None:
    """This function will refuse with NotConsistent unless `new` begins with exactly the leaves of `old`.

    The procedure of RFC 9162 section 2.1.4.2. An old tree of size 0 must have the empty tree's root and needs no proof.
    """
    if old.size > new.size:
        message = f"the tree shrank from {old.size} leaves to {new.size}"
        raise NotConsistent(message)
    if old.size != new.size and not _are_hashes(old.root, new.root, *path):
        message = f"the proof from {old.size} leaves to {new.size} holds something that is no hash"
        raise NotConsistent(message)
    if old.size in {0, new.size}:
        _verify_without_path(old, new, path)
        return
    steps = list(path)
    if old.size & (old.size - 1) == 0:
        steps.insert(0, old.root)
    if not steps:
        message = f"no proof was given from {old.size} leaves to {new.size}"
        raise NotConsistent(message)
    if _roots_along(steps, old.size - 1, new.size - 1) != (old.root, new.root):
        message = f"the tree of {new.size} leaves does not begin with the tree of {old.size}"
        raise NotConsistent(message)


def _are_hashes(*given: bytes) -> bool:
    return all(len(one) == HASH_LENGTH for one in given)


def _verify_without_path(old: TreeHead, new: TreeHead, path: Sequence[bytes]) -> None:
    if path:
        message = f"a proof from {old.size} leaves to {new.size} has nothing to say, but says {len(path)} hashes"
        raise NotConsistent(message)
    if old.size == 0 and old.root != EMPTY_ROOT:
        message = "the tree without leaves has one root only, and this is another"
        raise NotConsistent(message)
    if old.size == new.size and old.root != new.root:
        message = f"two trees of {old.size} leaves have different roots"
        raise NotConsistent(message)


def _roots_along(steps: Sequence[bytes], position: int, last: int) -> tuple[bytes, bytes]:
    """Folds a consistency path into the roots it leads to; two empty roots when the path has the wrong length."""
    while position & 1:
        position, last = position >> 1, last >> 1
    old_root = new_root = steps[0]
    for step in steps[1:]:
        if last == 0:
            return b"", b""
        if position & 1 or position == last:
            old_root, new_root = node_hash(step, old_root), node_hash(step, new_root)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new_root = node_hash(new_root, step)
        position, last = position >> 1, last >> 1
    return (old_root, new_root) if last == 0 else (b"", b"")


def _right_edge(leaves: Iterable[bytes]) -> list[bytes]:
    edge: list[tuple[int, bytes]] = []
    for leaf in leaves:
        _push(edge, leaf)
    return [root for _, root in edge]


def _push(edge: list[tuple[int, bytes]], leaf: bytes) -> None:
    level, root = 0, leaf
    while edge and edge[-1][0] == level:
        root = node_hash(edge.pop()[1], root)
        level += 1
    edge.append((level, root))


def _over(node: Node, start: int, end: int) -> bytes:
    """The hash over `[start, end)`, where `start` is a multiple of a power of two that is at least `end - start`."""
    complete = [node(level, (start >> level) + index) for level, index in edge_of(end - start)]
    return folded(complete)


def _largest_power_below(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)
