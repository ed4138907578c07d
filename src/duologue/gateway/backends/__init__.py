"""The kinds of models behind the gateway, one file each."""
