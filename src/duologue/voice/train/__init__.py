"""Training of the voice: sentences -> corpora -> prosody stage, decoder stage, adversarial stage -> export.

Needs the [train] extra. Every stage is a resumable command with a time budget: see runs/.
"""
