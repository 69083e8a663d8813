"""Merkle trees held to the published vectors, to RFC 6962's worked tree, and to every size that bites."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.seal.merkle import (
    EMPTY_ROOT,
    NoSuchLeaf,
    NotConsistent,
    NotIncluded,
    TreeHead,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    nodes_of,
    root_at,
    roots_at,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

# The entries and roots every implementation of RFC 6962 is tried on (Certificate Transparency's own test vectors).
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
MANY = [leaf_hash(number.to_bytes(2, "big")) for number in range(600)]
SIZES = st.integers(min_value=1, max_value=len(MANY))


class TestRoot:
    @pytest.mark.parametrize("size", range(9))
    def test_is_the_published_one(self, size: int) -> None:
        """Sizes 0 to 8 have the roots of the published vectors."""
        root = tree_root(LEAVES[:size])

        assert root.hex() == ROOTS[size]

    def test_of_nothing_is_the_hash_of_nothing(self) -> None:
        """A log without a leaf has a root as well."""
        assert tree_root([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()

    @given(SIZES)
    def test_is_the_same_from_nodes_and_from_leaves(self, size: int) -> None:
        """Folding the leaves and asking the nodes give one root."""
        assert root_at(nodes_of(MANY), size) == tree_root(MANY[:size])

    def test_comes_for_many_sizes_in_one_pass(self) -> None:
        """Every wanted size gets its head; a size the leaves do not reach gets none."""
        heads = list(roots_at(LEAVES, [0, 3, 8, 3, 9]))

        assert [head.size for head in heads] == [0, 3, 8]
        assert [head.root.hex() for head in heads] == [ROOTS[0], ROOTS[3], ROOTS[8]]


class TestWorkedTree:
    """The tree of seven leaves drawn in RFC 6962 section 2.1.3, with its letters."""

    def _letters(self) -> dict[str, bytes]:
        a, b, c, d, e, f, j = LEAVES[:7]
        g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
        k, m = node_hash(g, h), node_hash(i, j)
        return {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "j": j} | {
            "g": g,
            "h": h,
            "i": i,
            "k": k,
            "l": m,
        }

    @pytest.mark.parametrize(("leaf", "path"), [(0, "bhl"), (3, "cgl"), (4, "fjk"), (6, "ik")])
    def test_has_the_paths_that_are_printed(self, leaf: int, path: str) -> None:
        """The audit paths of d0, d3, d4 and d6 are those of the RFC."""
        letters = self._letters()

        found = inclusion_proof(nodes_of(LEAVES[:7]), leaf, 7)

        assert found == tuple(letters[one] for one in path)

    @pytest.mark.parametrize(("old", "path"), [(3, "cdgl"), (4, "l"), (6, "ijk")])
    def test_has_the_consistency_proofs_that_are_printed(self, old: int, path: str) -> None:
        """The proofs from 3, 4 and 6 leaves to 7 are those of the RFC."""
        letters = self._letters()

        found = consistency_proof(nodes_of(LEAVES[:7]), old, 7)

        assert found == tuple(letters[one] for one in path)


class TestInclusion:
    @given(SIZES, st.data())
    def test_holds_for_every_leaf_of_every_size(self, size: int, data: st.DataObject) -> None:
        """The proof of a leaf leads to the root."""
        index = data.draw(st.integers(0, size - 1))
        head = TreeHead(size, tree_root(MANY[:size]))

        path = inclusion_proof(nodes_of(MANY), index, size)

        verify_inclusion(MANY[index], index, path, head)

    @given(SIZES, st.data())
    def test_falls_with_one_bit(self, size: int, data: st.DataObject) -> None:
        """One flipped bit in the leaf, the path or the root is refused, and so is another place."""
        index = data.draw(st.integers(0, size - 1))
        path = inclusion_proof(nodes_of(MANY), index, size)
        hashes = [MANY[index], tree_root(MANY[:size]), *path]
        at = data.draw(st.integers(0, len(hashes) - 1))
        hashes[at] = _flipped(hashes[at], data.draw(st.integers(0, 255)))

        with pytest.raises(NotIncluded):
            verify_inclusion(hashes[0], index, hashes[2:], TreeHead(size, hashes[1]))

    def test_refuses_a_wrong_length(self) -> None:
        """A path that is too short or too long is refused, though its hashes are right."""
        head = TreeHead(7, tree_root(LEAVES[:7]))
        path = inclusion_proof(nodes_of(LEAVES[:7]), 2, 7)

        for wrong in (path[:-1], (*path, path[0]), ()):
            with pytest.raises(NotIncluded):
                verify_inclusion(LEAVES[2], 2, wrong, head)

    def test_refuses_what_is_no_hash(self) -> None:
        """An empty root does not accept an empty leaf."""
        with pytest.raises(NotIncluded):
            verify_inclusion(b"", 0, (), TreeHead(1, b""))

    @pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 4), (9, 8)])
    def test_knows_no_leaf_outside_the_tree(self, index: int, size: int) -> None:
        """The empty tree includes nothing, and no tree has leaves beyond its end."""
        with pytest.raises(NoSuchLeaf):
            inclusion_proof(nodes_of(LEAVES), index, size)
        with pytest.raises(NotIncluded):
            verify_inclusion(LEAVES[0], index, (), TreeHead(size, tree_root(LEAVES[:size])))


class TestConsistency:
    @given(SIZES, st.data())
    def test_holds_between_any_two_sizes(self, new: int, data: st.DataObject) -> None:
        """A tree that only grew proves it, from the empty tree and from itself too."""
        old = data.draw(st.integers(0, new))

        path = consistency_proof(nodes_of(MANY), old, new)

        verify_consistency(_head(MANY, old), _head(MANY, new), path)

    @given(st.integers(2, 600), st.data())
    def test_falls_when_an_old_leaf_is_another(self, new: int, data: st.DataObject) -> None:
        """History written anew cannot be proven consistent with what was signed."""
        old = data.draw(st.integers(1, new - 1))
        place = data.draw(st.integers(0, old - 1))
        rewritten = [*MANY]
        rewritten[place] = leaf_hash(b"another")

        path = consistency_proof(nodes_of(rewritten), old, new)

        with pytest.raises(NotConsistent):
            verify_consistency(_head(MANY, old), _head(rewritten, new), path)

    @given(st.integers(2, 600), st.data())
    def test_falls_with_one_bit(self, new: int, data: st.DataObject) -> None:
        """One flipped bit anywhere in the path is refused."""
        old = data.draw(st.integers(1, new - 1))
        path = list(consistency_proof(nodes_of(MANY), old, new))
        at = data.draw(st.integers(0, len(path) - 1))
        path[at] = _flipped(path[at], data.draw(st.integers(0, 255)))

        with pytest.raises(NotConsistent):
            verify_consistency(_head(MANY, old), _head(MANY, new), path)

    def test_refuses_the_edges(self) -> None:
        """Shrinking, two roots of one size, a proof of nothing, no proof at all, a false empty tree."""
        three, four = _head(LEAVES, 3), _head(LEAVES, 4)
        cases = (
            (four, three, ()),
            (three, TreeHead(3, four.root), ()),
            (three, three, (four.root,)),
            (three, four, ()),
            (TreeHead(0, three.root), four, ()),
            (TreeHead(0, EMPTY_ROOT), four, (three.root,)),
            (TreeHead(2, b""), four, (three.root,)),
        )

        for old, new, path in cases:
            with pytest.raises(NotConsistent):
                verify_consistency(old, new, path)

    def test_cannot_be_asked_backwards(self) -> None:
        """A larger tree is no beginning of a smaller one."""
        with pytest.raises(NoSuchLeaf):
            consistency_proof(nodes_of(LEAVES), 5, 4)


def _head(leaves: list[bytes], size: int) -> TreeHead:
    return TreeHead(size, tree_root(leaves[:size]))


def _flipped(raw: bytes, bit: int) -> bytes:
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
