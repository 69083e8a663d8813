"""The store: bulk bytes beside the database, named by what they are."""
