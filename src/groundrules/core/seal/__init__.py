"""The seal: what proves to a stranger that evidence existed, unchanged and in this order, when a checkpoint was signed.

RFC 6962 Merkle trees over canonical entries, and the text forms of C2SP: signed notes, checkpoints, tiles and proofs.
Pure: keys and signing stay with the gateway; whoever verifies hands in the function that checks one signature.
"""
