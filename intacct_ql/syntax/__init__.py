"""Text and tree: the only room that knows Lark."""
